#include "ir/op_def.h"

#include <algorithm>

#include "ir/builder.h"

namespace paw {

std::size_t PortList::required() const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < count; ++i) n += items[i].kind != PortSpec::Kind::kOptional;
  return n;
}

std::unexpected<Error> OpCall::error(std::string_view message, std::string_view hint) const {
  std::string where(op.name);
  if (!source.empty()) where += " '" + std::string(source) + "'";
  return fail(ErrorCode::kUnsupported, where, message, hint);
}

TensorType GradContext::type(ValueId value) const { return builder_.type(value); }

ValueId GradContext::call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs) {
  return builder_.call(op, inputs, std::move(attrs));
}

ValueId GradContext::scalar(double value, ValueId like) { return builder_.scalar(value, type(like).dtype); }

const OpDef* find_op(OpList ops, std::string_view name) {
  const auto found = std::ranges::find(ops, name, &OpDef::name);
  return found == ops.end() ? nullptr : *found;
}

}  // namespace paw
