// Operators that are one op and nothing else: all inputs in, one result out, options without a field or none.
#pragma once

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"

namespace paw::tflite::ops {

template <const OpDef& kOp>
Status read_plain(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(kOp, operands);
}

// The version is that for the first operand's type.
template <class Code>
Status write_plain(OpWriter& w, Code code, std::span<const TypeVersion> versions) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(code, w.type(0), versions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

// With the table `Options`, which has no field.
template <class Options, class Code>
Status write_plain_with(OpWriter& w, Code code, std::span<const TypeVersion> versions) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(code, w.type(0), versions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), typename Options::Builder(w.builder()).Finish());
  return {};
}

}  // namespace paw::tflite::ops
