// Small ops for the tests of this layer: one per rule, so that src/ir is tested without src/ops.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "ir/op_def.h"

namespace paw::testing_ops {

enum class Color : std::uint8_t { kRed, kGreen, kBlue };
inline std::span<const std::string_view> enum_names(Color) {
  static constexpr std::string_view kNames[] = {"red", "green", "blue"};
  return kNames;
}

// One field of every kind.
struct AllAttrs {
  bool flag = false;
  std::int64_t count = 3;
  double rate = 0.5;
  DType dtype = DType::kF32;
  Color color = Color::kRed;
  std::array<std::int64_t, 2> pair = {1, 1};
  std::vector<std::int64_t> list;
  void fields(auto& v) {
    v("flag", flag);
    v("count", count);
    v("rate", rate);
    v("dtype", dtype);
    v("color", color);
    v("pair", pair);
    v("list", list);
  }
  bool operator==(const AllAttrs&) const = default;
};

inline Result<std::vector<TensorType>> like_first(const OpCall& call) {
  if (call.shape(0).rank() == 5) return call.error("rank 5 is refused", "use another rank");
  return std::vector(call.op.outputs.size(), TensorType{call.in(0).dtype, call.shape(0)});
}
inline Result<std::vector<TensorType>> to_i8(const OpCall& call) {
  return std::vector{TensorType{DType::kI8, call.shape(0)}};
}
inline Result<std::vector<TensorType>> too_large(const OpCall&) {
  const Shape huge{1 << 20, 1 << 20, 2};
  return std::vector{TensorType{DType::kF32, huge}};
}
// The only quantised form of `fixed` is i8.
inline std::shared_ptr<const QuantParams> fixed_parameters(DType dtype) {
  return dtype == DType::kI8 ? per_tensor(1.0f / 256, -128) : nullptr;
}

inline constinit const OpDef copy{.name = "copy", .inputs = {"x"}, .infer = like_first};
inline constinit const OpDef plus{.name = "plus", .inputs = {"a", "b"}, .infer = like_first};
inline constinit const OpDef shares{
    .name = "shares", .inputs = {"x"}, .traits = kSharesInputScale, .infer = like_first};
inline constinit const OpDef fixed{.name = "fixed",
                                   .inputs = {"x"},
                                   .traits = kFixedOutputScale,
                                   .infer = like_first,
                                   .fixed_quant = fixed_parameters};
inline constinit const OpDef declares{
    .name = "declares", .inputs = {"x"}, .traits = kDeclaresOutputScale, .infer = to_i8};
inline constinit const OpDef moves{.name = "moves", .inputs = {"x"}, .traits = kShapeOnly, .infer = like_first};
inline constinit const OpDef pick{.name = "pick", .inputs = {"x", "a?", "b?"}, .infer = like_first};
inline constinit const OpDef join{.name = "join", .inputs = {"xs..."}, .infer = like_first};
inline constinit const OpDef split{.name = "split", .inputs = {"x"}, .outputs = {"low", "high"}, .infer = like_first};
inline constinit const OpDef sink{.name = "sink", .inputs = {"x"}, .outputs = PortList{}, .infer = like_first};
inline constinit const OpDef many{
    .name = "many", .inputs = {"x"}, .default_attrs = attrs_of<AllAttrs>, .infer = like_first};
inline constinit const OpDef huge{.name = "huge", .inputs = {"x"}, .infer = too_large};
inline constinit const OpDef liar{.name = "liar", .inputs = {"x"}, .outputs = {"a", "b"}, .infer = to_i8};

inline constexpr std::array kAll = {&copy, &plus,  &shares, &fixed, &declares, &moves, &pick,
                                    &join, &split, &sink,   &many,  &huge,     &liar};

}  // namespace paw::testing_ops
