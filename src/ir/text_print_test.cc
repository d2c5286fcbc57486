#include <gtest/gtest.h>

#include "base/random.h"
#include "ir/builder.h"
#include "ir/ops_testing.h"
#include "ir/text.h"
#include "ir/verify.h"

namespace paw::text_print_test {

namespace ops = testing_ops;

const TensorType kType{DType::kF32, {2}};

Tensor pair(float a, float b) { return Tensor::f32({2}, std::array{a, b}); }

TEST(Print, OneStatementPerLineConstantsBeforeTheirFirstReader) {
  GraphBuilder b("tiny");
  const ValueId w = b.constant(pair(0.5f, 0.5f), "w");
  const ValueId late = b.constant(pair(1, -2.5f));
  const ValueId unused = b.constant(Tensor::zeros({DType::kI4, {3}}), "unused");
  const ValueId x = b.input("x", kType);
  b.set_scope("block1/conv");
  const ValueId h = b.call(ops::plus, {x, w});
  b.set_scope("");
  const ValueId m = b.call(ops::many, {h}, ops::AllAttrs{.count = 4, .color = ops::Color::kBlue});
  b.output(b.call(ops::plus, {m, late}, {}, {.name = "y"}));
  b.output(unused);
  EXPECT_EQ(print_graph(b.finish().value()),
            "graph tiny(%x: f32[2]) -> (%y, %unused) {\n"
            "  %w = const fill 0.5 : f32[2]\n"
            "  %0 = plus(%x, %w) : f32[2] @ \"block1/conv\"\n"
            "  %1 = many(%0) {count=4, color=blue} : f32[2]\n"
            "  %2 = const dense [1,-2.5] : f32[2]\n"
            "  %y = plus(%1, %2) : f32[2]\n"
            "  %unused = const fill 0 : i4[3]\n"
            "}\n");
}

TEST(Print, AttributesThatDifferFromTheDefaults) {
  const auto printed = [](ops::AllAttrs attrs) {
    GraphBuilder b("g");
    b.call(ops::many, {b.input("x", kType)}, attrs);
    return print_node(b.graph(), NodeId(0));
  };
  EXPECT_EQ(printed({}), "%0 = many(%x) : f32[2]");
  EXPECT_EQ(printed({.flag = true,
                     .count = -1,
                     .rate = 0.1,
                     .dtype = DType::kBF16,
                     .color = ops::Color::kGreen,
                     .pair = {1, 2},
                     .list = {3}}),
            "%0 = many(%x) {flag=true, count=-1, rate=0.1, dtype=bf16, color=green, pair=[1,2], list=[3]} : f32[2]");
  EXPECT_EQ(printed({.rate = -std::numeric_limits<double>::infinity()}), "%0 = many(%x) {rate=-inf} : f32[2]");
}

TEST(Print, AbsentInputsAndSeveralOutputs) {
  GraphBuilder b("g");
  const ValueId x = b.input("x", kType);
  b.call(ops::pick, std::array{x, ValueId{}, x});
  b.call(ops::pick, std::array{x, ValueId{}, ValueId{}});
  b.call_all(ops::split, std::array{x}, {}, {.name = "low"});
  b.call_all(ops::sink, std::array{x}, {}, {.source = "end"});
  EXPECT_EQ(print_node(b.graph(), NodeId(0)), "%0 = pick(%x, _, %x) : f32[2]");
  EXPECT_EQ(print_node(b.graph(), NodeId(1)), "%1 = pick(%x, _, _) : f32[2]");
  EXPECT_EQ(print_node(b.graph(), NodeId(2)), "%low, %2 = split(%x) : f32[2], f32[2]");
  EXPECT_EQ(print_node(b.graph(), NodeId(3)), "sink(%x) @ \"end\"");
}

TEST(Print, NamesOfAnyBytes) {
  GraphBuilder b("a graph");
  const ValueId x = b.input("2nd \"x\"", kType);
  b.set_scope("back\\slash \xff");
  b.output(b.call(ops::copy, {x}, {}, {.name = "block/1"}));
  EXPECT_EQ(print_graph(b.finish().value()),
            "graph \"a graph\"(%\"2nd \\\"x\\\"\": f32[2]) -> (%\"block/1\") {\n"
            "  %\"block/1\" = copy(%\"2nd \\\"x\\\"\") : f32[2] @ \"back\\\\slash \\xff\"\n"
            "}\n");
  EXPECT_EQ(print_graph({}), "graph() -> () {\n}\n");
}

TEST(Print, Encodings) {
  Graph g;
  const Tensor t = Tensor::f32({4}, std::array{1.f, 0.f, 1.f, 0.f});
  const Encoding encodings[] = {{Encoding::Kind::kPalette, 1, 0, 2}, {Encoding::Kind::kSparse, 0, 0, 4}};
  for (const Encoding& e : encodings)
    g.values.push_back({.name = {}, .type = t.type, .constant = t.data, .encoding = e});
  EXPECT_EQ(print_graph(g),
            "graph() -> () {\n"
            "  %0 = const dense [1,0,1,0] : f32[4] palette(bits=1, axis=0, group=2)\n"
            "  %1 = const dense [1,0,1,0] : f32[4] sparse(axis=0, group=4)\n"
            "}\n");
}

TEST(Print, ElidedAndReferencedConstants) {
  GraphBuilder b("g");
  b.constant(pair(1, 2), "a");
  b.constant(pair(3, 3), "b");
  const Graph g = b.finish().value();
  EXPECT_EQ(print_graph(g, {.max_dense = 1, .reference = {}}),
            "graph g() -> () {\n  %a = const elided : f32[2]\n  %b = const fill 3 : f32[2]\n}\n");
  EXPECT_EQ(print_graph(g, {.reference = [](ValueId id) { return std::uint64_t{64} * id.index; }}),
            "graph g() -> () {\n  %a = const ref 0 : f32[2]\n  %b = const ref 64 : f32[2]\n}\n");
}

// Errors and traces print graphs that are not valid.
TEST(Print, BrokenGraphsDoNotCrash) {
  Graph g;
  g.inputs = {ValueId(7)};
  g.outputs = {ValueId{}};
  g.values.push_back({.name = "c", .type = kType, .constant = Bytes{}, .encoding = {}});
  g.nodes.push_back({.op = nullptr, .attrs = {}, .inputs = {ValueId(9)}, .outputs = {ValueId(8)}, .source = {}});
  EXPECT_EQ(print_graph(g), "graph(%?: ?) -> (_) {\n  %? = ?(%?) : ?\n  %c = const elided : f32[2]\n}\n");
}

// --- print -> parse gives an equal graph, whatever it holds ---

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed), builder_(bytes(5)) {}

  Graph run() {
    for (std::uint64_t i = random_.below(3); i > 0; --i) keep(builder_.input(value_name(), type()));
    for (std::uint64_t i = random_.below(12); i > 0; --i) {
      random_.below(3) == 0 || values_.empty() ? keep(constant()) : node();
    }
    for (std::uint64_t i = random_.below(4); i > 0 && !values_.empty(); --i) builder_.output(any());
    Graph graph = builder_.graph();
    for (const auto& [id, encoding] : encodings_) graph[id].encoding = encoding;
    const Status valid = verify(graph);
    EXPECT_TRUE(valid) << valid.error().text();
    return graph;
  }

 private:
  std::string bytes(std::uint64_t most) {
    std::string out;
    for (std::uint64_t i = random_.below(most + 1); i > 0; --i) out += static_cast<char>(random_.below(256));
    return out;
  }
  std::string value_name() {
    const std::uint64_t kind = random_.below(3);
    if (kind == 0) return {};
    const std::string number = std::to_string(++named_);
    return kind == 1 ? "v" + number : "n" + bytes(4) + number;
  }
  ValueId any() { return values_[random_.below(values_.size())]; }
  void keep(ValueId id) { values_.push_back(id); }

  TensorType type() {
    TensorType t{static_cast<DType>(random_.below(kDTypeCount)), {}};
    std::vector<std::int64_t> extents;
    for (std::uint64_t i = random_.below(4); i > 0; --i)
      extents.push_back(static_cast<std::int64_t>(1 + random_.below(4)));
    t.shape = Shape(extents);
    if (!is_integer(t.dtype) || bits(t.dtype) > 32 || random_.below(2) == 0) return t;
    QuantParams q;
    std::int64_t count = 1;
    const std::uint64_t kind = extents.empty() ? 0 : random_.below(3);
    if (kind == 1) {
      q.axis = static_cast<std::int32_t>(random_.below(extents.size()));
      count = t.shape[q.axis];
    } else if (kind == 2) {
      q.block = static_cast<std::int32_t>(t.shape.back());
      count = t.shape.elements() / q.block;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      q.scale.push_back(static_cast<float>(random_.uniform(1e-6, 2)));
      q.zero_point.push_back(static_cast<std::int32_t>(random_.below(8)));
    }
    t.quant = std::make_shared<const QuantParams>(std::move(q));
    return t;
  }

  ValueId constant() {
    const TensorType t = type();
    AlignedBuffer buffer(t.bytes());
    const bool same = random_.below(3) == 0;
    for (std::byte& b : buffer.as<std::byte>()) b = static_cast<std::byte>(same ? 0 : random_.below(256));
    if (t.dtype == DType::kBool) {
      for (std::byte& b : buffer.as<std::byte>()) b &= std::byte{1};
    }
    if (bits(t.dtype) == 4 && t.shape.elements() % 2 != 0) buffer.data()[buffer.size() - 1] &= std::byte{0xF};
    const ValueId id = builder_.constant({t, Bytes(std::move(buffer))}, value_name());
    if (random_.below(3) == 0) encodings_.emplace_back(id, Encoding{Encoding::Kind::kPalette, 7, 0, 0});
    if (random_.below(6) == 0) encodings_.emplace_back(id, Encoding{Encoding::Kind::kSparse, 5, 0, 0});
    return id;
  }

  ops::AllAttrs attrs() {
    ops::AllAttrs a;
    a.flag = random_.below(2) == 0;
    a.count = static_cast<std::int64_t>(random_.below(5));
    a.rate = random_.below(2) == 0 ? random_.normal() : -0.0;
    a.dtype = static_cast<DType>(random_.below(kDTypeCount));
    a.color = static_cast<ops::Color>(random_.below(3));
    a.pair[1] = -static_cast<std::int64_t>(random_.below(2));
    a.list.assign(random_.below(3), -7);
    return a;
  }

  void node() {
    const GraphBuilder::Extra extra{.name = value_name(), .source = bytes(6)};
    const ValueId x = any();
    std::vector<ValueId> inputs = {x};
    const bool quantised = builder_.type(x).quant != nullptr;
    switch (quantised ? 0 : random_.below(5)) {
      case 0: return keep(builder_.call(ops::shares, inputs, {}, extra));
      case 1: return keep(builder_.call(ops::many, inputs, attrs(), extra));
      case 2:
        for (const ValueId part : builder_.call_all(ops::split, inputs, {}, extra)) keep(part);
        return;
      case 3:
        for (std::uint64_t i = random_.below(3); i > 0; --i) inputs.push_back(random_.below(2) ? x : ValueId{});
        return keep(builder_.call(ops::pick, inputs, {}, extra));
      default: builder_.call_all(ops::sink, inputs, {}, extra);
    }
  }

  Random random_;
  GraphBuilder builder_;
  std::vector<ValueId> values_;
  std::vector<std::pair<ValueId, Encoding>> encodings_;
  int named_ = 0;
};

TEST(RoundTrip, RandomGraphs) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const Graph graph = Generator(seed).run();
    const std::string text = print_graph(graph);
    const Result<Graph> parsed = parse_graph(text, {.ops = ops::kAll, .resolve = {}});
    ASSERT_TRUE(parsed) << parsed.error().text() << '\n' << text;
    ASSERT_TRUE(equal(graph, *parsed)) << text;
    ASSERT_TRUE(equal(*parsed, graph)) << text;
    ASSERT_EQ(graph.values.size(), parsed->values.size());
    ASSERT_EQ(print_graph(*parsed), text);
  }
}

TEST(RoundTrip, ReferencedConstants) {
  GraphBuilder b("g");
  const Tensor t = pair(1, std::numeric_limits<float>::quiet_NaN());
  b.output(b.constant(t, "c"));
  const Graph graph = b.finish().value();
  const std::string text = print_graph(graph, {.reference = [](ValueId) { return 18446744073709551615u; }});
  const auto resolve = [&](std::uint64_t offset, std::uint64_t size) -> Result<Bytes> {
    EXPECT_EQ(offset, 18446744073709551615u);
    EXPECT_EQ(size, 8u);
    return t.data;
  };
  const Result<Graph> parsed = parse_graph(text, {.ops = ops::kAll, .resolve = resolve});
  ASSERT_TRUE(parsed) << parsed.error().text();
  EXPECT_TRUE(equal(graph, *parsed));
}

}  // namespace paw::text_print_test
