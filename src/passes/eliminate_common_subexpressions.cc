// Nodes of one op with equal attributes, operands and result types are computed once; the operands of commutative ops
// count in any order. Constants of equal type, encoding and bytes become one. Every op is a pure function (dropout of
// its seed and stream), so this is exact.
// Not for graphs that will be trained: two parameters that start equal are still two parameters.
//
// before:
//   graph g(%x: f32[2,3]) -> (%y) {
//     %a = const dense [1,2,3] : f32[3]
//     %0 = mul(%x, %a) : f32[2,3] @ "first"
//     %b = const dense [1,2,3] : f32[3]
//     %1 = mul(%b, %x) : f32[2,3] @ "second"
//     %y = add(%0, %1) : f32[2,3]
//   }
// after:
//   graph g(%x: f32[2,3]) -> (%y) {
//     %a = const dense [1,2,3] : f32[3]
//     %0 = mul(%x, %a) : f32[2,3] @ "first"
//     %y = add(%0, %0) : f32[2,3]
//   }
//
// before: attributes, operand order and the names of outputs matter
//   graph g(%x: f32[2], %z: f32[2]) -> (%p, %q) {
//     %0 = sub(%x, %z) : f32[2]
//     %1 = sub(%z, %x) : f32[2]
//     %2 = clamp(%0) {min=0, max=1} : f32[2]
//     %3 = clamp(%1) {min=0, max=2} : f32[2]
//     %p = add(%2, %3) : f32[2]
//     %q = add(%3, %2) : f32[2]
//   }
// after:
//   graph g(%x: f32[2], %z: f32[2]) -> (%p, %q) {
//     %0 = sub(%x, %z) : f32[2]
//     %1 = sub(%z, %x) : f32[2]
//     %2 = clamp(%0) {min=0, max=1} : f32[2]
//     %3 = clamp(%1) {min=0, max=2} : f32[2]
//     %p = add(%2, %3) : f32[2]
//     %q = add(%3, %2) : f32[2]
//   }
#include <bit>
#include <cstring>
#include <unordered_map>

#include "ir/rewriter.h"
#include "passes/passes.h"

namespace paw::pass {

namespace {

// Only speed depends on its quality: equality is always checked.
class Hash {
 public:
  void add(std::uint64_t v) { state_ = (std::rotl(state_, 23) ^ v) * 0x9E3779B97F4A7C15ULL; }
  void add(std::span<const std::byte> bytes) {
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof(word); bytes = bytes.subspan(sizeof(word))) {
      std::memcpy(&word, bytes.data(), sizeof(word));
      add(word);
    }
    word = bytes.size();
    for (const std::byte b : bytes) word = word << 8 | std::to_integer<std::uint64_t>(b);
    add(word);
  }
  std::uint64_t value() const { return state_ ^ state_ >> 32; }

 private:
  std::uint64_t state_ = 0x243F6A8885A308D3ULL;
};

class HashFields final : public FieldVisitor {
 public:
  explicit HashFields(Hash& hash) : hash_(hash) {}
  void on_bool(std::string_view, bool& value) override { hash_.add(value ? 1 : 0); }
  void on_int(std::string_view, std::int64_t& value) override { hash_.add(static_cast<std::uint64_t>(value)); }
  // Equal zeros must hash alike whatever their sign.
  void on_real(std::string_view, double& value) override { hash_.add(std::bit_cast<std::uint64_t>(value + 0.0)); }
  void on_dtype(std::string_view, DType& value) override { hash_.add(static_cast<std::uint64_t>(value)); }
  void on_enum(std::string_view, std::span<const std::string_view>, int& index) override {
    hash_.add(static_cast<std::uint64_t>(index));
  }
  void on_ints(std::string_view, std::span<std::int64_t> values) override { hash_.add(std::as_bytes(values)); }
  void on_int_list(std::string_view, std::vector<std::int64_t>& values) override {
    hash_.add(std::as_bytes(std::span(values)));
  }

 private:
  Hash& hash_;
};

class Deduplication {
 public:
  explicit Deduplication(Graph& graph) : edits_(graph), graph_(edits_.graph()) {}

  Result<bool> run() {
    for (std::size_t i = 0; i < graph_.values.size(); ++i) merge_constant(ValueId(i));
    for (const Node& node : graph_.nodes) merge_node(node);
    return edits_.finish();
  }

 private:
  void merge_constant(ValueId id) {
    const Value& value = graph_[id];
    const bool read = !edits_.uses().users(id).empty() || edits_.uses().is_output(id);
    if (!value.constant || !read) return;
    Hash hash;
    hash.add(static_cast<std::uint64_t>(value.type.dtype));
    hash.add(std::as_bytes(value.type.shape.extents()));
    hash.add(value.constant->span());
    std::vector<ValueId>& same_hash = constants_[hash.value()];
    for (const ValueId first : same_hash) {
      const Value& other = graph_[first];
      const bool equal =
          other.type == value.type && other.encoding == value.encoding && other.constant == value.constant;
      if (!equal) continue;
      if (edits_.may_replace(id, first)) edits_.replace(id, first);
      return;
    }
    same_hash.push_back(id);
  }

  // What the node reads after the edits so far, in the order that stands for all equal ones.
  std::vector<ValueId> operands(const Node& node) const {
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(edits_.resolve(input));
    if (node.op->has(kCommutative) && inputs[1] < inputs[0]) std::swap(inputs[0], inputs[1]);
    return inputs;
  }

  bool same(const Node& a, const Node& b, const std::vector<ValueId>& inputs_of_b) const {
    if (a.op != b.op || !(a.attrs == b.attrs) || operands(a) != inputs_of_b) return false;
    for (std::size_t i = 0; i < a.outputs.size(); ++i) {
      if (!(graph_.type(a.outputs[i]) == graph_.type(b.outputs[i]))) return false;
    }
    return true;
  }

  bool may_merge(const Node& node, const Node& first) const {
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (!edits_.may_replace(node.outputs[i], first.outputs[i])) return false;
    }
    return true;
  }

  void merge_node(const Node& node) {
    const std::vector<ValueId> inputs = operands(node);
    Hash hash;
    hash.add(std::as_bytes(std::span(&node.op, 1)));
    hash.add(std::as_bytes(std::span(inputs)));
    HashFields fields(hash);
    node.attrs.inspect(fields);
    std::vector<const Node*>& same_hash = nodes_[hash.value()];
    for (const Node* first : same_hash) {
      if (!same(*first, node, inputs)) continue;
      if (!may_merge(node, *first)) return;
      for (std::size_t i = 0; i < node.outputs.size(); ++i) edits_.replace(node.outputs[i], first->outputs[i]);
      return;
    }
    same_hash.push_back(&node);
  }

  Rewriter edits_;
  const Graph& graph_;
  std::unordered_map<std::uint64_t, std::vector<ValueId>> constants_;
  std::unordered_map<std::uint64_t, std::vector<const Node*>> nodes_;
};

Result<bool> run_eliminate_common_subexpressions(Graph& graph, const Target&) { return Deduplication(graph).run(); }

}  // namespace

constinit const Pass eliminate_common_subexpressions{.name = "eliminate_common_subexpressions",
                                                     .summary = "compute equal things once",
                                                     .run = run_eliminate_common_subexpressions};

}  // namespace paw::pass
