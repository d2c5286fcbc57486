#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// Weights stored as float16 come through it too; in the graph that is a cast.
Status read_dequantize(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const StatedType to, r.stated_result());
  const bool half = is_float(r.type(x).dtype);
  return r.result(half ? op::cast : op::dequantize, {x}, DtypeAttrs{to.dtype});
}

Result<OperatorKind> kind_of_dequantize(const OpWriter& w) {
  constexpr std::int32_t kCode = code_of(schema::BuiltinOperator::DEQUANTIZE);
  const TensorType& x = w.type(0);
  if (w.result_type().dtype != DType::kF32) return w.refuse("gives " + w.result_type().text() + "; only f32 is held");
  if (x.quant->block > 0) {
    return w.refuse("reads weights quantised block by block, which LiteRT computes wrongly",
                    "quantise them per channel");
  }
  const bool channels = x.quant->axis >= 0;
  switch (x.dtype) {
    case DType::kI4: return OperatorKind{kCode, 6, "2.18.0"};
    case DType::kI8: return channels ? OperatorKind{kCode, 5, "2.7.0"} : OperatorKind{kCode, 2, "1.14.0"};
    case DType::kI16:
      if (!channels) return OperatorKind{kCode, 3, "1.15.0"};
      break;
    case DType::kU8:
      if (!channels) return OperatorKind{kCode, 1, "1.13.1"};
      break;
    default: break;
  }
  return w.refuse("reads " + x.text() + ", which is not held");
}

Status write_dequantize(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, kind_of_dequantize(w));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateDequantizeOptions(w.builder()));
  return {};
}

constexpr OpReading kDequantizeReads[] = {{code_of(schema::BuiltinOperator::DEQUANTIZE), 1, 1, 1, read_dequantize}};

}  // namespace

constinit const OpSupport dequantize{.op = &op::dequantize, .reads = kDequantizeReads, .write = write_dequantize};

}  // namespace paw::tflite::ops
