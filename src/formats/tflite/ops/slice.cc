#include <algorithm>

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// SLICE: begin and size; -1 means to the end.
Status read_sized(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> begin, r.integers(1, "begin"));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> size, r.integers(2, "size"));
  const Shape shape = r.type(x).shape;
  const auto rank = static_cast<std::size_t>(shape.rank());
  if (begin.size() != rank || size.size() != rank) return r.error("expected begin and size for every axis");
  SliceAttrs attrs{.begin = begin, .end = {}, .stride = std::vector<std::int64_t>(rank, 1)};
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t extent = shape[static_cast<int>(i)];
    // Out of range stays out of range, without overflow.
    const bool inside = begin[i] >= 0 && begin[i] <= extent && size[i] >= -1 && size[i] <= extent;
    attrs.end.push_back(!inside ? -1 : size[i] == -1 ? extent : begin[i] + size[i]);
  }
  return r.result(op::slice, {x}, std::move(attrs));
}

bool set(int mask, std::size_t axis) { return axis < 31 && (mask >> axis & 1) != 0; }

// One axis of STRIDED_SLICE, as NumPy slices: negative positions count from the end, positions outside are clamped.
struct AxisRange {
  std::int64_t begin, end;
};
AxisRange resolve(const schema::StridedSliceOptions& o, std::size_t axis, std::int64_t begin, std::int64_t end,
                  std::int64_t extent) {
  const auto position = [extent](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + extent : at, 0, extent);
  };
  AxisRange range{set(o.begin_mask(), axis) ? 0 : position(begin), set(o.end_mask(), axis) ? extent : position(end)};
  if (set(o.shrink_axis_mask(), axis)) range.end = range.begin + 1;
  return range;
}

Status read_strided(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::StridedSliceOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> begin, r.integers(1, "begin"));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> end, r.integers(2, "end"));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> stride, r.integers(3, "strides"));
  if (o->ellipsis_mask() != 0 || o->new_axis_mask() != 0 || o->offset()) {
    return r.error("slices with an ellipsis, a new axis or offsets, which is not read");
  }
  const Shape shape = r.type(x).shape;
  const auto rank = static_cast<std::size_t>(shape.rank());
  if (begin.size() != end.size() || begin.size() != stride.size() || begin.size() > rank) {
    return r.error("expected begin, end and strides for at most every axis");
  }
  SliceAttrs attrs;
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t extent = shape[static_cast<int>(i)];
    const AxisRange range = i < begin.size() ? resolve(*o, i, begin[i], end[i], extent) : AxisRange{0, extent};
    const std::int64_t step = i < begin.size() ? stride[i] : 1;
    if (step < 1) return r.error("slices backwards, which is not read");
    attrs.begin.push_back(range.begin);
    attrs.end.push_back(range.end);
    attrs.stride.push_back(step);
    if (!set(o->shrink_axis_mask(), i)) kept.push_back((range.end - range.begin + step - 1) / step);
  }
  if (kept.size() == rank) return r.result(op::slice, {x}, std::move(attrs));
  PAW_ASSIGN_OR_RETURN(const ValueId part, r.step(op::slice, {x}, std::move(attrs)));
  return r.result(op::reshape, {part}, ShapeAttrs{std::move(kept)});
}

constexpr TypeVersion kSliceVersions[] = {{DType::kF32, 1, "1.14.0"},      {DType::kI8, 2, "1.14.0"},
                                          {DType::kU8, 1, "1.14.0"},       {DType::kI16, 4, "2.4.0"},
                                          {DType::kI16, 4, "2.4.0", true}, {DType::kI32, 1, "1.14.0"},
                                          {DType::kI64, 1, "1.14.0"},      {DType::kBool, 1, "1.14.0"}};
constexpr TypeVersion kStridedVersions[] = {
    {DType::kF32, 1, "1.6.0"},       {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.6.0"},  {DType::kI16, 4, "2.2.0"},
    {DType::kI16, 4, "2.2.0", true}, {DType::kI32, 1, "1.6.0"}, {DType::kI64, 1, "1.6.0"}, {DType::kBool, 3, "2.1.0"}};

Status write_sized(OpWriter& w, const SliceAttrs& a) {
  PAW_ASSIGN_OR_RETURN(OperatorKind kind, w.kind(schema::BuiltinOperator::SLICE, w.type(0), kSliceVersions));
  if (a.begin.size() > 4) kind = {kind.code, 5, "2.5.0"};
  std::vector<std::int64_t> size;
  for (std::size_t i = 0; i < a.begin.size(); ++i) size.push_back(a.end[i] - a.begin[i]);
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t inputs[] = {x, w.integers(a.begin, "begin"), w.integers(size, "size")};
  w.append(kind, inputs, w.result(), schema::CreateSliceOptions(w.builder()));
  return {};
}

Status write_slice(OpWriter& w) {
  const auto& a = w.attrs<SliceAttrs>();
  if (a.begin.empty() || a.begin.size() > 5) return w.refuse("slices " + w.type(0).text() + "; 1 to 5 axes are held");
  if (std::ranges::all_of(a.stride, [](std::int64_t step) { return step == 1; })) return write_sized(w, a);
  PAW_ASSIGN_OR_RETURN(OperatorKind kind, w.kind(schema::BuiltinOperator::STRIDED_SLICE, w.type(0), kStridedVersions));
  if (a.begin.size() > 4) kind = {kind.code, 4, "2.2.0"};
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t inputs[] = {x, w.integers(a.begin, "begin"), w.integers(a.end, "end"),
                                 w.integers(a.stride, "strides")};
  w.append(kind, inputs, w.result(), schema::CreateStridedSliceOptions(w.builder()));
  return {};
}

constexpr OpReading kSliceReads[] = {{code_of(schema::BuiltinOperator::SLICE), 3, 3, 3, read_sized},
                                     {code_of(schema::BuiltinOperator::STRIDED_SLICE), 4, 4, 4, read_strided}};

}  // namespace

constinit const OpSupport slice{.op = &op::slice, .reads = kSliceReads, .write = write_slice};

}  // namespace paw::tflite::ops
