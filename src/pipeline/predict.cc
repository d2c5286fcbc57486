#include "pipeline/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "host/file.h"
#include "host/text.h"
#include "pipeline/clock.h"
#include "pipeline/load.h"
#include "pipeline/net_runner.h"
#include "pipeline/trace_images.h"
#include "train/calibration.h"
#include "vision/resized_picture.h"

namespace paw {

namespace {

constexpr const char* kInput = "standard input";

// Photo files, one after the other; those on standard input are bounded by what DecodeLimits allows an uncompressed
// one.
class PhotoFiles {
 public:
  // The bytes are this object's until the next call.
  Result<std::span<const std::byte>> read(const std::string& path) {
    if (path == "-") return read_input();
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      return fail(ErrorCode::kUsage, printable(path), "is a folder, not a photo",
                  "name the photos in it, or try a model on a folder of class folders with `paw eval`");
    }
    PAW_ASSIGN_OR_RETURN(mapped_, map_file(path));
    return mapped_.span();
  }

 private:
  Result<std::span<const std::byte>> read_input() {
    constexpr std::size_t kMost = std::size_t{1} << 29;
    input_.clear();
    std::array<std::byte, 1 << 16> block;
    while (const std::size_t got = std::fread(block.data(), 1, block.size(), stdin)) {
      input_.insert(input_.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
      if (input_.size() > kMost) return fail(ErrorCode::kBadData, kInput, "holds more than 512 MB", "give one photo");
    }
    if (std::ferror(stdin) != 0) return fail(ErrorCode::kIo, kInput, "cannot be read");
    return input_;
  }

  Bytes mapped_;
  std::vector<std::byte> input_;
};

class Predictor {
 public:
  static Result<Predictor> create(const PredictSettings& settings) {
    PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model({.path = settings.model, .net = {}}));
    PAW_ASSIGN_OR_RETURN(const Preprocess preprocess, photo_preprocess(loaded.model, printable(settings.model)));
    PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(preprocess));
    PAW_ASSIGN_OR_RETURN(NetRunner net,
                         NetRunner::create(loaded.model, static_cast<int>(settings.threads), settings.trace));
    const auto plan = [preprocess](std::int64_t width, std::int64_t height, std::string_view where) {
      return plan_picture(preprocess, width, height, where);
    };
    PAW_ASSIGN_OR_RETURN(auto picture, ResizedPicture::create(plan));
    return Predictor(settings, std::move(loaded.model), std::move(preprocessor), std::move(picture), std::move(net));
  }

  // `pictures`: the folder for those of the trace; empty: none.
  Result<PhotoAnswer> answer(const std::string& path, const std::string& pictures) {
    PhotoAnswer answer{.path = path, .error = {}};
    const std::string where = path == "-" ? kInput : printable(path);
    const auto begin = Clock::now();
    PAW_ASSIGN_OR_RETURN(const auto file, files_.read(path));
    Image seen;
    if (settings_.trace) {
      PAW_ASSIGN_OR_RETURN(const Photo* const photo, decoder_.decode(file, where));
      PAW_ASSIGN_OR_RETURN(const PreprocessTrace trace, preprocessor_.trace(photo->image, net_.input(), where));
      answer.preprocess_trace = preprocess_lines(*photo, trace, *model_.preprocess);
      if (!pictures.empty()) seen = seen_picture(trace.picture, *model_.preprocess, net_.input());
      answer.warning = photo->warning;
    } else {
      PAW_ASSIGN_OR_RETURN(DecodeReport report, decoder_.decode(file, where, *picture_));
      PAW_RETURN_IF_ERROR(preprocessor_.values(picture_->picture(), net_.input(), where));
      answer.warning = std::move(report.warning);
    }
    answer.preprocess_ms = ms_since(begin);
    const auto inference = Clock::now();
    net_.run();
    answer.inference_ms = ms_since(inference);
    const auto post = Clock::now();
    rank(answer);
    answer.postprocess_ms = ms_since(post);
    if (settings_.trace) {
      const std::vector<NodeResult> results = net_.results();
      for (const NodeResult& result : results) answer.layers.push_back(layer_trace(net_.graph(), result));
      answer.trace_images = pictures;
      if (!pictures.empty()) PAW_RETURN_IF_ERROR(write_trace_images(pictures, seen, results, answer.layers));
    }
    return answer;
  }

 private:
  Predictor(const PredictSettings& settings, Model model, Preprocessor preprocessor,
            std::unique_ptr<ResizedPicture> picture, NetRunner net)
      : settings_(settings),
        model_(std::move(model)),
        preprocessor_(std::move(preprocessor)),
        picture_(std::move(picture)),
        net_(std::move(net)) {}

  void rank(PhotoAnswer& answer) {
    std::vector<float> scores(net_.scores().begin(), net_.scores().end());
    apply_temperature(scores, model_.temperature);
    std::vector<std::int64_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto key = [&](std::int64_t i) { return std::pair(-scores[static_cast<std::size_t>(i)], i); };
    std::ranges::sort(order, {}, key);
    for (const std::int64_t i : order) {
      if (std::ssize(answer.predictions) == settings_.top) break;
      const auto at = static_cast<std::size_t>(i);
      answer.predictions.push_back({model_.labels.empty() ? std::to_string(i) : model_.labels[at], i, scores[at]});
    }
    answer.sure = answer.predictions.empty() || answer.predictions[0].score >= model_.threshold;
    if (!settings_.trace) return;
    answer.postprocess_trace.push_back(fmt::format("temperature {:.3f}", model_.temperature));
    answer.postprocess_trace.push_back(fmt::format("best of {} scores, which add up to {:.6f}", scores.size(),
                                                   std::accumulate(scores.begin(), scores.end(), 0.0)));
    answer.postprocess_trace.push_back(
        fmt::format("threshold {:.3f}: {}", model_.threshold, answer.sure ? "sure" : "not sure"));
  }

  PredictSettings settings_;
  Model model_;
  Preprocessor preprocessor_;
  std::unique_ptr<ResizedPicture> picture_;
  NetRunner net_;
  PhotoFiles files_;
  PhotoDecoder decoder_;
};

Status check(const PredictSettings& settings) {
  if (settings.images.empty())
    return fail(ErrorCode::kUsage, "paw predict", "no photo is given", "name at least one file");
  if (settings.top < 1) return fail(ErrorCode::kUsage, "paw predict", "--top must be at least 1");
  if (settings.threads < 1 || settings.threads > 256) {
    return fail(ErrorCode::kUsage, "paw predict", "--threads must be 1 to 256");
  }
  if (settings.trace_images.empty()) return {};
  return check_output(settings.trace_images, settings.force);
}

// Of photo `index`: the folder itself for the only one, else one in it.
std::string pictures_of(const PredictSettings& settings, std::size_t index) {
  if (settings.trace_images.empty() || settings.images.size() == 1) return settings.trace_images;
  const std::filesystem::path photo = settings.images[index];
  const std::string name = photo == "-" ? "input" : photo.stem().string();
  return (std::filesystem::path(settings.trace_images) / fmt::format("{:02}_{}", index + 1, file_part(name))).string();
}

}  // namespace

const Error* PredictResult::first_error() const {
  const auto failed = std::ranges::find_if(images, [](const PhotoAnswer& a) { return a.error.has_value(); });
  return failed == images.end() ? nullptr : &*failed->error;
}

Result<PredictResult> predict(const PredictSettings& asked) {
  PAW_RETURN_IF_ERROR(check(asked));
  PredictSettings settings = asked;
  settings.trace = asked.trace || !asked.trace_images.empty();
  PAW_ASSIGN_OR_RETURN(Predictor predictor, Predictor::create(settings));
  PredictResult result{.model = settings.model, .images = {}};
  for (std::size_t i = 0; i < settings.images.size(); ++i) {
    Result<PhotoAnswer> answer = predictor.answer(settings.images[i], pictures_of(settings, i));
    if (!answer && settings.images.size() == 1) return std::unexpected(std::move(answer).error());
    if (!answer) answer = PhotoAnswer{.path = settings.images[i], .error = std::move(answer).error()};
    result.images.push_back(*std::move(answer));
  }
  return result;
}

}  // namespace paw
