// Graph, file, graph: equal but for names, after the passes that spell ops in one way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compare.h"
#include "formats/tflite/sparse_write.h"
#include "formats/tflite/tflite_file.h"
#include "forms.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "passes/export_form.h"
#include "passes/passes.h"
#include "reference/interpreter.h"
#include "reference/op_cases.h"

namespace paw::round_trip_test {

using tflite_testing::canonical, tflite_testing::difference, tflite_testing::nameless;

// Empty: the same numbers come out.
std::string other_numbers(const Graph& a, const Graph& b, std::span<const RefTensor> feeds) {
  const auto left = interpret(a, feeds), right = interpret(b, feeds);
  if (!left || !right) return (left ? right.error() : left.error()).text();
  for (std::size_t i = 0; i < left->size(); ++i) {
    if (!((*left)[i].shape == (*right)[i].shape)) return "another shape";
    for (std::size_t k = 0; k < (*left)[i].data.size(); ++k) {
      const double expected = (*left)[i].data[k], found = (*right)[i].data[k];
      if (!(std::abs(expected - found) <= 1e-6 * (1 + std::abs(expected)))) {
        return std::to_string(found) + " instead of " + std::to_string(expected);
      }
    }
  }
  return {};
}

enum class Kept { kEqual, kOtherSpelling, kRefused };
struct Outcome {
  Kept kept = Kept::kEqual;
  std::string why;
};

// Written, read and compared; EXPECTs that what is read at all computes the same.
Outcome round_trip(const Graph& graph, std::span<const RefTensor> feeds, const std::string& name) {
  const auto file = write_tflite({.graph = graph});
  if (!file) {
    EXPECT_EQ(file.error().code, ErrorCode::kUnsupported) << name;
    return {Kept::kRefused, file.error().message};
  }
  const auto read = read_tflite(*file, "again.tflite");
  if (!read) {
    ADD_FAILURE() << name << ": " << read.error().text();
    return {};
  }
  const std::string found = difference(canonical(graph), canonical(read->model.graph));
  if (found.empty()) return {};
  EXPECT_EQ(other_numbers(graph, read->model.graph, feeds), "") << name;
  return {Kept::kOtherSpelling, found};
}

// Cases that the format cannot hold, or all of an op, and a part of the reason.
const std::map<std::string, std::string> kRefused = {
    {"erf/", "has no operator"},
    {"batch_norm/", "has no operator"},
    {"dropout/", "has no operator"},
    {"clamp/rank0", "has no bounds"},
    {"softmax/axis0", "last axis"},
    {"softmax/axis1", "last axis"},
    {"log_softmax/axis0", "last axis"},
    {"log_softmax/axis1", "last axis"},
    {"avg_pool/explicit_pads", "averages without the padding"},
    {"reduce_mean/scalar", "along no axis"},
    {"reduce_sum/scalar", "along no axis"},
    {"reduce_max/scalar", "along no axis"},
    {"transpose/scalar", "nothing to transpose"},
    {"slice/scalar", "1 to 5 axes"},
    {"squeeze/all", "drops no axis"},
    {"quantize/per_channel", "QUANTIZE does not hold"},
    {"dequantize/half", "only f32"},
};
// Cases that come back in other words: axes from the front, padding spelled out, a bias of zeros.
const std::set<std::string> kOtherSpelling = {"conv2d/valid_dilated",
                                              "depthwise_conv2d/explicit_dilated",
                                              "avg_pool/same_overlapping_counted",

                                              "reduce_mean/all",
                                              "reduce_mean/last",
                                              "reduce_mean/outer",
                                              "reduce_sum/all",
                                              "reduce_sum/last",
                                              "reduce_sum/outer",
                                              "reduce_max/all",
                                              "reduce_max/last",
                                              "reduce_max/outer"};
// Ops with no integers in the format, or whose case is not one that LiteRT computes rightly (weights with zero points,
// other scales for input and result).
const std::set<std::string> kNoInt8 = {"conv2d",
                                       "depthwise_conv2d",
                                       "fully_connected",
                                       "matmul",
                                       "div",
                                       "neg",
                                       "abs",
                                       "sign",
                                       "square",
                                       "sqrt",
                                       "rsqrt",
                                       "exp",
                                       "log",
                                       "erf",
                                       "hard_sigmoid",
                                       "silu",
                                       "clamp",
                                       "reduce_sum",
                                       "reduce_max",
                                       "batch_norm",
                                       "dropout",
                                       "maximum",
                                       "minimum",
                                       "log_softmax"};

const std::string* refusal_of(const std::string& name) {
  for (const auto& [beginning, reason] : kRefused) {
    if (name == beginning || (beginning.ends_with('/') && name.starts_with(beginning))) return &reason;
  }
  return nullptr;
}

void check_case(const OpDef& op, const OpCase& c) {
  const auto made = case_graph(op, c);
  ASSERT_TRUE(made);
  const std::string name = case_name(op, c);
  const Outcome outcome = round_trip(made->graph, made->feeds, name);
  const std::string* refusal = refusal_of(name);
  const Kept expected = refusal != nullptr              ? Kept::kRefused
                        : kOtherSpelling.contains(name) ? Kept::kOtherSpelling
                                                        : Kept::kEqual;
  EXPECT_EQ(outcome.kept, expected) << name << ": " << outcome.why;
  if (refusal != nullptr) {
    EXPECT_NE(outcome.why.find(*refusal), std::string::npos) << name << ": " << outcome.why;
  }
}

// 0: no such form, or refused. The numbers are compared whatever comes back.
int check_int8(const OpDef& op, const OpCase& c) {
  const auto quantised = int8_case(op, c);
  if (!quantised) return 0;
  const auto made = case_graph(op, *quantised);
  EXPECT_TRUE(made);
  const std::string name = "int8 " + case_name(op, c);
  const Outcome outcome = round_trip(made->graph, made->feeds, name);
  if (outcome.kept != Kept::kRefused) return 1;
  EXPECT_TRUE(kNoInt8.contains(std::string(op.name)) || refusal_of(case_name(op, c)) != nullptr)
      << name << ": " << outcome.why;
  return 0;
}

TEST(TfliteRoundTrip, EveryCaseOfEveryOp) {
  int int8 = 0;
  for (const OpDef* op : all_ops()) {
    if (op->has(kTrainOnly)) continue;
    for (const OpCase& c : op->cases()) {
      check_case(*op, c);
      int8 += check_int8(*op, c);
    }
  }
  EXPECT_GT(int8, 80);
}

TEST(TfliteRoundTrip, TrainingOpsAreRefusedByName) {
  const auto made = case_graph(op::sgd, op::sgd.cases()[0]);
  ASSERT_TRUE(made);
  const auto file = write_tflite({.graph = made->graph});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().where.substr(0, 11), "tflite: sgd");
  EXPECT_EQ(file.error().message, "is for training only");
}

TEST(TfliteRoundTrip, TwoNets) {
  tflite_testing::check_net("pawnet");
  tflite_testing::check_net("mobilenet_v3_small");
}

std::size_t take_encodings(Graph& graph) {
  std::size_t count = 0;
  for (Value& value : graph.values) {
    count += value.encoding.has_value();
    value.encoding.reset();
  }
  return count;
}

TEST(TfliteRoundTrip, EveryForm) {
  auto net = build_net("pawnet", {.size = 32, .classes = 10});
  ASSERT_TRUE(net);
  auto exported = export_form(*net);
  ASSERT_TRUE(exported) << exported.error().text();
  auto forms = tflite_testing::all_forms(exported->graph);
  ASSERT_TRUE(forms) << forms.error().text();
  for (auto& form : *forms) {
    const auto file = write_tflite({.graph = form.graph});
    ASSERT_TRUE(file) << form.name << ": " << file.error().text();
    auto read = read_tflite(*file, "again.tflite");
    ASSERT_TRUE(read) << form.name << ": " << read.error().text();
    // Layers too small to gain by it are stored with their zeros.
    const bool sparse = take_encodings(form.graph) > 0, dynamic = form.name.starts_with("dynamic");
    EXPECT_EQ(take_encodings(read->model.graph) > 0, sparse && !dynamic) << form.name;
    EXPECT_EQ(difference(nameless(form.graph), nameless(read->model.graph)), "") << form.name;
  }
}

TEST(TfliteRoundTrip, EveryBlockOfSparseWeights) {
  const auto layers = tflite_testing::blocked_layers();
  ASSERT_TRUE(layers) << layers.error().text();
  for (const auto& layer : *layers) {
    const ValueId weights = layer.graph.find("weights");
    const auto sparse = tflite::encode_sparse(layer.graph.tensor(weights));
    ASSERT_TRUE(sparse) << layer.name;
    EXPECT_EQ(sparse->block, layer.block) << layer.name;
    const auto file = write_tflite({.graph = layer.graph});
    ASSERT_TRUE(file) << file.error().text();
    const auto read = read_tflite(*file, "again.tflite");
    ASSERT_TRUE(read) << layer.name << ": " << read.error().text();
    EXPECT_EQ(difference(nameless(layer.graph), nameless(read->model.graph)), "") << layer.name;
  }
}

}  // namespace paw::round_trip_test
