#include "pipeline/calibrate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "nets/nets.h"

namespace paw::calibrate_test {

// Sure answers, nearly all right.
HeldOut held_out(std::size_t count) {
  Random random(3);
  HeldOut h{.from = "test", .scores = {.classes = 2, .scores = {}, .expected = {}}, .distances = {}, .novelty = {}};
  for (std::size_t i = 0; i < count; ++i) {
    const double p = 1 / (1 + std::exp(-2 * random.normal()));
    h.scores.scores.push_back(static_cast<float>(p));
    h.scores.scores.push_back(static_cast<float>(1 - p));
    h.scores.expected.push_back((p > 0.5) == (random.uniform() < 0.95) ? 0 : 1);
    h.distances.push_back(10 + random.normal());
  }
  return h;
}

Model net() { return *build_net("pawnet", {.size = 32, .classes = 2, .seed = 1}); }

TEST(Calibrate, LosesAtMostTwoPerCentWithAndWithoutDistances) {
  for (const bool with_distances : {false, true}) {
    HeldOut h = held_out(1000);
    if (!with_distances) h.distances.clear();
    const Graph graph = net().graph;
    h.novelty = Novelty::fit(FeatureMoments(graph.type(graph.find("features")).shape[1]), 0);
    CalibrationReport report;
    const auto model = calibrate(net(), h, report);
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_EQ(report.photos, 1000);
    EXPECT_NEAR(report.accuracy, 0.95, 0.02);
    EXPECT_EQ(model->temperature, report.temperature);
    EXPECT_EQ(model->threshold, report.threshold);
    EXPECT_LE(report.lost, 0.02);
    EXPECT_GT(report.lost, 0.015);
    EXPECT_EQ(report.novelty_limit > 0, with_distances);
    EXPECT_EQ(model->graph.nodes.size() > net().graph.nodes.size(), with_distances);
  }
}

TEST(Calibrate, FewPhotosChangeNothing) {
  HeldOut h = held_out(19);
  CalibrationReport report;
  const auto model = calibrate(net(), h, report);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->temperature, 1);
  EXPECT_EQ(model->threshold, 0);
  EXPECT_EQ(report.from, "nothing: 19 photos are too few");
  EXPECT_TRUE(equal(model->graph, net().graph));
}

}  // namespace paw::calibrate_test
