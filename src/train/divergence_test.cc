#include "train/divergence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nets/nets.h"

namespace paw::divergence_test {

using testing::HasSubstr;

TEST(LossWatch, ALossFarAboveGuessingHasExploded) {
  LossWatch watch(10, {});
  EXPECT_NEAR(watch.usual(), std::log(10), 1e-12);
  EXPECT_TRUE(watch.accepts(2.3));
  EXPECT_TRUE(watch.accepts(200));  // a bad batch
  EXPECT_FALSE(watch.accepts(240));
  EXPECT_FALSE(watch.accepts(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(watch.accepts(std::numeric_limits<double>::quiet_NaN()));
  watch.epoch_done(1e-3);
  EXPECT_TRUE(watch.accepts(200)) << "a low loss makes it no stricter";
}

TEST(LossWatch, WeightsAndABadStartRaiseTheLimit) {
  const std::vector<double> weights = {0.5, 4};
  EXPECT_NEAR(LossWatch(2, weights).usual(), 4 * std::log(2), 1e-12);
  LossWatch watch(2, {});
  EXPECT_TRUE(watch.accepts(500));  // how it begins
  EXPECT_TRUE(watch.accepts(40'000));
  EXPECT_FALSE(watch.accepts(60'000));
  watch.epoch_done(3);
  EXPECT_TRUE(watch.accepts(250));
  EXPECT_FALSE(watch.accepts(40'000));
}

TEST(Divergence, BlamesTheLayerThatGrewMost) {
  const Model net = *build_net("pawnet", {.size = 32});
  const auto step = step_graph(net);
  ASSERT_TRUE(step);
  std::vector<Tensor> before;
  for (const StepState& state : step->states) before.push_back(state.initial);
  std::vector<Tensor> after = before;
  const auto scale = [&](std::size_t i, float by) {
    std::vector<float> values(before[i].as<float>().begin(), before[i].as<float>().end());
    for (float& v : values) v *= by;
    after[i] = Tensor::of<float>(before[i].type, values);
  };
  scale(0, 50);
  scale(3, 2000);
  EXPECT_THAT(layer_to_blame(net.graph, *step, before, after),
              HasSubstr(net.graph.label(step->states[3].source) + ", 2e+03 times, to "));
  EXPECT_TRUE(all_finite(after));
  scale(4, std::numeric_limits<float>::infinity());
  EXPECT_THAT(layer_to_blame(net.graph, *step, before, after),
              HasSubstr("no numbers: " + net.graph.label(step->states[4].source)));
  EXPECT_FALSE(all_finite(after));
}

}  // namespace paw::divergence_test
