// Small Core ML files for tests of this layer, and ways to change them. Not part of any program.
#pragma once

#include <functional>
#include <string>

#include "coreml/model.pb.h"
#include "formats/coreml/coreml_file.h"
#include "formats/coreml/parse.h"
#include "ir/builder.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::coreml_testing {

// One convolution, mean and softmax on pictures of 4 x 4 pixels, two classes.
inline Model small_model() {
  GraphBuilder b("small");
  std::vector<float> numbers(2 * 3 * 3 * 3);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 7) / 8 - 0.25f;
  ValueId x = b.input("image", {DType::kF32, {1, 4, 4, 3}});
  b.set_scope("conv");
  x = b.call(op::conv2d, {x, b.constant(Tensor::f32({2, 3, 3, 3}, numbers))}, Conv2dAttrs{.padding = Padding::kSame});
  b.set_scope("head");
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}});
  b.output(b.call(op::softmax, {x}, {}, {.name = "scores"}));
  Model model;
  model.graph = b.finish().value();
  model.preprocess = Preprocess{.width = 4, .height = 4, .resize_short = 4};
  model.labels = {"cat", "dog"};
  return model;
}

using Change = std::function<void(coreml::schema::Model&)>;

// The file with its message changed.
inline Bytes changed(const Bytes& file, const Change& change) {
  coreml::schema::Model message = **coreml::parse_model(file.span(), "good");
  change(message);
  return coreml::serialize_model(message);
}

// What the reader says of the small model as a program or a network, changed; empty: it reads it.
inline std::string program_refusal(const Change& change, const MlProgramOptions& options = {}) {
  MlPackage package = write_ml_program(small_model(), options).value();
  package.model = changed(package.model, change);
  const auto read = read_mlpackage(package, "a.mlpackage");
  return read ? "" : read.error().text();
}
inline std::string network_refusal(const Change& change) {
  const auto read = read_mlmodel(changed(write_neural_network(small_model()).value(), change), "a.mlmodel");
  return read ? "" : read.error().text();
}

inline coreml::schema::Block& block_of(coreml::schema::Model& model) {
  // One, called after what iOS has: "CoreML5".
  return (*model.mutable_program()->mutable_functions())["main"].mutable_blocks()->begin()->second;
}
// The first operation of that type.
inline coreml::schema::Operation& operation(coreml::schema::Model& model, std::string_view type) {
  for (auto& op : *block_of(model).mutable_operations()) {
    if (op.type() == type) return op;
  }
  return *block_of(model).mutable_operations(0);
}

}  // namespace paw::coreml_testing
