// Convolutions against ONNX Runtime 1.32 (Conv, ConvTranspose) on integer data, converted to NHWC.
#include "ops/conv_common.h"
#include "ops/golden_testing.h"

namespace paw::conv_test {

TEST(Conv2d, SameStride2PutsTheOddPixelLast) {
  const auto y = evaluate(op::conv2d, {image({1, 5, 6, 3}), weights({2, 3, 3, 3}), f32({2}, {1, -2})},
                          Conv2dAttrs{.stride = {2, 2}, .padding = Padding::kSame});
  expect_output(y, 0, {1, 3, 3, 2}, {26, 3, 33, 19, 23, -1, 16, 13, 25, -18, 22, -32, 6, 23, 34, -39, 25, -34});
}

TEST(Conv2d, GroupsDilationStrideAndExplicitPads) {
  const auto y = evaluate(
      op::conv2d, {image({1, 4, 5, 4}), weights({4, 2, 3, 2}), f32({4}, {1, -2, 3, 0})},
      Conv2dAttrs{
          .stride = {1, 2}, .dilation = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 0, 2, 1}, .groups = 2});
  expect_output(y, 0, {1, 3, 3, 4}, {-8, 4,   2, -13, -11, 1, -6, 16, -12, 36,  -8, 17, -24, -6,  19, 1,   8,  -27,
                                     16, -17, 8, -28, -30, 9, 27, -6, 34,  -11, 8,  9,  44,  -40, -3, -14, 42, -36});
}

TEST(Conv2d, WithoutBiasIsWithZeroBias) {
  const Conv2dAttrs attrs{.stride = {2, 2}, .padding = Padding::kSame};
  const auto with = evaluate(op::conv2d, {image({1, 5, 6, 3}), weights({2, 3, 3, 3}), f32({2}, {0, 0})}, attrs);
  const auto without = evaluate(op::conv2d, {image({1, 5, 6, 3}), weights({2, 3, 3, 3})}, attrs);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(without->front().data, with->front().data);
}

TEST(DepthwiseConv2d, Multiplier2WithSamePadding) {
  const auto y = evaluate(op::depthwise_conv2d, {image({1, 4, 4, 2}), weights({1, 2, 3, 4}), f32({4}, {1, -2, 3, 0})},
                          DepthwiseConv2dAttrs{.padding = Padding::kSame});
  expect_output(y, 0, {1, 4, 4, 4},
                {-17, 4, -10, 12, 6,  -14, -24, -27, 12, -23, 17, -13, 12, -8,  12, 3,   -13, 0, 14, -20, 8,  -17,
                 -14, 7, 25,  7,  16, 10,  13,  14,  11, 1,   -9, -4,  16, -19, 10, -20, -15, 8, 5,  4,   15, 11,
                 -19, 3, 10,  -1, -3, -4,  4,   -24, 18, -5,  6,  -1,  2,  4,   -3, 15,  -23, 2, 0,  -9});
}

TEST(Conv2dGradInput, IsTheTransposedConvolution) {
  const Conv2dAttrs conv{.stride = {2, 2}, .padding = Padding::kExplicit, .pads = {1, 1, 1, 1}};
  const auto dx = evaluate(op::conv2d_grad_input, {weights({1, 3, 3, 2}), weights({2, 3, 3, 3})},
                           Conv2dGradAttrs{conv, {1, 5, 5, 3}});
  expect_output(dx, 0, {1, 5, 5, 3}, {3,  5,  7,  -16, 4,  10, -6, -2, 2,   8,  -10, 7,   6,   -2, -10, 9,   -9, -6, 2,
                                      -9, 8,  -2, 12,  -2, 8,  -9, 2,  -6,  -9, 9,   -10, -2,  6,  7,   -10, 8,  2,  -2,
                                      -6, 10, 4,  -16, 7,  5,  3,  4,  12,  -8, 13,  -9,  -3,  0,  -9,  3,   -9, 26, -9,
                                      3,  -9, 0,  -2,  -2, -2, 9,  4,  -15, 3,  5,   7,   -16, 4,  10,  -6,  -2, 2});
}

TEST(Conv2dGradWeights, CorrelatesImageAndGradient) {
  const auto dw = evaluate(op::conv2d_grad_weights, {image({2, 4, 4, 2}), weights({2, 2, 2, 3})},
                           Conv2dGradAttrs{{}, {3, 3, 3, 2}});
  expect_output(dw, 0, {3, 3, 3, 2},
                {17,  -37, 41,  -13, -23, 11,  14,  -18, 16, 17,  -37, 41,  11,  -21, 13, 14,  -18, 16,
                 5,   19,  -11, 25,  -16, 9,   7,   -12, -9, 5,   19,  -11, 9,   -10, -7, 7,   -12, -9,
                 -14, 19,  -14, -14, 19,  -14, -14, 8,   8,  -14, 19,  -14, -14, 8,   8,  -14, 8,   8});
}

// A depthwise convolution is a convolution with one group per channel; so are its gradients.
TEST(DepthwiseConv2d, EqualsOneGroupPerChannel) {
  const Given x = image({1, 4, 5, 2}), w = weights({1, 3, 2, 4});
  Given grouped = weights({4, 3, 2, 1});  // [1,KH,KW,O] -> [O,KH,KW,1]
  for (std::size_t tap = 0; tap < 6; ++tap) {
    for (std::size_t o = 0; o < 4; ++o) grouped.values[o * 6 + tap] = w.values[tap * 4 + o];
  }
  const DepthwiseConv2dAttrs depthwise{.stride = {2, 1}, .padding = Padding::kSame};
  const Conv2dAttrs conv{.stride = {2, 1}, .padding = Padding::kSame, .groups = 2};
  const auto y = evaluate(op::depthwise_conv2d, {x, w}, depthwise);
  const auto expected = evaluate(op::conv2d, {x, grouped}, conv);
  ASSERT_TRUE(expected);
  expect_output(y, 0, {1, 2, 5, 4}, expected->front().data);

  const Given dy = weights({1, 2, 5, 4});
  const auto dx = evaluate(op::depthwise_conv2d_grad_input, {dy, w}, DepthwiseConv2dGradAttrs{depthwise, {1, 4, 5, 2}});
  const auto expected_dx = evaluate(op::conv2d_grad_input, {dy, grouped}, Conv2dGradAttrs{conv, {1, 4, 5, 2}});
  ASSERT_TRUE(expected_dx);
  expect_output(dx, 0, {1, 4, 5, 2}, expected_dx->front().data);

  const auto dw =
      evaluate(op::depthwise_conv2d_grad_weights, {x, dy}, DepthwiseConv2dGradAttrs{depthwise, {1, 3, 2, 4}});
  const auto expected_dw = evaluate(op::conv2d_grad_weights, {x, dy}, Conv2dGradAttrs{conv, {4, 3, 2, 1}});
  ASSERT_TRUE(dw && expected_dw);
  for (std::size_t tap = 0; tap < 6; ++tap) {
    for (std::size_t o = 0; o < 4; ++o) {
      EXPECT_EQ(dw->front().data[tap * 4 + o], expected_dw->front().data[o * 6 + tap]);
    }
  }
}

// tf.keras Conv2D, padding="same": output = ceil(input / stride), for an even and an odd input.
TEST(Window, TensorFlowSame) {
  struct Row {
    std::int64_t in, kernel, stride, dilation, out, before, after;
  };
  for (const Row& r : {Row{224, 3, 2, 1, 112, 0, 1}, Row{225, 3, 2, 1, 113, 1, 1}, Row{5, 5, 2, 1, 3, 2, 2},
                       Row{6, 5, 2, 1, 3, 1, 2}, Row{7, 3, 1, 2, 7, 2, 2}, Row{4, 1, 3, 1, 2, 0, 0}}) {
    const OpCall call{op::conv2d, {}, {}, {}};
    const auto w = resolve_window(call, {r.in, r.in}, {r.kernel, r.kernel}, {r.stride, r.stride},
                                  {r.dilation, r.dilation}, Padding::kSame, {});
    ASSERT_TRUE(w);
    EXPECT_EQ(w->out[0], r.out) << r.in << " kernel " << r.kernel;
    EXPECT_EQ(w->pad_before[1], r.before) << r.in << " kernel " << r.kernel;
    EXPECT_EQ(w->pad_after[1], r.after) << r.in << " kernel " << r.kernel;
  }
}

TEST(Window, TapsInsideAgreeWithEveryTapTried) {
  const OpCall call{op::conv2d, {}, {}, {}};
  for (std::int64_t pad = 0; pad < 6; ++pad) {
    for (std::int64_t dilation = 1; dilation < 4; ++dilation) {
      const auto w =
          resolve_window(call, {5, 5}, {4, 4}, {2, 2}, {dilation, dilation}, Padding::kExplicit, {pad, 8, pad, 8});
      ASSERT_TRUE(w);
      for (std::int64_t o = 0; o < w->out[0]; ++o) {
        const TapRange taps = taps_inside(*w, 0, o);
        for (std::int64_t k = 0; k < 4; ++k) {
          const std::int64_t at = o * 2 + k * dilation - pad;
          EXPECT_EQ(k >= taps.first && k < taps.last, at >= 0 && at < 5)
              << pad << ' ' << dilation << ' ' << o << ' ' << k;
        }
      }
    }
  }
}

TEST(Conv2d, MixedTypesGiveTheTypeOfX) {
  const Conv2dAttrs attrs;
  const TensorType x{DType::kF32, {1, 4, 4, 3}}, qx{DType::kI8, {1, 4, 4, 3}, per_tensor(0.5f, 1)};
  const TensorType w{DType::kI8, {2, 1, 1, 3}, per_tensor(0.25f, 0)};
  const TensorType bias{DType::kI32, Shape{2}, per_tensor(0.125f, 0)};
  const TensorType* weight_only[] = {&x, &w};
  EXPECT_EQ((*infer_types(op::conv2d, attrs, weight_only, ""))[0].text(), "f32[1,4,4,2]");
  const TensorType* full[] = {&qx, &w, &bias};
  EXPECT_EQ((*infer_types(op::conv2d, attrs, full, ""))[0].text(), "i8[1,4,4,2]");
}

TEST(Conv2d, Refusals) {
  const TensorType x{DType::kF32, {1, 4, 4, 6}}, w{DType::kF32, {4, 3, 3, 6}};
  expect_refused(op::conv2d, {x, {DType::kF32, {4, 3, 3, 5}}}, Conv2dAttrs{}, "[O,KH,KW,6]");
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.groups = 0}, "0 groups do not divide");
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.groups = 3}, "3 groups do not divide");
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.stride = {0, 1}}, "stride");
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.dilation = {1, -1}}, "dilation");
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.pads = {1, 0, 0, 0}}, "padding=explicit");
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.dilation = {2, 2}}, "does not fit into the padded input of 4");
  expect_refused(op::conv2d, {x, w, {DType::kF32, Shape{3}}}, Conv2dAttrs{}, "expected bias as [4]");
  expect_refused(op::conv2d, {x, {DType::kI8, {4, 3, 3, 6}}}, Conv2dAttrs{}, "weights of real numbers");
  expect_refused(op::conv2d, {{DType::kF32, {1, 4, 4}}, w}, Conv2dAttrs{}, "[N,H,W,C]");
  const std::int64_t huge = std::int64_t{1} << 31;
  expect_refused(op::conv2d, {x, w}, Conv2dAttrs{.padding = Padding::kExplicit, .pads = {huge, huge, 0, 0}},
                 "too large");
  expect_refused(op::depthwise_conv2d, {x, {DType::kF32, {1, 3, 3, 8}}}, DepthwiseConv2dAttrs{}, "[1,KH,KW,M*6]");
  expect_refused(op::conv2d_grad_input, {{DType::kF32, {1, 2, 2, 4}}, w}, Conv2dGradAttrs{{}, {1, 5, 4, 6}},
                 "expected dy as float [1,3,2,4]");
  expect_refused(op::conv2d_grad_input, {{DType::kF32, {1, 2, 2, 4}}, w}, Conv2dGradAttrs{{}, {1, -4, 4, 6}},
                 "[1,-4,4,6]");
  expect_refused(op::conv2d_grad_weights, {x, {DType::kF32, {1, 2, 2, 4}}}, Conv2dGradAttrs{{}, {4, 0, 3, 6}},
                 "[4,0,3,6]");
}

}  // namespace paw::conv_test
