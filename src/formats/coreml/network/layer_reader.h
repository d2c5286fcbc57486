// Reads the layers of a NeuralNetwork into a graph. As in ML Programs, every blob remembers in which order the file has
// its axes. Old files count five axes (sequence, batch, channels, height, width); without sequences these are the last
// four, and arrays of [C] or [C,H,W] are images.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "formats/coreml/description.h"
#include "formats/coreml/layout.h"
#include "ir/builder.h"

namespace google::protobuf {
template <class T>
class RepeatedPtrField;
}

namespace paw::coreml {

namespace schema {
class Layer;
class Preprocessing;
class Weights;
}  // namespace schema

// What a Network and a NetworkClassifier have in common.
struct NetworkParts {
  const google::protobuf::RepeatedPtrField<schema::Layer>& layers;
  const google::protobuf::RepeatedPtrField<schema::Preprocessing>& preprocessing;
  bool exact_arrays = false;  // axes as they are said, not the old five
};

struct NetworkValue {
  ValueId value;
  AxisOrder order;
  bool constant = false;
};

class LayerReader {
 public:
  explicit LayerReader(std::string where) : where_(std::move(where)), builder_("") {}

  // All layers. The scores of a classifier, the blob `probabilities` or the last one, are the first output.
  Status run(const NetworkParts& parts, const std::string& probabilities, bool classifier,
             const Description& description);
  Graph take_graph() { return std::move(graph_); }
  // What the file's preprocessing does to pixels before its first layer.
  const PixelScale& pixels() const { return pixels_; }
  // Of the file, that weights take.
  std::uint64_t weight_bytes() const { return weight_bytes_; }

  // --- for the readers of layers: the layer at hand ---
  const schema::Layer& layer() const { return *layer_; }
  int input_count() const;
  Result<NetworkValue> value(int i) const;
  Shape shape(const NetworkValue& value) const { return value.order.to_file(builder_.shape(value.value)); }
  Result<Shape> shape(int i) const;
  ValueId in_order(const NetworkValue& value, const AxisOrder& order);
  Result<ValueId> in(int i, const AxisOrder& order);
  Result<ValueId> plain(int i);
  // Weights of that shape in the file, their axes permuted to the graph's, behind cast or dequantize as stored.
  Result<ValueId> weights(const schema::Weights& message, const Shape& shape, std::span<const int> axes,
                          std::optional<Shape> reshaped = {});
  Result<int> axis(std::int64_t axis, int rank) const;
  Result<std::vector<std::int64_t>> axes(const std::string& packed, int rank) const;
  Result<std::vector<std::int64_t>> integers(const std::string& packed, std::string_view what) const;

  ValueId call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {});
  ValueId call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs = {});
  ValueId scalar(double value) { return builder_.scalar(value); }
  GraphBuilder& builder() { return builder_; }
  Status result(ValueId value, const AxisOrder& order, bool constant = false);
  std::unexpected<Error> refuse(std::string_view message) const;

 private:
  Status read_preprocessing(const NetworkParts& parts, const Description& description);
  Status read_inputs(const NetworkParts& parts, const Description& description);
  Status read_layer(const schema::Layer& layer);
  Status add_output(const std::string& name, bool scores);
  Status finish();

  std::string where_;
  GraphBuilder builder_;
  Graph graph_;
  PixelScale pixels_;
  const schema::Layer* layer_ = nullptr;
  std::unordered_map<std::string, NetworkValue> known_;
  std::map<std::pair<std::uint32_t, std::vector<int>>, ValueId> transposed_;
  std::unordered_set<std::uint32_t> reshapes_;
  std::vector<std::pair<ValueId, Encoding>> encodings_;
  std::vector<std::string> output_names_;
  std::uint64_t unpacked_ = 0;      // numbers of quantised weights so far
  std::uint64_t weight_bytes_ = 0;  // of the file, so far
};

struct LayerReadRule {
  int kind;  // a case of schema::Layer
  Status (*read)(LayerReader&);
};
std::span<const LayerReadRule> layer_read_rules();

}  // namespace paw::coreml
