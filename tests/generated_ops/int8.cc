// Quantised operands: the result is the real result of the dequantised operands, rounded once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "generated_ops/properties.h"
#include "reference/interpreter.h"

namespace paw {

void check_int8(const OpDef& op, const OpCase& c) {
  const auto quantised = int8_case(op, c);
  if (!quantised) {  // float only: then it must say so
    EXPECT_EQ(quantised.error().code, ErrorCode::kUnsupported);
    EXPECT_FALSE(quantised.error().message.empty());
    return;
  }
  const auto made = case_graph(op, *quantised);
  ASSERT_TRUE(made) << made.error().text();
  const auto results = interpret(made->graph, made->feeds);
  ASSERT_TRUE(results) << results.error().text();

  OpCase real = widened(c);
  for (std::size_t i = 0; i < real.inputs.size(); ++i) real.inputs[i].values = quantised->inputs[i].values;
  const auto expected = run_case(op, real, false);
  ASSERT_TRUE(expected) << expected.error().text();
  for (std::size_t o = 0; o < results->size(); ++o) {
    const TensorType& type = made->graph.type(made->graph.outputs[o]);
    if (!type.quant) continue;
    const double scale = type.quant->scale[0];
    const double lo = (lowest(type.dtype) - type.quant->zero_point[0]) * scale;
    const double hi = (highest(type.dtype) - type.quant->zero_point[0]) * scale;
    for (std::size_t i = 0; i < (*results)[o].data.size(); ++i) {
      const double want = std::clamp((*expected)[o].data[i], lo, hi);
      ASSERT_NEAR((*results)[o].data[i], want, scale * (0.5 + 1e-6)) << "element " << i << " of " << type.text();
    }
  }
}

}  // namespace paw
