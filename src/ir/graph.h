// The one representation of a model's computation: values and nodes in topological order.
// Owns no op semantics (see op_def.h) and no file knowledge.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "ir/attrs.h"
#include "tensor/tensor.h"

namespace paw {

struct OpDef;
struct ValueTag;
struct NodeTag;
using ValueId = Id<ValueTag>;
using NodeId = Id<NodeTag>;

// How a writer may store a constant more tightly. The constant itself is always held decoded; the encoding
// states a property of its elements, and the verifier checks that it is true.
struct Encoding {
  enum class Kind : std::uint8_t {
    kPalette,  // at most 2^bits distinct values per group of `group` indices along `axis` (group 0: whole tensor)
    kSparse,   // worth storing without its zeros; `group` = 0 unstructured, 4 = at most 2 non-zeros of 4 along axis
  };
  Kind kind = Kind::kPalette;
  std::int32_t bits = 0;
  std::int32_t axis = 0;
  std::int32_t group = 0;
  bool operator==(const Encoding&) const = default;
};

struct Value {
  std::string name;  // unique when not empty; not all digits
  TensorType type;
  std::optional<Bytes> constant;     // type.bytes() bytes: the value is known
  std::optional<Encoding> encoding;  // constants only
};

struct Node {
  const OpDef* op = nullptr;
  Attrs attrs;
  std::vector<ValueId> inputs;  // an invalid id is an absent optional input
  std::vector<ValueId> outputs;
  std::string source;  // where it came from: layer name in the imported file, or scope in a built-in net
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;  // topological order
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;  // may repeat a value

  Value& operator[](ValueId id) { return values[id.index]; }
  const Value& operator[](ValueId id) const { return values[id.index]; }
  Node& operator[](NodeId id) { return nodes[id.index]; }
  const Node& operator[](NodeId id) const { return nodes[id.index]; }

  const TensorType& type(ValueId id) const { return values[id.index].type; }
  bool is_constant(ValueId id) const { return id.valid() && values[id.index].constant.has_value(); }
  // The constant's elements. Requires is_constant(id).
  Tensor tensor(ValueId id) const { return {values[id.index].type, *values[id.index].constant}; }
  // First value of that name, or an invalid id. Linear time.
  ValueId find(std::string_view name) const;
  // "%name" or "%12": how messages call a value.
  std::string label(ValueId id) const;
  // "conv2d 'block3/dw'" or "conv2d -> %12": how messages call a node.
  std::string label(NodeId id) const;
};

// Same structure, types, attributes, names, sources, constants (bytes) and encodings. Ids of values may
// differ as long as they correspond; unnamed values match by position.
bool equal(const Graph& a, const Graph& b);

// Who makes and who reads each value; computed on demand by a pass, stale after any edit.
class Uses {
 public:
  explicit Uses(const Graph& graph);
  // The node that outputs `value`; invalid for graph inputs and constants.
  NodeId producer(ValueId value) const { return producer_[value.index]; }
  // Nodes that read `value`, in order, one entry per input slot.
  const std::vector<NodeId>& users(ValueId value) const { return users_[value.index]; }
  bool is_output(ValueId value) const { return is_output_[value.index]; }
  // Exactly one reader and not a graph output: safe to fuse into that reader.
  bool single_use(ValueId value) const { return users(value).size() == 1 && !is_output(value); }

 private:
  std::vector<NodeId> producer_;
  std::vector<std::vector<NodeId>> users_;
  std::vector<bool> is_output_;
};

}  // namespace paw
