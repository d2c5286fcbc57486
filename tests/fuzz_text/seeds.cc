#include "fuzz_text/seeds.h"

namespace paw::fuzz_text {

namespace {

// A small convolutional net like pawnet: stem, depthwise separable block with a residual, head.
constexpr std::string_view kConvnet = R"(// like pawnet, but small
graph convnet(%image: f32[1,32,32,3]) -> (%probabilities) {
  %stem.w = const fill 0.25 : f32[8,3,3,3]
  %0 = conv2d(%image, %stem.w) {stride=[2,2], padding=same} : f32[1,16,16,8] @ "stem/conv"
  %gamma = const fill 1 : f32[8]
  %beta = const dense [0,0.1,-0.1,0.2,-0.2,0.3,-0.3,1e-3] : f32[8]
  %mean = const fill 0 : f32[8]
  %variance = const fill 1 : f32[8]
  %1 = batch_norm(%0, %gamma, %beta, %mean, %variance) {epsilon=1e-05} : f32[1,16,16,8] @ "stem/bn"
  %2 = relu6(%1) : f32[1,16,16,8]
  %dw.w = const fill -0.125 : f32[1,3,3,8]
  %3 = depthwise_conv2d(%2, %dw.w) {padding=explicit, pads=[1,1,1,1]} : f32[1,16,16,8] @ "block1/dw"
  %4 = hard_swish(%3) : f32[1,16,16,8]
  %pw.w = const fill 0.0625 : f32[8,1,1,8]
  %pw.b = const dense [1,2,3,4,5,6,7,8] : f32[8]
  %5 = conv2d(%4, %pw.w, %pw.b) : f32[1,16,16,8] @ "block1/project"
  %6 = add(%2, %5) : f32[1,16,16,8] @ "block1/residual"
  %7 = max_pool(%6) {kernel=[3,3], padding=same} : f32[1,8,8,8]
  %8 = clamp(%7) {min=-1, max=inf} : f32[1,8,8,8]
  %9 = reduce_mean(%8) {axes=[1,2]} : f32[1,8]
  %10 = dropout(%9) {rate=0.2} : f32[1,8]
  %head.w = const fill 0.5 : f32[2,8]
  %head.b = const dense [0.5,-0.5] : f32[2]
  %logits = fully_connected(%10, %head.w, %head.b) : f32[1,2] @ "head"
  %probabilities = softmax(%logits) : f32[1,2]
}
)";

// Per-tensor, per-channel and blockwise quantisation; ops that share, fix and declare their output's parameters.
constexpr std::string_view kQuantised = R"(graph quantised(%image: f32[1,8,8,4]) -> (%y, %weights) {
  %0 = quantize(%image) : i8[1,8,8,4]{scale=0.0078125, zero_point=-1} @ "input"
  %w = const dense [1,-2,3,-4,5,-6,7,-8,9,-10,11,-12] : i8[3,1,1,4]{scale=[0.5,0.25,0.125], zero_point=[0,0,0], axis=0}
  %b = const fill 100 : i32[3]{scale=[0.00390625,0.001953125,0.0009765625], zero_point=[0,0,0], axis=0}
  %1 = conv2d(%0, %w, %b) : i8[1,8,8,3]{scale=0.1, zero_point=5} @ "conv"
  %2 = relu(%1) : i8[1,8,8,3]{scale=0.05, zero_point=-128}
  %3 = max_pool(%2) : i8[1,4,4,3]{scale=0.05, zero_point=-128}
  %4 = reshape(%3) {shape=[1,-1]} : i8[1,48]{scale=0.05, zero_point=-128}
  %5 = slice(%4) {begin=[0,0], end=[1,8], stride=[1,2]} : i8[1,4]{scale=0.05, zero_point=-128}
  %6 = softmax(%5) : i8[1,4]{scale=0.00390625, zero_point=-128}
  %y = dequantize(%6) : f32[1,4]
  %packed = const dense [-8,7,-8,7,0,1,2,3] : i4[2,4]{scale=[1,2,0.5,0.25], zero_point=[0,0,1,-1], block=2}
  %weights = dequantize(%packed) : f32[2,4]
}
)";

// Several outputs, left-out and variadic inputs, encodings, odd names and numbers, constants nobody reads.
constexpr std::string_view kOdd =
    R"(graph "odd \"one\" \xff"(%x: f32[2,4], %"a b/1": f32[2,4], %2: i64[2]) -> (%new, %y, %y, %c, %x) {
  %scale = const fill 1 : f32[4]
  %offset = const dense [nan,0xffc00001,-inf,1e-45] : f32[4]
  %bn, %0, %1 = batch_norm_training(%x, %scale, %offset) {epsilon=0.01} : f32[2,4], f32[4], f32[4] @ "bn \\ 1"
  %3 = dropout(%bn, %2) {rate=0.25, stream=7} : f32[2,4]
  %4 = dropout(%3, _) : f32[2,4]
  %w = const dense [1,0,0,2,0,3,4,0] : f32[2,4] sparse(axis=1, group=4)
  %5 = fully_connected(%4, %w, _) : f32[2,2]
  %6 = concat(%4, %x, %"a b/1", %5) {axis=1} : f32[2,14]
  %velocity = const fill 0 : f32[2,14]
  %rate = const fill 0.1 : f32[]
  %new, %7 = sgd(%6, %6, %velocity, %rate) {momentum=0.8, nesterov=true} : f32[2,14], f32[2,14]
  %p = const dense [1,2,1,2,1,2,1,2] : u8[2,4] palette(bits=1, axis=0, group=1)
  %8 = cast(%p) {dtype=f32} : f32[2,4]
  %y = matmul(%8, %w) {transpose_b=true} : f32[2,2]
  %c = const dense [9223372036854775807,-9223372036854775808] : i64[2]
  %unused = const dense [18446744073709551615,0,1] : u64[3]
  %flags = const dense [0,1,1] : bool[3]
  %halves = const dense [0.1,65504,-0,nan] : f16[4]
  %table = const fill 7 : u4[65536] palette(bits=4, axis=0, group=16)
}
)";

}  // namespace

constinit const std::array<Seed, 3> kSeeds = {{{"convnet", kConvnet}, {"quantised", kQuantised}, {"odd", kOdd}}};

}  // namespace paw::fuzz_text
