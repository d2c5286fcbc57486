// The .paw file: a trained model with weights, preprocessing, labels, provenance and calibration statistics.
// Specification: docs/paw-file.md.
#pragma once

#include "base/bytes.h"
#include "ir/model.h"
#include "ir/op_def.h"

namespace paw {

// Deterministic bytes. Error kUnsupported: the model does not verify.
Result<Bytes> write_paw(const Model& model);

// Reads a whole file's bytes (usually mapped: constants view them, nothing is copied). `where` starts error messages,
// usually the path. Errors kUnsupported, each naming the section: not a .paw file, newer version, truncated, bad CRC,
// ...
Result<Model> read_paw(const Bytes& file, std::string_view where, OpList ops);
// The same, with the sections' sizes as parts.
Result<ReadModel> read_paw_parts(const Bytes& file, std::string_view where, OpList ops);

}  // namespace paw
