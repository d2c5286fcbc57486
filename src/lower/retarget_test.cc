#include "lower/retarget.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/ops.h"
#include "runtime/plan.h"

namespace paw::retarget_test {

Bytes small_plan() {
  GraphBuilder b("small");
  b.output(b.call(op::relu, {b.input("x", {DType::kF32, {3}})}));
  return *lower(*b.finish());
}

TEST(Retarget, ThereAndBackAreTheSameBytes) {
  const Bytes plan = small_plan();
  const auto wasm = retarget_plan(plan, "wasm");
  ASSERT_TRUE(wasm);
  EXPECT_FALSE(*wasm == plan);
  const auto loaded = Plan::load(*wasm, "test");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("made for 'wasm'"), std::string::npos);
  const auto back = retarget_plan(*wasm, kPlanTarget);
  ASSERT_TRUE(back);
  EXPECT_TRUE(*back == plan);
  EXPECT_TRUE(Plan::load(*back, "test"));
}

TEST(Retarget, UnknownTargetsAreRefused) {
  for (const char* target : {"", "WASM", "a target with far too long a name"}) {
    EXPECT_FALSE(retarget_plan(small_plan(), target)) << target;
  }
}

}  // namespace paw::retarget_test
