#include "pipeline/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/cpu.h"
#include "formats/paw/paw_file.h"
#include "host/sha256.h"
#include "train/evaluate.h"
#include "train/transfer.h"

namespace paw {

namespace {

// Changes when the engine's or the augmentation's arithmetic does.
constexpr int kVersion = 2;

// Numbers without padding, so that their bytes can name them.
static_assert(sizeof(Augmentation) % sizeof(double) == 0 && alignof(Augmentation) == alignof(double));

std::string_view text_of(const Augmentation& augmentation) {
  return {reinterpret_cast<const char*>(&augmentation), sizeof(Augmentation)};
}

// What the features of a view depend on besides the photo, as 16 hexadecimal digits.
Result<std::string> view_name(const FeatureNet& net, const FeatureSettings& settings, std::int64_t view) {
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  std::string text = fmt::format("v{} {} {} ", kVersion, net.sha256, name(isa));
  if (view == 0) {
    text += "plain";
  } else {
    text += fmt::format("seed {} view {} ", settings.seed, view);
    text += text_of(settings.augmentation);
  }
  return to_hex(sha256(std::as_bytes(std::span(text)))).substr(0, 16);
}

void label(std::span<float> target, std::int64_t of) {
  std::ranges::fill(target, 0.0f);
  if (!target.empty()) target[static_cast<std::size_t>(of)] = 1;
}

}  // namespace

Result<FeatureNet> feature_net(const Model& model) {
  FeatureNet net;
  PAW_ASSIGN_OR_RETURN(net.graph, feature_graph(model));
  net.width = net.graph.type(net.graph.outputs[0]).shape[1];
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_paw(model));
  net.sha256 = to_hex(sha256(file.span()));
  return net;
}

Result<std::unique_ptr<Features>> Features::compute(const FeatureNet& net, std::vector<LabelledPhoto> photos,
                                                    const FeatureSettings& settings, PhotoCache& cache, BlobCache& kept,
                                                    const std::filesystem::path& folder, Progress& progress) {
  const auto row_bytes = static_cast<std::size_t>(net.width) * sizeof(float);
  PAW_ASSIGN_OR_RETURN(RowFile rows, RowFile::create(folder, row_bytes));
  PAW_ASSIGN_OR_RETURN(const auto source, PhotoExamples::create(photos,
                                                                {.preprocess = settings.preprocess,
                                                                 .classes = settings.classes,
                                                                 .augmentation = settings.augmentation,
                                                                 .plain_epoch = 0,
                                                                 .seed = settings.seed},
                                                                cache));
  std::unique_ptr<Features> features(new Features(std::move(photos), settings.views, std::move(rows)));
  const std::int64_t count = features->size();
  progress.start("features", static_cast<std::uint64_t>(settings.views * count), "photos");
  for (std::int64_t view = 0; view < settings.views; ++view) {
    PAW_ASSIGN_OR_RETURN(const std::string suffix, view_name(net, settings, view));
    const auto blob = [&](std::int64_t i) {
      return fmt::format("{}-{}", features->photos_[static_cast<std::size_t>(i)].sha256, suffix);
    };
    const auto row = [&](std::int64_t i) { return static_cast<std::uint64_t>(view * count + i); };
    std::vector<std::int64_t> missing;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto known = kept.get(blob(i));
      if (known && known->size() == row_bytes) {
        PAW_RETURN_IF_ERROR(features->rows_.write(row(i), known->span()));
        progress.advance();
      } else {
        missing.push_back(i);
      }
    }
    const SomeExamples unknown(*source, missing);
    const auto sink = [&](std::int64_t first, std::span<const float> outputs, std::span<const float>) -> Status {
      const auto bytes = std::as_bytes(outputs);
      for (std::size_t at = 0; at < bytes.size(); at += row_bytes) {
        const std::int64_t i = missing[static_cast<std::size_t>(first) + at / row_bytes];
        PAW_RETURN_IF_ERROR(features->rows_.write(row(i), bytes.subspan(at, row_bytes)));
        kept.put(blob(i), {bytes.subspan(at, row_bytes)});
        progress.advance();
      }
      return {};
    };
    PAW_RETURN_IF_ERROR(
        run_examples(net.graph, unknown, 0, {.epoch = view, .batch = 32, .threads = settings.threads}, sink));
    features->computed_ += std::ssize(missing);
  }
  progress.finish();
  return features;
}

Status Features::read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const {
  label(target, photos_[static_cast<std::size_t>(index)].label);
  return rows_.read(static_cast<std::uint64_t>(epoch % views_ * size() + index), std::as_writable_bytes(input));
}

}  // namespace paw
