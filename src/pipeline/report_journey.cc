// One photo of a run, followed through its model.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/text.h"
#include "passes/export_form.h"
#include "pipeline/report_parts.h"
#include "pipeline/trace.h"
#include "pipeline/why_plan.h"
#include "vision/feature_sheet.h"

namespace paw {

namespace {

constexpr std::int64_t kPhotoSide = 320;  // of the photo as it came, on the page
constexpr std::int64_t kMapsShown = 16;   // channels of a layer
constexpr std::size_t kMostMapped = 6;    // layers
constexpr double kOverlay = 0.65;         // how much of the picture the brightest place hides

// Neither the surest answer nor the least sure: what this model usually does.
const TestAnswer* typical_answer(const std::vector<TestAnswer>& answers) {
  std::vector<const TestAnswer*> right;
  for (const TestAnswer& answer : answers) {
    if (answer.right()) right.push_back(&answer);
  }
  if (right.empty()) return answers.empty() ? nullptr : &answers.front();
  std::ranges::sort(right, {}, [](const TestAnswer* a) { return std::pair(a->score(), std::string_view(a->path)); });
  return right[right.size() / 2];
}

// The input's channels beside each other, each from black (its least value) to white.
Image channel_pictures(std::span<const float> input, const Preprocess& p) {
  const std::int64_t channels = p.color == ColorOrder::kGray ? 1 : 3;
  std::vector<Image> images(static_cast<std::size_t>(channels));
  for (std::int64_t c = 0; c < channels; ++c) {
    float low = HUGE_VALF, high = -HUGE_VALF;
    for (std::size_t i = static_cast<std::size_t>(c); i < input.size(); i += static_cast<std::size_t>(channels)) {
      low = std::min(low, input[i]);
      high = std::max(high, input[i]);
    }
    Image& image = images[static_cast<std::size_t>(c)];
    image.set_size(p.width, p.height);
    for (std::int64_t i = 0; i < p.width * p.height; ++i) {
      const float level = (input[static_cast<std::size_t>(i * channels + c)] - low) / std::max(high - low, 1e-6f);
      std::fill_n(image.rgb.data() + 3 * i, 3, static_cast<std::uint8_t>(std::lround(255 * level)));
    }
  }
  return sheet_of(images, channels);
}

std::string resize_words(const PreprocessTrace& trace, const Preprocess& p) {
  const ImageResize& r = trace.resize;
  const auto size = fmt::format("{} x {} pixels", r.x.target, r.y.target);
  switch (p.geometry) {
    case Geometry::kCrop:
      return fmt::format("to {} x {}, of which the middle {}, {} filter", r.x.scaled, r.y.scaled, size,
                         enum_name(p.filter));
    case Geometry::kFit: return fmt::format("to {} x {}, the rest of {} is filled", r.x.scaled, r.y.scaled, size);
    case Geometry::kStretch: break;
  }
  return fmt::format("to {}, whatever its shape, {} filter", size, enum_name(p.filter));
}

std::string number_words(const PreprocessTrace& trace, const Preprocess& p) {
  const ChannelStats &pixels = trace.pixels[0], &values = trace.values[0];
  return fmt::format(
      "each channel times its scale plus its bias ({:.4g} and {:.4g} for the first): pixels {:.0f} to {:.0f} "
      "become {:.2f} to {:.2f}",
      p.scale[0], p.bias[0], pixels.min, pixels.max, values.min, values.max);
}

Status add_steps(report::JourneyPart& j, const Photo& photo, const PreprocessTrace& trace, std::span<const float> input,
                 const Preprocess& p) {
  PAW_ASSIGN_OR_RETURN(const Image whole, whole_of(photo.image, kPhotoSide));
  PAW_ASSIGN_OR_RETURN(report::Picture decoded, picture_of(whole, "the photo as it was taken"));
  PAW_ASSIGN_OR_RETURN(report::Picture resized, picture_of(trace.picture, "the photo as the model sees it", 85));
  PAW_ASSIGN_OR_RETURN(const Image channels, whole_of(channel_pictures(input, p), 2 * kPhotoSide));
  PAW_ASSIGN_OR_RETURN(report::Picture numbers,
                       picture_of(channels, "the channels of the input side by side, in grey"));
  j.steps = {{"Decoded.",
              fmt::format("{}, {} x {} pixels, turned upright", name(photo.header.format), photo.image.width,
                          photo.image.height),
              std::move(decoded)},
             {"Resized", resize_words(trace, p), std::move(resized)},
             {"Numbers:", number_words(trace, p), std::move(numbers)}};
  return {};
}

// Of each size of feature maps the last layer; spread over the net when there are many sizes.
std::vector<std::size_t> mapped_layers(const std::vector<NodeResult>& results) {
  std::vector<std::size_t> last;
  std::int64_t height = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Shape& shape = results[i].value.type.shape;
    if (shape.rank() != 4 || shape[0] != 1 || shape[1] < 2) continue;
    if (shape[1] == height && !last.empty()) {
      last.back() = i;
    } else {
      last.push_back(i);
    }
    height = shape[1];
  }
  std::vector<std::size_t> chosen;
  const std::size_t count = std::min(kMostMapped, last.size());
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(last[(i + 1) * last.size() / count - 1]);
  return chosen;
}

// Requires [1][height][width][channels].
Result<report::Picture> maps_of(const Tensor& layer) {
  const Shape& shape = layer.type.shape;
  const std::vector<double> real = real_values(layer);
  const std::vector<float> values(real.begin(), real.end());
  const FeatureSheet sheet = feature_sheet({values, shape[1], shape[2], shape[3]}, kMapsShown);
  PAW_ASSIGN_OR_RETURN(const Image small, whole_of(sheet.image, kPhotoSide));
  return picture_of(small, fmt::format("{} feature maps of {} x {}", sheet.shown, shape[1], shape[2]), 75);
}

Status add_layers(report::JourneyPart& j, const Graph& graph, const std::vector<NodeResult>& results, bool times) {
  for (const NodeResult& result : results) {
    const LayerTrace trace = layer_trace(graph, result);
    report::LayerTime layer{.name = trace.name, .op = trace.op, .shape = trace.shape, .zeros = trace.zeros};
    if (times) layer.ms = trace.ms;
    j.layers.push_back(std::move(layer));
  }
  for (const std::size_t i : mapped_layers(results)) {
    const Shape& shape = results[i].value.type.shape;
    PAW_ASSIGN_OR_RETURN(report::Picture picture, maps_of(results[i].value));
    j.maps.push_back(
        {.title = fmt::format("Layer {} of {}, {}:", i + 1, results.size(), j.layers[i].op),
         .text = fmt::format("{} of {} maps of {} x {}", std::min(kMapsShown, shape[3]), shape[3], shape[1], shape[2]),
         .trained = std::move(picture),
         .small = {}});
  }
  return {};
}

// The smaller file's maps beside the trained model's: channels are the same ones where the shapes are.
Status add_small_maps(report::JourneyPart& j, const std::vector<NodeResult>& trained, PhotoModel& small,
                      const Image& photo) {
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(small.model(), 1, true));
  PAW_ASSIGN_OR_RETURN(const std::span<const float> input, small.input(photo));
  std::ranges::copy(input, net.input().begin());
  net.run();
  const std::vector<NodeResult> results = net.results();
  const std::vector<std::size_t> mapped = mapped_layers(trained), own = mapped_layers(results);
  for (std::size_t i = 0; i < mapped.size() && own.size() == mapped.size(); ++i) {
    const Tensor& maps = results[own[i]].value;
    if (maps.type.shape != trained[mapped[i]].value.type.shape) continue;
    PAW_ASSIGN_OR_RETURN(j.maps[i].small, maps_of(maps));
  }
  return {};
}

// What speaks for class `said` by place: its logit less the mean of the others', from 0 to 1. [height][width]
std::vector<double> evidence(std::span<const float> logits, std::int64_t places, std::int64_t classes,
                             std::int64_t said) {
  std::vector<double> out(static_cast<std::size_t>(places));
  double most = 0;
  for (std::int64_t i = 0; i < places; ++i) {
    double all = 0;
    for (std::int64_t c = 0; c < classes; ++c) all += logits[static_cast<std::size_t>(i * classes + c)];
    const double own = logits[static_cast<std::size_t>(i * classes + said)];
    const double others = (all - own) / static_cast<double>(std::max<std::int64_t>(classes - 1, 1));
    out[static_cast<std::size_t>(i)] = std::max(0.0, own - others);
    most = std::max(most, out[static_cast<std::size_t>(i)]);
  }
  for (double& value : out) value = most > 0 ? value / most : 0;
  return out;
}

// The picture, more of the heat's colour the more a place speaks; bilinear between the places' middles.
Image heated(const Image& picture, const std::vector<double>& level, std::int64_t height, std::int64_t width) {
  Image out = picture;
  const auto at = [&](std::int64_t y, std::int64_t x) {
    return level[static_cast<std::size_t>(std::clamp<std::int64_t>(y, 0, height - 1) * width +
                                          std::clamp<std::int64_t>(x, 0, width - 1))];
  };
  for (std::int64_t y = 0; y < picture.height; ++y) {
    for (std::int64_t x = 0; x < picture.width; ++x) {
      const double v =
          (static_cast<double>(y) + 0.5) * static_cast<double>(height) / static_cast<double>(picture.height) - 0.5;
      const double u =
          (static_cast<double>(x) + 0.5) * static_cast<double>(width) / static_cast<double>(picture.width) - 0.5;
      const auto top = static_cast<std::int64_t>(std::floor(v)), left = static_cast<std::int64_t>(std::floor(u));
      const double down = v - static_cast<double>(top), right = u - static_cast<double>(left);
      const double heat = (at(top, left) * (1 - right) + at(top, left + 1) * right) * (1 - down) +
                          (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down;
      const auto color = heat_color(heat);
      std::uint8_t* pixel = out.rgb.data() + 3 * (y * picture.width + x);
      for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] =
            static_cast<std::uint8_t>(std::lround(pixel[c] * (1 - kOverlay * heat) + color[c] * kOverlay * heat));
      }
    }
  }
  return out;
}

// Empty: the model's end is none that tells where it looked.
Result<report::Picture> overlay_of(const Model& model, const Image& picture, std::span<const float> input,
                                   std::int64_t said) {
  PAW_ASSIGN_OR_RETURN(const Model exported, export_form(model));
  const AppGraph app = app_graph(exported);
  PAW_ASSIGN_OR_RETURN(AppPlans plans, app_plans(app));
  if (!plans.why) return report::Picture{};
  PAW_ASSIGN_OR_RETURN(NetRunner main, NetRunner::of_plan(plans.main, "report", 1));
  PAW_ASSIGN_OR_RETURN(NetRunner why, NetRunner::of_plan(*plans.why, "report", 1));
  std::ranges::copy(input, main.input().begin());
  main.run();
  const auto features = main.scores(1);
  std::ranges::copy(features, why.input().begin());
  why.run();
  const Shape& maps = app.main.type(app.main.outputs[1]).shape;
  const std::vector<double> level = evidence(why.scores(), maps[1] * maps[2], std::ssize(model.labels), said);
  const Image shown = heated(picture, level, maps[1], maps[2]);
  return picture_of(
      shown,
      fmt::format("the photo with the places bright that speak for {}", model.labels[static_cast<std::size_t>(said)]),
      85);
}

// The smallest file that was made by a recipe; null: none.
const report::FileRow* smallest_optimized(const report::FilesPart& files) {
  const report::FileRow* best = nullptr;
  for (const report::FileRow& file : files.files) {
    if (file.optimized() && (best == nullptr || file.bytes < best->bytes)) best = &file;
  }
  return best;
}

}  // namespace

Result<report::JourneyPart> journey_of(const RunRecord& run, const PhotoModel& model, const report::FilesPart& files,
                                       const std::vector<TestAnswer>& answers, ReportPhotos& photos, bool times) {
  report::JourneyPart j{.missing = photos.why_not(), .labels = model.model().labels};
  const TestAnswer* const chosen = typical_answer(answers);
  const Photo* const photo = chosen == nullptr ? nullptr : photos.decode(chosen->path);
  if (photo == nullptr) return j;
  j.photo = chosen->path;
  j.label = j.labels[static_cast<std::size_t>(chosen->label)];
  const Preprocess& p = *model.model().preprocess;
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(p));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(model.model(), 1, true));
  PAW_ASSIGN_OR_RETURN(const PreprocessTrace trace, preprocessor.trace(photo->image, net.input(), "report"));
  PAW_RETURN_IF_ERROR(add_steps(j, *photo, trace, net.input(), p));
  PAW_ASSIGN_OR_RETURN(j.overlay, overlay_of(model.model(), trace.picture, net.input(), chosen->said));
  net.run();
  const std::vector<NodeResult> layers = net.results();
  PAW_RETURN_IF_ERROR(add_layers(j, net.graph(), layers, times));
  j.answers.push_back({"model.paw", chosen->scores});
  if (const report::FileRow* small = smallest_optimized(files)) {
    PAW_ASSIGN_OR_RETURN(PhotoModel other, PhotoModel::load((run.folder / small->file).string(), 1));
    if (other.model().labels != j.labels) return j;
    PAW_ASSIGN_OR_RETURN(std::vector<double> scores, other.scores(photo->image));
    j.answers.push_back({small->file.substr(small->file.rfind('/') + 1), std::move(scores)});
    PAW_RETURN_IF_ERROR(add_small_maps(j, layers, other, photo->image));
  }
  return j;
}

}  // namespace paw
