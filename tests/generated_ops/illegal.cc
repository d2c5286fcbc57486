// Random variants of a case, most of them illegal: a typed error or a valid result, never a crash (run under ASan and
// UBSan). What is accepted and small is also evaluated and differentiated.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/random.h"
#include "generated_ops/properties.h"
#include "ir/builder.h"
#include "ir/verify.h"
#include "op_cases/attr_visitors.h"
#include "reference/interpreter.h"
#include "train/autodiff.h"

namespace paw {

namespace {

constexpr int kVariants = 200;
constexpr std::int64_t kSmall = 20'000;  // elements and operations that a variant may cost

Shape random_shape(Random& random) {
  constexpr std::array<std::int64_t, 10> kExtents = {1, 1, 2, 3, 4, 5, 8, 1000003, 65536, kMaxExtent};
  for (;;) {
    std::vector<std::int64_t> extents(random.below(kMaxRank + 1));
    for (std::int64_t& e : extents) e = kExtents[random.below(random.below(4) == 0 ? kExtents.size() : 7)];
    if (const auto shape = Shape::checked(extents)) return *shape;
  }
}

std::shared_ptr<const QuantParams> random_quant(Random& random, const TensorType& type) {
  QuantParams q{{0.5f}, {0}, -1, 0};
  if (type.shape.rank() > 0 && random.below(2) == 0) {
    q.axis = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(type.shape.rank())));
    const auto channels = static_cast<std::size_t>(std::min<std::int64_t>(type.shape[q.axis], 64));
    q.scale.assign(channels, 0.25f);
    q.zero_point.assign(channels, random.below(2) == 0 ? 1 : 0);
  } else if (type.shape.rank() > 0 && random.below(3) == 0) {
    q.block = static_cast<std::int32_t>(type.shape.back() % kMaxExtent);
    const auto blocks = static_cast<std::size_t>(std::min<std::int64_t>(type.shape.elements() / type.shape.back(), 64));
    q.scale.assign(blocks, 2.0f);
    q.zero_point.assign(blocks, 0);
  }
  return std::make_shared<const QuantParams>(q);
}

// Only what the verifier lets through reaches infer: types are valid, attributes are not checked yet.
void scramble_type(Random& random, TensorType& type) {
  TensorType changed = type;
  switch (random.below(4)) {
    case 0: changed.dtype = static_cast<DType>(random.below(kDTypeCount)); break;
    case 1: changed.shape = random_shape(random); break;
    case 2:
      if (changed.shape.rank() > 0)
        ++changed.shape[static_cast<int>(random.below(static_cast<std::uint64_t>(changed.shape.rank())))];
      break;
    default:
      changed.dtype = static_cast<DType>(random.below(kDTypeCount));
      changed.quant = random_quant(random, changed);
  }
  if (changed.shape.valid() && (!changed.quant || check_quant(changed).empty())) type = changed;
}

struct Variant {
  std::vector<std::optional<TensorType>> inputs;
  Attrs attrs;
  std::shared_ptr<const QuantParams> declared;

  std::vector<const TensorType*> types() const {
    std::vector<const TensorType*> pointers;
    for (const auto& input : inputs) pointers.push_back(input ? &*input : nullptr);
    return pointers;
  }
};

void scramble_inputs(Random& random, std::vector<std::optional<TensorType>>& inputs) {
  if (inputs.empty()) return;
  const std::size_t at = random.below(inputs.size());
  switch (random.below(6)) {
    case 0: inputs.erase(inputs.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 1: inputs.push_back(inputs[at]); break;
    case 2: std::swap(inputs[at], inputs[random.below(inputs.size())]); break;
    case 3: inputs[at].reset(); break;
    default:
      if (inputs[at]) scramble_type(random, *inputs[at]);
  }
}

Variant make_variant(Random& random, const OpDef& op, const std::vector<OpCase>& cases) {
  const OpCase& c = cases[random.below(cases.size())];
  Variant v{{}, c.attrs.empty() && op.default_attrs ? op.default_attrs() : c.attrs, c.output_quant};
  for (const CaseInput& in : c.inputs) v.inputs.push_back(in.absent ? std::nullopt : std::optional(in.type));
  for (std::uint64_t k = random.below(3); k-- > 0;) scramble_inputs(random, v.inputs);
  if (v.attrs.empty() || random.below(3) == 0) scramble_inputs(random, v.inputs);
  if (random.below(2) == 0) {
    Scramble scramble(random);
    v.attrs.visit(scramble);
  }
  if (random.below(4) == 0) v.declared = per_tensor(0.5f, 3);
  return v;
}

void expect_typed(const Error& error) {
  EXPECT_EQ(error.code, ErrorCode::kUnsupported) << error.text();
  EXPECT_FALSE(error.message.empty());
  EXPECT_FALSE(error.where.empty());
}

bool is_small(const Variant& v, const Cost& cost, std::span<const TensorType> outputs) {
  std::int64_t elements = cost.macs + cost.ops;
  if (elements > kSmall) return false;
  for (const TensorType& type : outputs) elements += std::min(type.shape.elements(), kSmall);
  for (const auto& type : v.inputs) elements += type ? std::min(type->shape.elements(), kSmall) : 0;
  return elements <= kSmall;
}

// Runs an accepted variant, and where all is float also its gradient.
void exercise(Random& random, const OpDef& op, const Variant& v) {
  GraphBuilder builder("variant");
  std::vector<ValueId> operands;
  std::vector<RefTensor> feeds;
  bool floats = true;
  for (const auto& type : v.inputs) {
    operands.push_back(type ? builder.input({}, *type) : ValueId());
    if (!type) continue;
    floats &= is_float(type->dtype);
    feeds.push_back({type->shape, std::vector<double>(static_cast<std::size_t>(type->shape.elements()))});
    for (double& x : feeds.back().data) x = random.uniform(-3, 3);
    if (random.below(8) == 0) feeds.back().data[0] = std::numeric_limits<double>::quiet_NaN();
    if (random.below(8) == 0) feeds.back().data.back() = std::numeric_limits<double>::infinity();
  }
  const auto outputs = builder.call_all(op, operands, v.attrs, {{}, {}, v.declared});
  for (const ValueId y : outputs) builder.output(y);
  auto graph = builder.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  const auto results = interpret(*graph, feeds);
  EXPECT_TRUE(results) << results.error().text();
  if (!floats || op.gradient == nullptr || !is_float(graph->type(outputs[0]).dtype)) return;
  const std::vector<ValueId> wrt = graph->inputs;
  if (const auto grads = autodiff(*graph, outputs[0], wrt)) {
    EXPECT_TRUE(interpret(*graph, feeds));
  } else {
    expect_typed(grads.error());
  }
}

}  // namespace

void check_illegal(const OpDef& op) {
  const std::vector<OpCase> cases = op.cases();
  ASSERT_FALSE(cases.empty());
  Random random(case_seed(op, cases[0]), 7);
  int refused = 0;
  for (int n = 0; n < kVariants; ++n) {
    const Variant v = make_variant(random, op, cases);
    const std::vector<const TensorType*> types = v.types();
    const auto inferred = infer_types(op, v.attrs, types, "illegal");
    if (!inferred) {
      ++refused;
      expect_typed(inferred.error());
      continue;
    }
    std::vector<TensorType> resolved;
    for (std::size_t i = 0; i < inferred->size(); ++i) {
      const auto type = resolve_output_type(op, types, (*inferred)[i], i == 0 ? v.declared : nullptr, "illegal");
      if (!type) {
        expect_typed(type.error());
        break;
      }
      EXPECT_TRUE(type->shape.valid()) << type->text();
      EXPECT_EQ(type->quant ? check_quant(*type) : "", "");
      resolved.push_back(*type);
    }
    if (resolved.size() != inferred->size()) continue;
    const Cost cost = op.cost ? op.cost({op, v.attrs, types, {}}, resolved) : Cost{};
    EXPECT_GE(cost.macs, 0);
    EXPECT_GE(cost.ops, 0);
    if (is_small(v, cost, resolved)) exercise(random, op, v);
  }
  EXPECT_GT(refused, kVariants / 20) << "an op that refuses nothing";
}

}  // namespace paw
