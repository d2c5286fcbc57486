// Writes the layers of a NeuralNetwork: walks the graph, keeps the blobs that each value has (axes in home order or as
// in the graph), and gives the writers in ops/ what they need.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/coreml/description.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/program/constants.h"
#include "ir/names.h"
#include "ir/op_def.h"

namespace paw::coreml {

namespace schema {
class Layer;
class Network;
class Weights;
}  // namespace schema

struct Blob {
  std::string name;
  Shape shape;
};

class LayerWriter {
 public:
  LayerWriter(const Model& model, schema::Network& network);
  // All layers. Fills the inputs and outputs of `description`; of a classifier, the blob of its probabilities is named
  // like that output.
  Status run(Description& description);
  const std::vector<std::string>& notes() const { return notes_; }

  // --- for the writers of ops: the node at hand ---
  template <class A>
  const A& attrs() const {
    return node_->attrs.as<A>();
  }
  bool has(std::size_t i) const { return i < node_->inputs.size() && node_->inputs[i].valid(); }
  std::size_t input_count() const { return node_->inputs.size(); }
  const TensorType& type(std::size_t i) const { return model_.graph.type(node_->inputs[i]); }
  const TensorType& out_type() const { return model_.graph.type(node_->outputs[0]); }

  // Operand `i` with its axes in home order or as in the graph.
  Result<Blob> in(std::size_t i) { return form(node_->inputs[i], true); }
  Result<Blob> plain(std::size_t i) { return form(node_->inputs[i], false); }
  // For elementwise layers: broadcast together with operands of `rank` axes in home order.
  Result<Blob> broadcast(std::size_t i, int rank);
  // The constant operand `i`, its axes in that order, into `message`.
  Status weights(std::size_t i, std::span<const int> axes, schema::Weights& message);
  // A scalar constant of float32 as a number; nullopt: it is something else.
  std::optional<float> number(std::size_t i) const;
  // A plain float32 constant of one number per index of the result's last axis, along which alone it varies; nullopt:
  // it is something else.
  std::optional<std::vector<float>> per_channel(std::size_t i) const;

  // A new layer whose result, of the output's shape in home order or as in the graph, is the node's output.
  schema::Layer& out(const std::vector<Blob>& inputs) { return result(inputs, true); }
  schema::Layer& out_plain(const std::vector<Blob>& inputs) { return result(inputs, false); }
  // A new layer on the way; `made` is its result.
  schema::Layer& step(const std::vector<Blob>& inputs, std::string_view suffix, const Shape& shape, Blob& made);
  // The node's output is the operand itself.
  void same(Blob blob) { define(node_->outputs[0], std::move(blob), true); }
  Blob reshaped(const Blob& blob, const Shape& shape);

  std::unexpected<Error> refuse(std::string_view message, std::string_view hint = {}) const;

 private:
  struct Form {
    Blob blob;
    bool home;
  };
  Status write_inputs(Description& description);
  Status normalise(ValueId input, Blob pixels);
  Status write_node(const Node& node);
  Status write_outputs(Description& description);
  Result<Blob> form(ValueId value, bool home);
  Result<Blob> constant(ValueId value, std::span<const int> axes, std::optional<Shape> shape);
  ValueId constant_behind(ValueId value) const;
  bool is_stored(const Node& node) const;
  void define(ValueId value, Blob blob, bool home) { forms_[value.index].push_back({std::move(blob), home}); }
  schema::Layer& result(const std::vector<Blob>& inputs, bool home);
  schema::Layer& add(const std::string& name, const std::vector<Blob>& inputs);
  std::string wanted_name(ValueId value) const;
  std::string exact_name(ValueId value, bool home);

  const Model& model_;
  schema::Network& network_;
  Uses uses_;
  const Node* node_ = nullptr;
  std::vector<std::vector<Form>> forms_;               // per value
  std::map<std::string, Blob> constants_;              // by value, axes and shape
  std::map<std::uint32_t, std::string> output_names_;  // per value: the output feature made of it
  UniqueNames names_;
  std::vector<std::string> notes_;
};

struct LayerWriteRule {
  const OpDef* op;
  Status (*write)(LayerWriter&);  // null: refused
  std::string_view refusal;
};
std::span<const LayerWriteRule> layer_write_rules();

}  // namespace paw::coreml
