#include "kernels/dwconv/dwconv.h"
#include "runtime/steps/step_testing.h"

namespace paw::depthwise_test {

constexpr ConvShape kShape{.batch = 2,
                           .in_h = 5,
                           .in_w = 7,
                           .in_c = 3,
                           .out_h = 3,
                           .out_w = 4,
                           .out_c = 6,
                           .kernel_h = 3,
                           .kernel_w = 2,
                           .stride_h = 2,
                           .stride_w = 2,
                           .dilation_h = 1,
                           .dilation_w = 1,
                           .pad_top = 1,
                           .pad_left = 1,
                           .groups = 3};
constexpr DwconvGradWeightsF32 kWeights{.shape = kShape, .chunk_rows = 4};
constexpr std::size_t kX = 2 * 5 * 7 * 3 * 4, kY = 2 * 3 * 4 * 6 * 4, kW = 3 * 2 * 6 * 4, kPacked = 16 * 7 * 4;

TEST(DepthwiseSteps, NeedEveryByte) {
  expect_every_byte_needed(step::dwconv_pack_f32, kShape, {kW, 6 * 4}, kPacked);
  EXPECT_TRUE(run_if_accepted(step::dwconv_pack_f32, kShape, {kW, 0}, {kPacked}));  // without bias
  expect_every_byte_needed(step::dwconv_grad_input_f32, kShape, {kY, kPacked}, kX);
  expect_every_byte_needed(step::dwconv_grad_weights_f32, kWeights, {kX, kY}, 2 * kW);
}

TEST(DepthwiseSteps, HostileParametersNeverLeaveTheBuffers) {
  Random random(94);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto shape = hostile<std::int32_t>(random, kShape, 0, sizeof(ConvShape) / 4);
    accepted += run_if_accepted(step::dwconv_pack_f32, shape, {kW, 6 * 4}, {kPacked}) ? 1 : 0;
    accepted += run_if_accepted(step::dwconv_grad_input_f32, shape, {kY, kPacked}, {kX}) ? 1 : 0;
    const auto weights = hostile<std::int32_t>(random, kWeights, 0, sizeof(DwconvGradWeightsF32) / 4);
    accepted += run_if_accepted(step::dwconv_grad_weights_f32, weights, {kX, kY}, {2 * kW}) ? 1 : 0;
  }
  EXPECT_GT(accepted, 3'000);
}

}  // namespace paw::depthwise_test
