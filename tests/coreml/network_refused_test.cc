// NeuralNetworks that are broken, or hold what is not supported: refused, by name. And layers of older files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coreml_testing.h"
#include "formats/coreml/lists.h"
#include "ops/pool.h"

namespace paw::network_refused_test {
namespace {

using namespace coreml_testing;
using coreml::pack_floats;
using coreml::pack_integers;
using coreml::schema::Layer;
using coreml::schema::Model;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

auto& layers(Model& m) { return *m.mutable_network_classifier()->mutable_layers(); }
auto& convolution(Model& m) { return *layers(m).Mutable(0)->mutable_convolution(); }

TEST(NetworkRefused, NothingWhenNothingIsChanged) {
  EXPECT_EQ(network_refusal([](Model&) {}), "");
}

TEST(NetworkRefused, KindsOfModels) {
  EXPECT_THAT(network_refusal([](Model& m) { m.clear_kind(); }),
              HasSubstr("is neither a neural network nor an ML Program"));
  EXPECT_THAT(network_refusal([](Model& m) { layers(m).Clear(); }), HasSubstr("has no layers"));
}

// A layer that is not read is called by its name, whatever our schema knows of it.
TEST(NetworkRefused, LayersThatAreNotSupported) {
  const auto with_layer = [](std::uint32_t number) {
    return network_refusal([&](Model& m) {
      Layer& layer = *layers(m).Mutable(0);
      layer.clear_kind();
      std::string bytes = layer.SerializeAsString();
      const std::uint32_t tag = number << 3 | 2;
      bytes += static_cast<char>(tag | 0x80);
      bytes += static_cast<char>(tag >> 7 | 0x80);
      bytes += static_cast<char>(tag >> 14);
      bytes += '\0';
      ASSERT_TRUE(layer.ParseFromString(bytes));
    });
  };
  EXPECT_THAT(with_layer(420), HasSubstr("layer 'conv'] is a uniDirectionalLSTM layer, which is not supported"));
  EXPECT_THAT(with_layer(500), HasSubstr("is a custom layer"));
  EXPECT_THAT(with_layer(4999), HasSubstr("is of unknown kind 4999"));
  EXPECT_THAT(network_refusal([](Model& m) { layers(m).Mutable(0)->clear_kind(); }), HasSubstr("is of no kind"));
}

TEST(NetworkRefused, NumbersThatNoConvolutionHas) {
  EXPECT_THAT(network_refusal([](Model& m) { convolution(m).set_transposed(true); }),
              HasSubstr("is a transposed convolution"));
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX}) {
    const std::string packed = pack_integers(std::array<std::int64_t, 2>{bad, 1});
    EXPECT_NE(network_refusal([&](Model& m) { convolution(m).set_stride(packed); }), "") << bad;
    EXPECT_NE(network_refusal([&](Model& m) { convolution(m).set_dilation(packed); }), "") << bad;
    EXPECT_NE(network_refusal([&](Model& m) { convolution(m).set_kernel(packed); }), "") << bad;
  }
  EXPECT_NE(network_refusal([](Model& m) { convolution(m).set_groups(5); }), "");
  EXPECT_NE(network_refusal([](Model& m) { convolution(m).set_groups(UINT64_MAX); }), "");
  EXPECT_THAT(network_refusal([](Model& m) { convolution(m).set_output_channels(0); }), HasSubstr("an extent of 0"));
  EXPECT_THAT(network_refusal([](Model& m) { convolution(m).set_output_channels(1u << 30); }), HasSubstr("needs"));
  EXPECT_THAT(network_refusal([](Model& m) { convolution(m).mutable_weights()->clear_floats(); }),
              HasSubstr("its weights are missing"));
  EXPECT_THAT(network_refusal([](Model& m) { convolution(m).mutable_weights()->mutable_floats()->pop_back(); }),
              HasSubstr("take 215 bytes"));
}

TEST(NetworkRefused, QuantisedWeights) {
  const auto quantised = [](std::uint64_t bits, std::size_t bytes, std::size_t scales, std::size_t table) {
    return network_refusal([&](Model& m) {
      auto& weights = *convolution(m).mutable_weights();
      weights.clear_floats();
      weights.set_raw(std::string(bytes, '\x12'));
      auto& q = *weights.mutable_quantization();
      q.set_bits(bits);
      if (scales > 0) q.mutable_linear()->set_scale(pack_floats(std::vector<float>(scales, 0.5f)));
      if (table > 0) q.mutable_table()->set_floats(pack_floats(std::vector<float>(table, 0.5f)));
    });
  };
  EXPECT_EQ(quantised(8, 54, 1, 0), "");
  EXPECT_EQ(quantised(8, 54, 2, 0), "");
  EXPECT_EQ(quantised(4, 27, 0, 16), "");
  EXPECT_THAT(quantised(0, 54, 1, 0), HasSubstr("have 0 bits each"));
  EXPECT_THAT(quantised(9, 54, 1, 0), HasSubstr("have 9 bits each"));
  EXPECT_THAT(quantised(8, 53, 1, 0), HasSubstr("take 53 bytes"));
  EXPECT_THAT(quantised(8, 54, 3, 0), HasSubstr("wrong number of scales"));
  EXPECT_THAT(quantised(4, 27, 0, 15), HasSubstr("a table of the wrong size"));
  EXPECT_THAT(quantised(8, 54, 0, 0), HasSubstr("are quantised in an unknown way"));
}

TEST(NetworkRefused, NamesOfBlobs) {
  EXPECT_THAT(network_refusal([](Model& m) { layers(m).Mutable(0)->set_inputs(0, "conv"); }),
              HasSubstr("reads 'conv', which nothing before it computes"));
  EXPECT_THAT(network_refusal([](Model& m) { layers(m).Mutable(1)->set_outputs(0, "image"); }),
              HasSubstr("'image' is computed twice"));
  EXPECT_THAT(network_refusal([](Model& m) { layers(m).Mutable(0)->clear_inputs(); }), HasSubstr("has 0 inputs"));
  EXPECT_THAT(network_refusal([](Model& m) { m.mutable_network_classifier()->set_probabilities("other"); }),
              HasSubstr("nothing computes the output 'other'"));
  EXPECT_THAT(
      network_refusal([](Model& m) { m.mutable_network_classifier()->mutable_text_labels()->add_values("bird"); }),
      HasSubstr("3 labels for scores"));
  // The blob of probabilities may go without saying: it is the last.
  EXPECT_EQ(network_refusal([](Model& m) { m.mutable_network_classifier()->clear_probabilities(); }), "");
}

// --- older layers, as files of 2018 have them ---

// A network of these layers on a grey image or an array.
Result<ReadModel> read_layers(const std::function<void(Model&)>& fill) {
  Model m;
  m.set_version(1);
  fill(m);
  return read_mlmodel(coreml::serialize_model(m), "old.mlmodel");
}

void add_array_input(Model& m, std::vector<std::int64_t> shape) {
  auto& input = *m.mutable_description()->add_inputs();
  input.set_name("x");
  input.mutable_type()->mutable_array()->set_shape(pack_integers(shape));
  input.mutable_type()->mutable_array()->set_type(65568);
  auto& output = *m.mutable_description()->add_outputs();
  output.set_name("y");
  output.mutable_type()->mutable_array()->set_type(65568);
}

Layer& add_layer(Model& m) {
  Layer& layer = *m.mutable_network()->add_layers();
  layer.set_name("layer");
  layer.add_inputs("x");
  layer.add_outputs("y");
  return layer;
}

// Flattening goes channel by channel, or in mode 1 pixel by pixel: confusing them gives a confident wrong class.
TEST(OldNetworks, FlattenInItsTwoModes) {
  for (const int mode : {0, 1}) {
    const auto read = read_layers([&](Model& m) {
      add_array_input(m, {2, 3, 4});  // [C,H,W]
      add_layer(m).mutable_flatten()->set_mode(mode);
    });
    ASSERT_TRUE(read) << read.error().text();
    const Graph& graph = read->model.graph;
    EXPECT_THAT(graph.type(graph.inputs[0]).shape.extents(), ElementsAre(2, 3, 4));
    EXPECT_THAT(graph.type(graph.outputs[0]).shape.extents(), ElementsAre(1, 1, 1, 24));
    const bool transposes = std::ranges::any_of(graph.nodes, [](const Node& n) { return n.op == &op::transpose; });
    EXPECT_EQ(transposes, mode == 1);  // the file's array is channel by channel
  }
}

TEST(OldNetworks, PoolingAsCaffeCounts) {
  const auto read = read_layers([](Model& m) {
    add_array_input(m, {1, 6, 6});
    auto& pooling = *add_layer(m).mutable_pooling();
    pooling.set_kernel(pack_integers(std::array<std::int64_t, 2>{3, 3}));
    pooling.set_stride(pack_integers(std::array<std::int64_t, 2>{2, 2}));
    pooling.mutable_complete()->set_amounts(pack_integers(std::array<std::int64_t, 2>{0, 0}));
  });
  ASSERT_TRUE(read) << read.error().text();
  const Graph& graph = read->model.graph;
  EXPECT_THAT(graph.type(graph.outputs[0]).shape.extents(), ElementsAre(1, 3, 3, 1));
}

TEST(OldNetworks, GlobalPoolingAndScale) {
  const auto read = read_layers([](Model& m) {
    add_array_input(m, {2, 4, 4});
    Layer& scale = add_layer(m);
    scale.set_outputs(0, "scaled");
    scale.mutable_scale()->set_scale_shape(pack_integers(std::array<std::int64_t, 1>{2}));
    scale.mutable_scale()->mutable_scale()->set_floats(pack_floats(std::array{2.0f, 3.0f}));
    Layer& pool = add_layer(m);
    pool.set_inputs(0, "scaled");
    pool.mutable_pooling()->set_type(1);
    pool.mutable_pooling()->set_global(true);
  });
  ASSERT_TRUE(read) << read.error().text();
  const Graph& graph = read->model.graph;
  EXPECT_THAT(graph.type(graph.outputs[0]).shape.extents(), ElementsAre(1, 1, 1, 2));
}

TEST(OldNetworks, GreyImagesHaveTheirOwnBias) {
  const auto read = read_layers([](Model& m) {
    auto& input = *m.mutable_description()->add_inputs();
    input.set_name("x");
    auto& image = *input.mutable_type()->mutable_image();
    image.set_width(4);
    image.set_height(6);
    image.set_color(10);
    auto& output = *m.mutable_description()->add_outputs();
    output.set_name("y");
    output.mutable_type()->mutable_array()->set_type(65568);
    auto& scaler = *m.mutable_network()->add_preprocessing()->mutable_scaler();
    scaler.set_scale(0.5f);
    scaler.set_gray(-1);
    scaler.set_red(7);
    add_layer(m).mutable_softmax();
  });
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_TRUE(read->model.preprocess);
  const Preprocess& p = *read->model.preprocess;
  EXPECT_EQ(p.color, ColorOrder::kGray);
  EXPECT_EQ(p.scale[0], 0.5);
  EXPECT_EQ(p.bias[0], -1);
  EXPECT_EQ(p.width, 4);
  EXPECT_EQ(p.height, 6);
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("does not say how a photo becomes 4 x 6 pixels")));
}

}  // namespace
}  // namespace paw::network_refused_test
