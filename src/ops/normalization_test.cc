// Batch norm against ONNX Runtime 1.32 (BatchNormalization) and NumPy; the dropout mask against a separate
// implementation of the documented formula.
#include "ops/normalization.h"

#include "ops/golden_testing.h"

namespace paw::normalization_test {

TEST(BatchNorm, NormalisesTheLastAxis) {
  const auto y =
      evaluate(op::batch_norm,
               {image({2, 2, 1, 2}), f32({2}, {2, 0.5}), f32({2}, {1, -1}), f32({2}, {0.5, 1}), f32({2}, {4, 0.25})},
               BatchNormAttrs{0});
  expect_output(y, 0, {2, 2, 1, 2}, {-4.5, 0, -1.5, 3, 1.5, -5, 4.5, -2});
}

TEST(BatchNormTraining, UsesBiasedBatchStatistics) {
  const auto y = evaluate(op::batch_norm_training, {image({2, 2, 1, 2}), f32({2}, {2, 0.5}), f32({2}, {1, -1})},
                          BatchNormAttrs{1e-3});
  expect_output(y, 0, {2, 2, 1, 2},
                {-1.683162, -0.828512, 0.105613, -0.314046, 1.894387, -1.685954, 3.683162, -1.171489}, 1e-6);
  expect_output(y, 1, {2}, {-0.5, 1});
  expect_output(y, 2, {2}, {11.25, 8.5});
}

// A large mean must not cancel the variance: 1e8 + {0, 1, 2, 3}.
TEST(BatchNormTraining, VarianceOfLargeNumbers) {
  const auto y =
      evaluate(op::batch_norm_training, {f32({4, 1}, {1e8, 1e8 + 1, 1e8 + 2, 1e8 + 3}), f32({1}, {1}), f32({1}, {0})});
  expect_output(y, 2, {1}, {1.25});
}

// NumPy central differences of sum(dy * batch_norm(x)).
TEST(BatchNormGrad, MatchesDifferences) {
  const auto grads = evaluate(op::batch_norm_grad,
                              {f32({3, 2}, {1, 2, -1, 0, 0.5, 3}), f32({3, 2}, {1, -2, 3, 4, 5, 0}), f32({2}, {2, 0.5}),
                               f32({2}, {0.5, 0.5}), f32({2}, {2, 0.75})},
                              BatchNormAttrs{0.25});
  expect_output(grads, 0, {3, 2}, {1.33333333, 1, -1.33333333, 0, 0.66666667, 1.5}, 1e-7);
  expect_output(grads, 1, {2}, {0.16666667, -6.5}, 1e-7);
  expect_output(grads, 2, {2}, {0.5, 5});
}

TEST(BatchNormTrainingGrad, MatchesDifferences) {
  const auto grads = evaluate(op::batch_norm_training_grad,
                              {f32({3, 2}, {1, 2, -1, 0, 0.5, 3}), f32({3, 2}, {1, -2, 3, 4, 5, 0}), f32({2}, {2, 0.5}),
                               f32({2}, {3, 2.0 / 3}), f32({2}, {8.0 / 3, 56.0 / 9})},
                              BatchNormAttrs{0.25});
  expect_output(grads, 0, {3, 2}, {0.70822462, -0.13243020, -1.36626010, -0.08013292, 0.65803548, 0.21256312}, 1e-7);
  expect_output(grads, 1, {2}, {-0.58554004, -2.88253584}, 1e-7);
  expect_output(grads, 2, {2}, {0.5, 5});
}

std::vector<double> mask(std::vector<double> seed, DropoutAttrs attrs) {
  const auto y = evaluate(op::dropout,
                          {f32({16}, std::vector<double>(16, 1.0)), {{DType::kI64, Shape{2}}, std::move(seed)}}, attrs);
  EXPECT_TRUE(y);
  return y ? y->front().data : std::vector<double>();
}

TEST(Dropout, MaskIsTheDocumentedFunctionOfSeedStepStreamAndIndex) {
  using testing::ElementsAre;
  EXPECT_THAT(mask({7, 3}, {}), ElementsAre(2, 0, 0, 2, 2, 2, 0, 2, 2, 0, 0, 2, 0, 0, 0, 2));
  EXPECT_THAT(mask({7, 4}, {}), ElementsAre(0, 2, 0, 0, 2, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(mask({7, 3}, {.stream = 1}), ElementsAre(2, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0));
  const double k = 1 / 0.75;
  EXPECT_THAT(mask({-1, 0}, {.rate = 0.25}), ElementsAre(k, k, 0, k, k, k, k, k, k, k, k, k, k, k, k, 0));
}

TEST(Dropout, WithoutSeedIsIdentity) { expect_output(evaluate(op::dropout, {f32({3}, {1, 2, 3})}), 0, {3}, {1, 2, 3}); }

TEST(Normalization, Refusals) {
  const TensorType x{DType::kF32, {2, 4}}, c{DType::kF32, Shape{4}}, wrong{DType::kF32, Shape{3}};
  expect_refused(op::batch_norm, {x, c, c, wrong, c}, BatchNormAttrs{}, "expected mean as [4]");
  expect_refused(op::batch_norm, {x, c, c, c, c}, BatchNormAttrs{-1}, "epsilon");
  expect_refused(op::batch_norm, {{DType::kF32, {}}, c, c, c, c}, BatchNormAttrs{}, "[...,C]");
  expect_refused(op::batch_norm_training, {x, c, {DType::kF64, Shape{4}}}, BatchNormAttrs{}, "differ in float type");
  expect_refused(op::batch_norm_training_grad, {c, x, c, c, c}, BatchNormAttrs{}, "dy of x's shape");
  expect_refused(op::batch_norm_grad, {c, x, c, c, c}, BatchNormAttrs{}, "dy of x's shape");
  expect_refused(op::dropout, {x}, DropoutAttrs{.rate = 1}, "[0, 1)");
  expect_refused(op::dropout, {x, {DType::kI32, Shape{2}}}, DropoutAttrs{}, "seed as i64[2]");
}

}  // namespace paw::normalization_test
