#include "ir/batch.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::batch_test {

Graph sample(std::vector<std::int64_t> shape) {
  GraphBuilder b("g");
  const ValueId x = b.input("x", {DType::kF32, {1, 4, 3}});
  b.output(b.call(op::reshape, {b.call(op::relu, {x})}, ShapeAttrs{std::move(shape)}));
  return *b.finish();
}

TEST(WithBatch, InfersEverythingAnew) {
  const auto wide = with_batch(sample({-1, 12}), 5);
  ASSERT_TRUE(wide) << wide.error().text();
  EXPECT_EQ(wide->type(wide->inputs[0]).text(), "f32[5,4,3]");
  EXPECT_EQ(wide->type(wide->outputs[0]).text(), "f32[5,12]");
  const auto back = with_batch(*wide, 1);
  ASSERT_TRUE(back);
  EXPECT_TRUE(equal(*back, sample({-1, 12})));
}

TEST(WithBatch, AFixedNumberOfExamplesIsRefused) {
  const auto fixed = with_batch(sample({1, 12}), 5);
  ASSERT_FALSE(fixed);
  EXPECT_EQ(fixed.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(fixed.error().text().find("reshape"), std::string::npos) << fixed.error().text();
}

}  // namespace paw::batch_test
