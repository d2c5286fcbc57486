// What LiteRT computes wrongly is not written. That it does so: tests/interop_tflite.
#include <gtest/gtest.h>

#include <functional>

#include "forced.h"
#include "formats/tflite/tflite_file.h"
#include "forms.h"
#include "ir/verify.h"

namespace paw::tflite_refused_test {

TEST(TfliteRefused, WhatLiteRtComputesWronglyIsNotWritten) {
  const auto forced = tflite_testing::forced_files();
  ASSERT_TRUE(forced) << forced.error().text();
  EXPECT_EQ(forced->size(), 15u);
  for (const auto& f : *forced) {
    if (!f.graph) continue;  // no graph says it
    const auto file = write_tflite({.graph = *f.graph});
    ASSERT_FALSE(file) << f.name;
    EXPECT_EQ(file.error().code, ErrorCode::kUnsupported) << f.name;
    EXPECT_NE(file.error().message.find(f.refusal), std::string::npos) << f.name << ": " << file.error().text();
    EXPECT_TRUE(file.error().where.starts_with("tflite: ")) << file.error().text();
  }
}

// A layer of integers, with what the specification of 8-bit models says about it broken by `change`.
std::string refusal_of_integers(const std::function<void(Graph&)>& change, DType activations = DType::kI8) {
  auto graph = tflite_testing::static_integers(tflite_testing::tiny_net(), activations);
  EXPECT_TRUE(graph);
  change(*graph);
  EXPECT_TRUE(verify(*graph));
  const auto file = write_tflite({.graph = *graph});
  return file ? "" : file.error().text();
}

Value& operand(Graph& graph, std::size_t i) { return graph[graph.nodes[0].inputs[i]]; }

void set_quant(Value& value, const std::function<void(QuantParams&)>& change) {
  QuantParams quant = *value.type.quant;
  change(quant);
  value.type.quant = std::make_shared<const QuantParams>(std::move(quant));
}

TEST(TfliteRefused, WhatTheSpecificationForbids) {
  EXPECT_EQ(refusal_of_integers([](Graph&) {}), "");
  EXPECT_NE(refusal_of_integers([](Graph& graph) {
              Value& weights = operand(graph, 1);
              AlignedBuffer data(weights.constant->size());
              data.data()[7] = std::byte{0x80};
              weights.constant = std::move(data);
            }).find("i8 weights of -128"),
            std::string::npos);
  EXPECT_NE(refusal_of_integers([](Graph& graph) {
              set_quant(operand(graph, 2), [](QuantParams& q) { q.scale[3] *= 2; });
            }).find("not that of the input times that of the weights"),
            std::string::npos);
  EXPECT_NE(refusal_of_integers([](Graph& graph) {
              set_quant(operand(graph, 2), [](QuantParams& q) { q.zero_point[0] = 1; });
            }).find("with zero point 0"),
            std::string::npos);
  EXPECT_NE(refusal_of_integers([](Graph& graph) {
              set_quant(operand(graph, 1), [](QuantParams& q) { q.zero_point[0] = 1; });
            }).find("a zero point other than 0"),
            std::string::npos);
  EXPECT_NE(
      refusal_of_integers(
          [](Graph& graph) { set_quant(operand(graph, 0), [](QuantParams& q) { q.zero_point[0] = 1; }); }, DType::kI16)
          .find("i16 activations with a zero point"),
      std::string::npos);
}

// Reading is another matter: what such a file means is clear, or it is refused by name.
TEST(TfliteRefused, ForcedFilesAreReadOrRefused) {
  const auto forced = tflite_testing::forced_files();
  ASSERT_TRUE(forced);
  for (const auto& f : *forced) {
    const auto read = read_tflite(f.file, f.name);
    if (read) continue;
    EXPECT_EQ(read.error().code, ErrorCode::kUnsupported) << f.name;
    EXPECT_TRUE(read.error().where.starts_with(f.name)) << read.error().text();
  }
}

}  // namespace paw::tflite_refused_test
