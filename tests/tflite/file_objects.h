// A .tflite file as plain structs, to be changed and packed again.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "tflite_objects_generated.h"

namespace paw::tflite_testing {

using Change = std::function<void(tflite_objects::ModelT&)>;

inline Bytes pack(const tflite_objects::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  tflite_objects::FinishModelBuffer(builder, tflite_objects::Model::Pack(builder, &model));
  return Bytes::copy_of(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
}

inline std::unique_ptr<tflite_objects::ModelT> unpack(const Bytes& file) {
  return std::unique_ptr<tflite_objects::ModelT>(tflite_objects::UnPackModel(file.data()));
}

inline Bytes changed(const Bytes& file, const Change& change) {
  const auto model = unpack(file);
  change(*model);
  return pack(*model);
}

}  // namespace paw::tflite_testing
