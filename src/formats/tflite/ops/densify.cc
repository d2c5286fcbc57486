#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// A sparse constant is decoded as it is read, and keeps the mark that it was sparse.
Status read_densify(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  return r.same(x);
}

constexpr OpReading kDensifyReads[] = {{code_of(schema::BuiltinOperator::DENSIFY), 1, 1, 1, read_densify}};

}  // namespace

constinit const OpSupport densify{.reads = kDensifyReads};

}  // namespace paw::tflite::ops
