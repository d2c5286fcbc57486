#include "ir/graph.h"

#include "ir/op_def.h"

namespace paw {

ValueId Graph::find(std::string_view value_name) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].name == value_name) return ValueId(i);
  }
  return {};
}

std::string Graph::label(ValueId id) const {
  if (!id.valid() || id.index >= values.size()) return "%?";
  const std::string& value_name = (*this)[id].name;
  return "%" + (value_name.empty() ? std::to_string(id.index) : value_name);
}

std::string Graph::label(NodeId id) const {
  const Node& node = (*this)[id];
  std::string out(node.op->name);
  if (!node.source.empty()) return out + " '" + node.source + "'";
  return node.outputs.empty() ? out : out + " -> " + label(node.outputs[0]);
}

namespace {

bool same_value(const Value& a, const Value& b) {
  return a.name == b.name && a.type == b.type && a.constant == b.constant && a.encoding == b.encoding;
}

// Walks both graphs in step and pairs their values up.
class Comparison {
 public:
  Comparison(const Graph& a, const Graph& b) : a_(a), b_(b), partner_(a.values.size()), taken_(b.values.size()) {}

  bool pair(ValueId x, ValueId y) {
    if (!x.valid() || !y.valid()) return x.valid() == y.valid();
    ValueId& partner = partner_[x.index];
    if (partner.valid()) return partner == y;
    if (taken_[y.index]) return false;  // two values of a cannot both be this one
    partner = y;
    taken_[y.index] = true;
    return same_value(a_[x], b_[y]);
  }
  bool pair(const std::vector<ValueId>& xs, const std::vector<ValueId>& ys) {
    if (xs.size() != ys.size()) return false;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (!pair(xs[i], ys[i])) return false;
    }
    return true;
  }

 private:
  const Graph& a_;
  const Graph& b_;
  std::vector<ValueId> partner_;  // of each value of a
  std::vector<bool> taken_;       // is a partner, per value of b
};

}  // namespace

bool equal(const Graph& a, const Graph& b) {
  if (a.name != b.name || a.nodes.size() != b.nodes.size()) return false;
  Comparison compare(a, b);
  if (!compare.pair(a.inputs, b.inputs)) return false;
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const Node& x = a.nodes[i];
    const Node& y = b.nodes[i];
    if (x.op != y.op || x.source != y.source || !(x.attrs == y.attrs)) return false;
    if (!compare.pair(x.inputs, y.inputs) || !compare.pair(x.outputs, y.outputs)) return false;
  }
  return compare.pair(a.outputs, b.outputs);
}

Uses::Uses(const Graph& graph)
    : producer_(graph.values.size()), users_(graph.values.size()), is_output_(graph.values.size()) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const NodeId id(i);
    for (const ValueId input : graph[id].inputs) {
      if (input.valid()) users_[input.index].push_back(id);
    }
    for (const ValueId output : graph[id].outputs) producer_[output.index] = id;
  }
  for (const ValueId output : graph.outputs) is_output_[output.index] = true;
}

}  // namespace paw
