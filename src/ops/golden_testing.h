// For the golden tests beside the ops: evaluates one op on numbers written down in the test, without a graph. The
// expected numbers come from elsewhere (each test says from where), because the reference is the oracle of all the
// rest.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/verify.h"
#include "ops/ops.h"

namespace paw {

struct Given {
  TensorType type;
  std::vector<double> values;
  bool absent = false;
};
inline Given f32(Shape shape, std::vector<double> values) { return {{DType::kF32, shape}, std::move(values)}; }
inline Given absent() { return {.absent = true}; }
// Small integers: element i is (i * step) % modulus - offset. Sums of their products are exact in f32 as well.
inline Given ramp(Shape shape, std::int64_t step, std::int64_t modulus, std::int64_t offset) {
  Given given{{DType::kF32, shape}, {}};
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    given.values.push_back(static_cast<double>(i * step % modulus - offset));
  }
  return given;
}
// The two ramps that the golden numbers were made with: images and weights (or gradients).
inline Given image(Shape shape) { return ramp(shape, 7, 11, 5); }
inline Given weights(Shape shape) { return ramp(shape, 5, 7, 3); }

inline Result<std::vector<RefTensor>> evaluate(const OpDef& op, const std::vector<Given>& given, Attrs attrs = {}) {
  if (attrs.empty() && op.default_attrs != nullptr) attrs = op.default_attrs();
  std::vector<const TensorType*> types;
  std::vector<RefTensor> tensors;
  types.reserve(given.size());
  tensors.reserve(given.size());
  for (const Given& g : given) {
    types.push_back(g.absent ? nullptr : &g.type);
    tensors.push_back({g.type.shape, g.values});
  }
  std::vector<const RefTensor*> in(std::max(given.size(), op.inputs.size()), nullptr);
  for (std::size_t i = 0; i < given.size(); ++i) in[i] = given[i].absent ? nullptr : &tensors[i];
  PAW_ASSIGN_OR_RETURN(const std::vector<TensorType> inferred, infer_types(op, attrs, types, "test"));
  std::vector<RefTensor> out;
  out.reserve(inferred.size());
  for (const TensorType& type : inferred) {
    out.push_back({type.shape, std::vector<double>(static_cast<std::size_t>(type.shape.elements()))});
  }
  op.reference({{op, attrs, types, "test"}, in, out});
  return out;
}

// Output `i` has this shape and these numbers within `tolerance`.
inline void expect_output(const Result<std::vector<RefTensor>>& outputs, std::size_t i, const Shape& shape,
                          const std::vector<double>& numbers, double tolerance = 1e-9) {
  ASSERT_TRUE(outputs) << outputs.error().text();
  EXPECT_EQ((*outputs)[i].shape.text(), shape.text());
  EXPECT_THAT((*outputs)[i].data, testing::Pointwise(testing::DoubleNear(tolerance), numbers));
}

// Refused by infer with a message that contains `words`.
inline void expect_refused(const OpDef& op, const std::vector<TensorType>& types, const Attrs& attrs,
                           const std::string& words) {
  std::vector<const TensorType*> pointers;
  pointers.reserve(types.size());
  for (const TensorType& type : types) pointers.push_back(&type);
  const auto inferred = infer_types(op, attrs, pointers, "test");
  ASSERT_FALSE(inferred) << inferred->front().text();
  EXPECT_EQ(inferred.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(inferred.error().text(), testing::HasSubstr(words));
}

}  // namespace paw
