#include <gtest/gtest.h>

#include "compare.h"
#include "nets/nets.h"

namespace paw {
namespace {

TEST(TfliteRoundTrip, EveryNet) {
  for (const NetInfo& info : all_nets()) tflite_testing::check_net(info.name);
}

}  // namespace
}  // namespace paw
