#include "train/novelty.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "nets/nets.h"
#include "passes/export_form.h"
#include "reference/interpreter.h"
#include "train/transfer.h"

namespace paw::novelty_test {

// Squares of points near a plane through (4, ..., 4): features whose roots have two directions of large variance.
std::vector<float> example(Random& random, double away = 0) {
  const double a = random.normal(), b = random.normal();
  std::vector<float> features;
  for (int i = 0; i < 6; ++i) {
    const double along = (i == 0 || i == 3 ? a : 0) + (i == 1 ? 0.8 * b : 0), noise = 0.05 * random.normal();
    const double root = 4 + along + noise + (i == 5 ? away : 0);
    features.push_back(static_cast<float>(root * root));
  }
  return features;
}

FeatureMoments moments(std::uint64_t seed, int count) {
  FeatureMoments m(6);
  Random random(seed);
  for (int i = 0; i < count; ++i) m.add(example(random));
  return m;
}

TEST(Novelty, MeasuresWhatIsOutsideTheTrainingSubspace) {
  const Novelty novelty = Novelty::fit(moments(1, 200), 2);
  ASSERT_EQ(novelty.directions, 2);
  for (std::size_t a = 0; a < 2; ++a) {
    for (std::size_t b = 0; b < 2; ++b) {
      double dot = 0;
      for (std::size_t i = 0; i < 6; ++i) dot += novelty.basis[a * 6 + i] * novelty.basis[b * 6 + i];
      EXPECT_NEAR(dot, a == b ? 1 : 0, 1e-5);
    }
  }
  Random random(9);
  for (int i = 0; i < 50; ++i) {
    EXPECT_LT(novelty.distance(example(random)), 0.1);
    EXPECT_NEAR(novelty.distance(example(random, 2)), 4, 1);
  }
}

TEST(Novelty, PartsAddUpAndSubtract) {
  FeatureMoments all = moments(1, 50);
  all.add(moments(2, 40));
  all.subtract(moments(1, 50));
  const Novelty once = Novelty::fit(moments(2, 40), 2), again = Novelty::fit(all, 2);
  Random random(3);
  const std::vector<float> x = example(random, 1);
  EXPECT_NEAR(once.distance(x), again.distance(x), 1e-4);
}

TEST(Novelty, FewExamplesGiveFewDirections) {
  EXPECT_EQ(Novelty::fit(moments(1, 5), 4).directions, 2);
  EXPECT_EQ(Novelty::fit(moments(1, 1), 4).directions, 0);
  EXPECT_EQ(Novelty::fit(FeatureMoments(6), 4).directions, 0);
}

TEST(Novelty, DivisorIsOneUpToTheLimit) {
  Novelty novelty{.width = 1, .directions = 0, .mean = {0}, .basis = {}, .limit = 2};
  EXPECT_EQ(novelty.divisor(0), 1);
  EXPECT_EQ(novelty.divisor(2), 1);
  EXPECT_NEAR(novelty.divisor(2.2), 3, 1e-9);
  novelty.limit = 0;
  EXPECT_EQ(novelty.divisor(5), 1);
}

// In the graph: the logits of each photo divided by what the record says.
TEST(Novelty, GraphDividesLogitsByTheDivisor) {
  const auto model = build_net("pawnet", {.size = 32, .classes = 3, .seed = 4});
  ASSERT_TRUE(model);
  const auto features = feature_graph(*model);
  ASSERT_TRUE(features) << features.error().text();
  const auto run = [](const Graph& graph, std::uint64_t seed) {
    RefTensor image{{1, 32, 32, 3}, {}};
    Random random(seed);
    for (int i = 0; i < 32 * 32 * 3; ++i) image.data.push_back(random.normal());
    return (*interpret(graph, std::span(&image, 1)))[0].data;
  };
  const auto floats = [](const std::vector<double>& v) { return std::vector<float>(v.begin(), v.end()); };
  const auto width = features->type(features->outputs[0]).shape[1];
  FeatureMoments m(width);
  for (std::uint64_t i = 0; i < 6; ++i) m.add(floats(run(*features, i)));
  Novelty novelty = Novelty::fit(m, 3);
  const double far = novelty.distance(floats(run(*features, 77)));
  for (const double limit : {far * 2, far / 1.05}) {
    novelty.limit = limit;
    const auto changed = with_novelty(*model, novelty);
    ASSERT_TRUE(changed) << changed.error().text();
    ASSERT_TRUE(verify(*changed));
    const std::vector<double> before = run(model->graph, 77), after = run(changed->graph, 77);
    ASSERT_EQ(after.size(), 3u);
    EXPECT_NEAR(std::log(after[0] / after[1]), std::log(before[0] / before[1]) / novelty.divisor(far), 1e-4);
    EXPECT_NEAR(std::log(after[2] / after[1]), std::log(before[2] / before[1]) / novelty.divisor(far), 1e-4);
    for (const Model& with : {*changed, *export_form(*changed)}) {
      const auto without = without_novelty(with);
      ASSERT_TRUE(without);
      ASSERT_TRUE(verify(*without));
      EXPECT_FALSE(without->graph.find("novelty/mean").valid());
      const std::vector<double> again = run(without->graph, 77);
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(again[c], before[c], 1e-5);
      EXPECT_TRUE(with_novelty(*without, novelty)) << "its features are still known";
    }
  }
  EXPECT_FALSE(without_novelty(*model));
  EXPECT_NE(novelty.divisor(far), 1);
  EXPECT_FALSE(with_novelty({.graph = *features}, novelty));
}

}  // namespace paw::novelty_test
