#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/padding.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kPadVersions[] = {{DType::kF32, 1, "1.9.0"}, {DType::kI8, 2, "1.14.0"},
                                        {DType::kU8, 1, "1.9.0"},  {DType::kI16, 3, "2.4.0"},
                                        {DType::kI32, 1, "1.9.0"}, {DType::kI64, 1, "1.9.0"}};

// [axes, 2]: before and after.
Status read_padded(OpReader& r, double value) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> amounts, r.integers(1, "paddings"));
  PadAttrs attrs{.before = {}, .after = {}, .value = value};
  for (std::size_t i = 0; i + 1 < amounts.size(); i += 2) {
    attrs.before.push_back(amounts[i]);
    attrs.after.push_back(amounts[i + 1]);
  }
  return r.result(op::pad, {x}, std::move(attrs));
}

Status read_zeros(OpReader& r) { return read_padded(r, 0); }

Status read_value(OpReader& r) {
  if (!r.has(2)) return read_padded(r, 0);
  PAW_ASSIGN_OR_RETURN(const double value, r.number(2, "the value that is padded with"));
  return read_padded(r, value);
}

Status write_pad(OpWriter& w) {
  const auto& a = w.attrs<PadAttrs>();
  std::vector<std::int64_t> amounts;
  for (std::size_t i = 0; i < a.before.size(); ++i) {
    amounts.push_back(a.before[i]);
    amounts.push_back(a.after[i]);
  }
  return write_padding(w, amounts, a.value, w.result());
}

constexpr OpReading kPadReads[] = {{code_of(schema::BuiltinOperator::PAD), 2, 2, 2, read_zeros},
                                   {code_of(schema::BuiltinOperator::PADV2), 2, 3, 2, read_value}};

}  // namespace

Status write_padding(OpWriter& w, std::span<const std::int64_t> amounts, double value, std::int32_t to) {
  const std::int64_t rank = w.type(0).shape.rank();
  if (rank == 0 || rank > 5) return w.refuse("pads " + w.type(0).text() + "; 1 to 5 axes are held");
  const bool zeros = value == 0;
  PAW_ASSIGN_OR_RETURN(OperatorKind kind, w.kind(schema::BuiltinOperator::PADV2, w.type(0), kPadVersions));
  if (rank > 4) kind = {kind.code, 4, "2.6.0"};
  if (zeros) {
    kind.code = code_of(schema::BuiltinOperator::PAD);
    if (kind.version == 1) kind.runtime = "1.5.0";
  }
  const std::vector<double> numbers(amounts.begin(), amounts.end());
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  std::vector<std::int32_t> inputs = {
      x, w.constant(tensor_from_stored({DType::kI32, Shape{rank, 2}}, numbers), "paddings")};
  if (zeros) {
    w.append(kind, inputs, to, schema::CreatePadOptions(w.builder()));
    return {};
  }
  inputs.push_back(w.scalar(value, w.type(0), "value"));
  w.append(kind, inputs, to, schema::CreatePadV2Options(w.builder()));
  return {};
}

constinit const OpSupport pad{.op = &op::pad, .reads = kPadReads, .write = write_pad};

}  // namespace paw::tflite::ops
