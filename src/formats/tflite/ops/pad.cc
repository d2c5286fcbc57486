#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// [axes, 2]: before and after.
Status read(OpReader& r, double value) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> amounts, r.integers(1, "paddings"));
  PadAttrs attrs{.before = {}, .after = {}, .value = value};
  for (std::size_t i = 0; i + 1 < amounts.size(); i += 2) {
    attrs.before.push_back(amounts[i]);
    attrs.after.push_back(amounts[i + 1]);
  }
  return r.result(op::pad, {x}, std::move(attrs));
}

Status read_zeros(OpReader& r) { return read(r, 0); }

Status read_value(OpReader& r) {
  if (!r.has(2)) return read(r, 0);
  PAW_ASSIGN_OR_RETURN(const double value, r.number(2, "the value that is padded with"));
  return read(r, value);
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::PAD), 2, 2, 2, read_zeros},
                                {code_of(schema::BuiltinOperator::PADV2), 2, 3, 2, read_value}};

}  // namespace

constinit const OpSupport pad{.op = &op::pad, .reads = kReads};

}  // namespace paw::tflite::ops
