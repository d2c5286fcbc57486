// Registers Generated.PROPERTY/OP/CASE for every op; a new op needs no line here.
#include <gtest/gtest.h>

#include <functional>

#include "generated_ops/properties.h"
#include "ops/ops.h"

namespace paw {
namespace {

class Property final : public testing::Test {
 public:
  explicit Property(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

void register_property(const std::string& name, std::function<void()> body) {
  testing::RegisterTest("Generated", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [body = std::move(body)]() -> testing::Test* { return new Property(body); });
}

struct OpProperty {
  const char* name;
  void (*check)(const OpDef&);
};
constexpr OpProperty kOpProperties[] = {{"Contract", check_contract}, {"Illegal", check_illegal}};

struct CaseProperty {
  const char* name;
  void (*check)(const OpDef&, const OpCase&);
};
constexpr CaseProperty kCaseProperties[] = {
    {"Infer", check_infer},       {"Traits", check_traits},     {"Text", check_text}, {"Attributes", check_attributes},
    {"File", check_file},         {"Gradient", check_gradient}, {"Int8", check_int8}, {"Plan", check_plan},
    {"PlanInt8", check_plan_int8}};

void register_all() {
  for (const OpDef* op : all_ops()) {
    for (const OpProperty& property : kOpProperties) {
      register_property(property.name + ("/" + std::string(op->name)), [=] { property.check(*op); });
    }
    for (const OpCase& c : op->cases()) {
      for (const CaseProperty& property : kCaseProperties) {
        register_property(property.name + ("/" + case_name(*op, c)), [=] { property.check(*op, c); });
      }
    }
  }
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  paw::register_all();
  return RUN_ALL_TESTS();
}
