#include "optimize/quantize/equalise.h"

#include <algorithm>

#include "nets/nets.h"
#include "ops/activation.h"
#include "ops/conv2d.h"
#include "optimize/quantize/channel_sites.h"
#include "optimize/quantize/measure.h"
#include "optimize/quantize/quantise_testing.h"
#include "passes/passes.h"

namespace paw::equalise_test {

// A small net in export form, its random weights as nets::build_net draws them.
Graph small_net(std::string_view name) {
  auto model = build_net(name, {.size = 32, .width = name.starts_with("mobilenet") ? 0.5 : 1.0, .classes = 4});
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  EXPECT_TRUE(run_pipeline(model->graph, *find_pipeline("deploy")));
  return model->graph;
}

std::vector<Observation> channels(const Graph& graph, const CalibrationSet& set) {
  auto seen = observe(graph, set, 1, {.histograms = false, .channels = true, .watched = {}}, "", {});
  EXPECT_TRUE(seen) << (seen ? "" : seen.error().text());
  return *seen;
}

TEST(Equalise, FindsWhatMayBeScaled) {
  const Graph graph = uneven_net();
  const auto sites = channel_sites(graph);
  ASSERT_EQ(sites.size(), 3u);
  EXPECT_EQ(sites[0].bound, 6);
  EXPECT_EQ(sites[1].bound, 0);
  EXPECT_FALSE(sites[1].linear);
  EXPECT_TRUE(sites[2].linear);
  for (const ChannelSite& s : sites) {
    EXPECT_EQ(s.channels, 8);
    EXPECT_EQ(s.makers.size(), 1u);
    EXPECT_EQ(s.readers.size(), 1u);
  }
}

// What another op reads, or weights that two layers share, cannot be scaled.
TEST(Equalise, LeavesAloneWhatOthersSee) {
  GraphBuilder b("seen");
  const ValueId x = b.input("x", {DType::kF32, {1, 2, 2, 2}});
  const ValueId w = b.constant(Tensor::f32({2, 1, 1, 2}, std::vector<float>{1, 2, 3, 4}));
  const ValueId one = b.call(op::conv2d, {x, w});
  const ValueId two = b.call(op::conv2d, {one, w});
  const ValueId w3 = b.constant(Tensor::f32({2, 1, 1, 2}, std::vector<float>{1, 2, 3, 4}));
  const ValueId three = b.call(op::conv2d, {b.call(op::sigmoid, {two}), w3});
  b.output(three);
  EXPECT_TRUE(channel_sites(*b.finish()).empty());
}

TEST(Equalise, NothingChangesButTheScales) {
  for (const char* name : {"uneven", "mobilenet_v2", "efficientnet_lite0"}) {
    const Graph graph = std::string_view(name) == "uneven" ? uneven_net() : small_net(name);
    const CalibrationSet set = random_examples(graph, 3);
    Graph changed = graph;
    const auto count = equalise(changed, channels(graph, set), {});
    ASSERT_TRUE(count) << name;
    EXPECT_GT(*count, 0) << name;
    EXPECT_LT(mean_difference(graph, changed, set), 2e-5) << name;
  }
}

TEST(Equalise, ChannelsBecomeAlikeAndStayBelowTheClamp) {
  const Graph graph = uneven_net();
  const CalibrationSet set = random_examples(graph, 3);
  Graph changed = graph;
  ASSERT_TRUE(equalise(changed, channels(graph, set), {}));
  const auto before = channels(graph, set), after = channels(changed, set);
  const auto spread = [&](const std::vector<Observation>& seen, ValueId v) {
    double least = 1e9, most = 0;
    for (const ChannelSeen& c : seen[v.index].channels) {
      const double m = std::max(-c.range.min, c.range.max);
      if (m > 0) least = std::min(least, m), most = std::max(most, m);
    }
    return most / least;
  };
  const auto sites = channel_sites(graph);
  for (const ChannelSite& s : sites) {
    const ValueId last = s.values.back();
    EXPECT_LT(spread(after, last), spread(before, last));
  }
  for (const ChannelSeen& c : after[sites[0].values.back().index].channels) EXPECT_LE(c.range.max, 6);
  // A value of layers alone is centred.
  const Observation& centred = after[sites[2].values[0].index];
  for (const ChannelSeen& c : centred.channels) {
    EXPECT_NEAR(c.sum / static_cast<double>(centred.count), 0, 0.02 * (c.range.max - c.range.min) + 1e-5);
  }
}

TEST(Equalise, EachPartCanBeSwitchedOff) {
  const Graph graph = uneven_net();
  const CalibrationSet set = random_examples(graph, 2);
  Graph same = graph;
  ASSERT_TRUE(equalise(same, channels(graph, set), {.scales = false, .shifts = false}));
  EXPECT_TRUE(equal(same, graph));
  Graph shifted = graph;
  const auto count = equalise(shifted, channels(graph, set), {.scales = false});
  EXPECT_EQ(*count, 0);
  EXPECT_FALSE(equal(shifted, graph));
}

}  // namespace paw::equalise_test
