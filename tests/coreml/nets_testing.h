// Nets with random weights through both forms. Part of no program.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare.h"

namespace paw::coreml_testing {

inline void check_net(std::string_view name) {
  const Model model = exported_net(name);
  const auto program = through_program(model, {.precision = DType::kF32});
  ASSERT_TRUE(program) << program.error().text();
  expect_same_model(program->model, model);
  EXPECT_THAT(program->notes, ::testing::IsEmpty());

  const auto network = through_network(model);
  ASSERT_TRUE(network) << network.error().text();
  expect_same_model(network->model, model);
  EXPECT_THAT(network->notes, ::testing::IsEmpty());

  // What is rounded to float16 once stays as it is.
  const auto half = through_program(model, {});
  ASSERT_TRUE(half) << half.error().text();
  EXPECT_THAT(half->notes, ::testing::ElementsAre("the file computes in float16; here in float32"));
  const auto twice = through_program(half->model, {});
  ASSERT_TRUE(twice) << twice.error().text();
  expect_same_model(twice->model, half->model);
}

}  // namespace paw::coreml_testing
