#include "nets/nets.h"
#include "nets_testing.h"

namespace paw::nets_slow_test {
namespace {

class CoreMlNet : public ::testing::TestWithParam<std::string_view> {};

TEST_P(CoreMlNet, ComesBack) { coreml_testing::check_net(GetParam()); }

std::vector<std::string_view> net_names() {
  std::vector<std::string_view> names;
  for (const NetInfo& net : all_nets()) names.push_back(net.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Nets, CoreMlNet, ::testing::ValuesIn(net_names()),
                         [](const auto& net) { return std::string(net.param); });

}  // namespace
}  // namespace paw::nets_slow_test
