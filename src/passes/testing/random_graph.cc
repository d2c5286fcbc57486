#include "passes/testing/random_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "ir/builder.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "ops/activation.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/resize.h"
#include "ops/shape_ops.h"
#include "reference/interpreter.h"

namespace paw::testing_support {

namespace {

constexpr std::int64_t kMaxElements = 600;  // of a value: the graphs are many

// Every random draw is a statement or an element of a braced list of its own: the order of arguments is the compiler's.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed), builder_("random") {}

  Graph run(int nodes) {
    for (std::uint64_t i = 0; i <= random_.below(2); ++i) {
      values_.push_back(
          builder_.input("x" + std::to_string(i), {DType::kF32, {1 + pick(2), 2 + pick(4), 2 + pick(4), 1 + pick(4)}}));
    }
    for (int i = 0; i < nodes; ++i) step();
    std::vector<ValueId> outputs;
    for (std::uint64_t i = 0; i <= random_.below(3); ++i) {
      const ValueId value = values_[values_.size() - 1 - random_.below(std::min<std::uint64_t>(values_.size(), 4))];
      if (std::ranges::find(outputs, value) == outputs.end()) outputs.push_back(value);
    }
    for (const ValueId output : outputs) builder_.output(output);
    Result<Graph> graph = builder_.finish();
    EXPECT_TRUE(graph) << graph.error().text();
    return graph ? std::move(*graph) : Graph{};
  }

 private:
  std::int64_t pick(std::uint64_t n) { return static_cast<std::int64_t>(random_.below(n)); }
  bool chance(double p) { return random_.uniform() < p; }
  Shape shape(ValueId v) const { return builder_.shape(v); }

  // Recent values more often, so that chains form.
  ValueId any() {
    const std::uint64_t back = std::min(random_.below(values_.size()), random_.below(values_.size()));
    return values_[values_.size() - 1 - back];
  }
  ValueId image() {
    for (int i = 0; i < 20; ++i) {
      const ValueId v = any();
      if (shape(v).rank() == 4) return v;
    }
    return values_[0];
  }

  ValueId constant(Shape of, double lo, double hi) {
    std::vector<float> data(static_cast<std::size_t>(of.elements()));
    for (float& v : data) v = static_cast<float>(random_.uniform(lo, hi));
    return builder_.constant(Tensor::f32(of, data));
  }
  ValueId filled(Shape of, float value) {
    return builder_.constant(Tensor::f32(of, std::vector(static_cast<std::size_t>(of.elements()), value)));
  }

  // Adds the node only when it is legal and small.
  ValueId add(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs = {},
              std::shared_ptr<const QuantParams> quant = nullptr) {
    if (attrs.empty() && op.default_attrs != nullptr) attrs = op.default_attrs();
    std::vector<const TensorType*> types;
    for (const ValueId v : inputs) types.push_back(v.valid() ? &builder_.graph().type(v) : nullptr);
    const auto inferred = infer_types(op, attrs, types, "");
    if (!inferred || (*inferred)[0].shape.elements() > kMaxElements) return {};
    const std::string name = chance(0.3) ? "v" + std::to_string(++named_) : "";
    const ValueId y =
        builder_.call(op, inputs, std::move(attrs),
                      {.name = name, .source = "n" + std::to_string(++count_), .quant = std::move(quant)});
    if (builder_.type(y).dtype == DType::kF32) values_.push_back(y);
    return y;
  }

  void step() {
    using Step = void (Generator::*)();
    static constexpr Step kSteps[] = {
        &Generator::convolution, &Generator::convolution, &Generator::depthwise,  &Generator::dense,
        &Generator::norm,        &Generator::norm,        &Generator::clamps,     &Generator::clamps,
        &Generator::activation,  &Generator::scaling,     &Generator::scaling,    &Generator::join,
        &Generator::transposed,  &Generator::transposed,  &Generator::transposed, &Generator::padded,
        &Generator::padded,      &Generator::pooling,     &Generator::joined,     &Generator::reshaped,
        &Generator::reduced,     &Generator::neutral,     &Generator::neutral,    &Generator::constants,
        &Generator::wrapped,     &Generator::wrapped,     &Generator::repeated,   &Generator::quantized,
        &Generator::excited,
    };
    (this->*kSteps[random_.below(std::size(kSteps))])();
  }

  template <class A>
  A window() {
    A a;
    a.stride = {1 + pick(2), 1 + pick(2)};
    const std::int64_t kind = pick(3);
    a.padding = static_cast<Padding>(kind);
    if (a.padding == Padding::kExplicit) a.pads = {pick(2), pick(2), pick(2), pick(2)};
    return a;
  }
  ValueId bias(std::int64_t channels) { return chance(0.5) ? constant({channels}, -1, 1) : ValueId{}; }

  void convolution() {
    const ValueId x = image();
    auto a = window<Conv2dAttrs>();
    a.groups = shape(x)[3] % 2 == 0 && chance(0.3) ? 2 : 1;
    const std::int64_t filters = a.groups * (1 + pick(3));
    const ValueId w = constant({filters, 1 + pick(3), 1 + pick(3), shape(x)[3] / a.groups}, -0.6, 0.6);
    add(op::conv2d, {x, w, bias(filters)}, a);
  }
  void depthwise() {
    const ValueId x = image();
    const std::int64_t channels = shape(x)[3] * (1 + pick(2));
    const auto a = window<DepthwiseConv2dAttrs>();
    add(op::depthwise_conv2d, {x, constant({1, 1 + pick(3), 1 + pick(3), channels}, -0.6, 0.6), bias(channels)}, a);
  }
  void dense() {
    const ValueId x = any();
    if (shape(x).rank() < 2) return;
    const std::int64_t filters = 1 + pick(4);
    add(op::fully_connected, {x, constant({filters, shape(x).back()}, -0.6, 0.6), bias(filters)});
  }
  void norm() {
    const ValueId x = chance(0.7) ? values_.back() : any();
    if (shape(x).rank() == 0) return;
    const Shape c{shape(x).back()};
    add(op::batch_norm, {x, constant(c, 0.5, 1.5), constant(c, -1, 1), constant(c, -0.5, 0.5), constant(c, 0.3, 1.5)},
        BatchNormAttrs{1e-3});
  }
  void clamps() {
    ValueId x = any();
    for (std::int64_t i = 0; i <= pick(3) && x.valid(); ++i) {
      const double a = random_.uniform(-1, 3), b = random_.uniform(-1, 3);
      switch (pick(5)) {
        case 0: x = add(op::relu, {x}); break;
        case 1: x = add(op::relu6, {x}); break;
        case 2: x = add(op::clamp, {x}, ClampAttrs{std::min(a, b), std::max(a, b)}); break;
        case 3: x = add(op::maximum, {filled({}, static_cast<float>(a)), x}); break;
        default: x = add(op::minimum, {x, filled({1}, static_cast<float>(b))}); break;
      }
    }
  }
  void activation() {
    static constexpr const OpDef* kOps[] = {&op::neg, &op::abs, &op::sigmoid, &op::tanh, &op::hard_swish, &op::silu};
    if (chance(0.3)) return spelled_activation();
    const ValueId x = any();
    const ValueId y = add(*kOps[random_.below(std::size(kOps))], {x});
    if (y.valid() && chance(0.3)) add(op::neg, {y});
  }
  // As files without operators for them hold them.
  void spelled_activation() {
    const ValueId x = any();
    if (chance(0.4)) {
      add(op::mul, {x, add(op::sigmoid, {x})});
      return;
    }
    const ValueId sum = add(op::add, {filled({}, 3), x});
    const ValueId six = sum.valid() ? add(op::relu6, {sum}) : ValueId{};
    if (!six.valid()) return;
    const ValueId y = chance(0.5) ? add(op::div, {six, filled({}, 6)}) : add(op::mul, {six, filled({}, 1.0F / 6)});
    if (y.valid() && chance(0.5)) add(op::mul, {y, x});
  }
  // With a constant: scalar, per channel, or in the shape [C,1,1] of NCHW graphs.
  void scaling() {
    static constexpr const OpDef* kOps[] = {&op::add, &op::sub, &op::mul, &op::mul};
    const ValueId x = any();
    Shape s;
    if (shape(x).rank() > 0 && chance(0.6)) s = Shape{shape(x).back()};
    if (shape(x).rank() == 4 && chance(0.4)) s = Shape{shape(x)[1], 1, 1};
    const ValueId c = constant(s, -1.5, 1.5);
    const OpDef& op = *kOps[random_.below(std::size(kOps))];
    chance(0.5) ? add(op, {x, c}) : add(op, {c, x});
  }
  ValueId same_shape(ValueId x) {
    for (int i = 0; i < 20; ++i) {
      const ValueId v = any();
      if (shape(v) == shape(x) && v != x) return v;
    }
    return x;
  }
  void join() {
    static constexpr const OpDef* kOps[] = {&op::add, &op::sub, &op::maximum};
    const ValueId x = any(), y = same_shape(x);
    add(*kOps[random_.below(std::size(kOps))], {x, y});
  }
  void joined() {
    const ValueId x = any(), y = same_shape(x);
    if (shape(x).rank() == 0) return;
    add(op::concat, {x, y}, ConcatAttrs{pick(static_cast<std::uint64_t>(shape(x).rank()))});
  }
  void transposed() {
    const ValueId x = any();
    TransposeAttrs a;
    for (std::int64_t i = 0; i < shape(x).rank(); ++i) a.perm.push_back(i);
    if (a.perm.size() == 4 && chance(0.7)) {
      a.perm = chance(0.5) ? std::vector<std::int64_t>{0, 3, 1, 2} : std::vector<std::int64_t>{0, 2, 3, 1};
    } else {
      for (std::size_t i = a.perm.size(); i > 1; --i) std::swap(a.perm[i - 1], a.perm[random_.below(i)]);
    }
    add(op::transpose, {x}, a);
  }
  void padded() {
    const ValueId x = image();
    PadAttrs a{.before = {0, pick(2), pick(2), 0}, .after = {0, pick(2), pick(2), 0}};
    if (chance(0.3)) a.value = chance(0.5) ? -INFINITY : 0.5;
    if (a.value == 0) a.before[3] = chance(0.1);
    const ValueId y = builder_.type(x).shape.elements() < kMaxElements / 4 ? add(op::pad, {x}, a) : ValueId{};
    if (!y.valid()) return;
    if (std::isinf(a.value)) {  // only for max_pool: anything else would spread it
      add(op::max_pool, {y}, PoolAttrs{.kernel = {2, 2}, .stride = {1 + pick(2), 1}});
      std::erase(values_, y);
    } else if (chance(0.7)) {
      const ValueId w = constant({2, 1 + pick(3), 1 + pick(3), shape(y)[3]}, -0.6, 0.6), b = bias(2);
      add(op::conv2d, {y, w, b}, window<Conv2dAttrs>());
    }
  }
  void pooling() {
    auto a = window<PoolAttrs>();
    a.kernel = {1 + pick(3), 1 + pick(3)};
    const bool average = chance(0.6);
    a.count_padding = average && chance(0.5);
    add(average ? op::avg_pool : op::max_pool, {image()}, a);
  }
  void reshaped() {
    const ValueId x = any();
    const std::int64_t n = shape(x).elements();
    switch (pick(4)) {
      case 0: add(op::reshape, {x}, ShapeAttrs{{-1}}); break;
      case 1: add(op::reshape, {x}, ShapeAttrs{{1, 1, n % 2 == 0 ? n / 2 : n, n % 2 == 0 ? 2 : 1}}); break;
      case 2: add(op::squeeze, {x}, AxesAttrs{}); break;
      default: add(op::expand_dims, {x}, AxesAttrs{{pick(static_cast<std::uint64_t>(shape(x).rank()) + 1)}}); break;
    }
  }
  void reduced() {
    static constexpr const OpDef* kOps[] = {&op::reduce_mean, &op::reduce_sum, &op::reduce_max};
    const ValueId x = any();
    ReduceAttrs a{.keep_dims = chance(0.5)};
    for (int axis = 0; axis < shape(x).rank(); ++axis) {
      if (chance(0.5)) a.axes.push_back(chance(0.3) ? axis - shape(x).rank() : axis);
    }
    add(*kOps[random_.below(std::size(kOps))], {x}, a);
  }
  // Nodes that change nothing.
  void neutral() {
    const ValueId x = chance(0.5) ? image() : any();
    const Shape& s = shape(x);
    const std::vector<std::int64_t> extents(s.extents().begin(), s.extents().end());
    const std::vector<std::int64_t> zeros(extents.size(), 0), ones(extents.size(), 1);
    switch (pick(10)) {
      case 0: add(op::add, {x, filled({}, 0)}); break;
      case 1: add(op::mul, {filled({1}, 1), x}); break;
      case 2: add(op::div, {x, filled({}, 1)}); break;
      case 3: add(op::slice, {x}, SliceAttrs{zeros, extents, ones}); break;
      case 4: add(op::pad, {x}, PadAttrs{zeros, zeros, 3}); break;
      case 5: add(op::dropout, {x}, DropoutAttrs{0.3, 1}); break;
      case 6: add(op::cast, {x}, DtypeAttrs{DType::kF32}); break;
      case 7: add(op::avg_pool, {x}, PoolAttrs{.kernel = {1, 1}, .stride = {1, 1}}); break;
      case 8:
        if (s.rank() == 4) add(op::resize_bilinear, {x}, ResizeAttrs{{s[1], s[2]}});
        break;
      default: add(op::broadcast_to, {x}, ShapeAttrs{extents}); break;
    }
  }
  // A constant that takes nodes to compute.
  void constants() {
    const ValueId x = any();
    if (shape(x).rank() == 0) return;
    const ValueId c = constant({shape(x).back()}, -1, 1);
    const ValueId d = builder_.call(op::tanh, {builder_.call(op::mul, {c, filled({}, 2)})});
    add(op::add, {x, d});
  }
  // As an NCHW importer writes a layer: transposed, computed, transposed back.
  void wrapped() {
    const ValueId x = image();
    const ValueId nhwc = add(op::transpose, {x}, TransposeAttrs{{0, 2, 3, 1}});
    if (!nhwc.valid()) return;
    const std::int64_t filters = 1 + pick(3);
    const ValueId w = constant({filters, 1, 1 + pick(2), shape(nhwc)[3]}, -0.6, 0.6), b = bias(filters);
    const ValueId y = add(op::conv2d, {nhwc, w, b}, window<Conv2dAttrs>());
    if (y.valid()) add(op::transpose, {y}, TransposeAttrs{{0, 3, 1, 2}});
  }
  // The same node twice.
  void repeated() {
    const Graph& graph = builder_.graph();
    if (graph.nodes.empty()) return;
    const Node node = graph.nodes[graph.nodes.size() - 1 - random_.below(std::min<std::size_t>(graph.nodes.size(), 5))];
    const bool finite = node.op != &op::pad;  // see padded()
    if (finite && node.outputs.size() == 1 && builder_.type(node.outputs[0]).dtype == DType::kF32)
      add(*node.op, node.inputs, node.attrs);
  }
  void quantized() {
    const auto quant = per_tensor(0.05F, 3);
    const ValueId q = add(op::quantize, {any()}, DtypeAttrs{DType::kI8}, quant);
    const ValueId x = q.valid() ? add(op::dequantize, {q}) : ValueId{};
    if (x.valid() && chance(0.5)) add(op::dequantize, {add(op::quantize, {x}, DtypeAttrs{DType::kI8}, quant)});
  }
  // Squeeze and excite: a gate of one number per image and channel.
  void excited() {
    const ValueId x = image();
    const ValueId mean = add(op::reduce_mean, {x}, ReduceAttrs{{2, 3}, true});
    const ValueId gate = mean.valid() ? add(op::sigmoid, {mean}) : ValueId{};
    if (gate.valid()) add(op::mul, {x, gate});
  }

  Random random_;
  GraphBuilder builder_;
  std::vector<ValueId> values_;  // f32, to read from
  int named_ = 0, count_ = 0;
};

}  // namespace

Graph random_graph(std::uint64_t seed, int nodes) { return Generator(seed).run(nodes); }

std::vector<RefTensor> random_inputs(const Graph& graph, std::uint64_t seed) {
  Random random(seed, 1);
  std::vector<RefTensor> inputs;
  for (const ValueId input : graph.inputs) {
    const Shape& shape = graph.type(input).shape;
    RefTensor tensor{shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))};
    for (double& v : tensor.data) v = random.uniform(-2, 2);
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

std::string difference(const Graph& a, const Graph& b, std::uint64_t seed, double tolerance) {
  if (a.outputs.size() != b.outputs.size() || a.inputs.size() != b.inputs.size()) return "another interface";
  const std::vector<RefTensor> inputs = random_inputs(a, seed);
  double largest_inside = 0;
  InterpretOptions options;
  options.observe = [&](NodeId, std::span<const RefTensor> results) {
    for (const double v : results[0].data) {
      if (std::isfinite(v)) largest_inside = std::max(largest_inside, std::abs(v));
    }
  };
  const auto x = interpret(a, inputs, options);
  const auto y = interpret(b, inputs);
  if (!x || !y) return (x ? y : x).error().text();
  for (std::size_t o = 0; o < x->size(); ++o) {
    const std::string name = a[a.outputs[o]].name;
    if (!name.empty() && b[b.outputs[o]].name != name)
      return "output " + name + " is now called " + b[b.outputs[o]].name;
    if (!(a.type(a.outputs[o]) == b.type(b.outputs[o]))) return "output " + name + " has another type";
    double largest = 0.1 * largest_inside;  // differences of large numbers round like large numbers
    for (const double v : (*x)[o].data) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < (*x)[o].data.size(); ++i) {
      const double p = (*x)[o].data[i], q = (*y)[o].data[i];
      if (!(p == q) && !(std::abs(p - q) <= tolerance * largest)) {
        return "output " + name + "[" + std::to_string(i) + "] was " + std::to_string(p) + ", is " + std::to_string(q);
      }
    }
  }
  return {};
}

void expect_same_answer(const Pipeline& pipeline, std::uint64_t seed, int nodes) {
  const Graph before = random_graph(seed, nodes);
  SCOPED_TRACE(std::string(pipeline.name) + ", seed " + std::to_string(seed) + "\n" + print_graph(before));
  Graph after = before, twin = random_graph(seed, nodes);
  const Status status = run_pipeline(after, pipeline);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(difference(before, after, seed, 1e-5), "") << print_graph(after);
  ASSERT_TRUE(run_pipeline(twin, pipeline));
  EXPECT_EQ(print_graph(after), print_graph(twin));
  const Result<Graph> read = parse_graph(print_graph(after), {.ops = all_ops()});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(equal(after, *read));
}

}  // namespace paw::testing_support
