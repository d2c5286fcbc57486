// Quantises EfficientNet-Lite0 with its ImageNet weights and writes it, for bench/quantize; what the engine makes of
// the result is printed beside.
//
//   paw_quantize_bench --photos imagenet-1000 --inputs inputs.f32 --form static_wi8_ai8 --output out.tflite --score
//   paw_quantize_bench --photos imagenet-1000 --inputs inputs.f32 --recipe palette4 --output out.mlpackage --score
//   paw_quantize_bench --photos imagenet-1000 --inputs inputs.f32 --judge other.mlpackage
//
// What is judged is the file as it is read back.
// Calibrated on photo floor(i * count / N) of each i below N, by sorted path; judged on all.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "flags_main.h"
#include "formats/coreml/coreml_file.h"
#include "formats/tflite/tflite_file.h"
#include "host/file.h"
#include "host/progress.h"
#include "optimize/apply_recipe.h"
#include "passes/export_form.h"
#include "pipeline/backbone.h"
#include "pipeline/model_files.h"
#include "pipeline/net_runner.h"
#include "pipeline/trial_photos.h"
#include "vision/preprocess.h"

namespace paw {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Settings {
  std::string photos, inputs, form = "static_wi8_ai8", recipe, output, judge, estimator = "automatic",
                              bias = "analytic";
  std::int64_t calibrate = 128, threads = 2, mixed = 0;
  bool score = false, learn = false, plain = false, per_tensor = false, equalise = false, no_absorb = false,
       by_output = false;
  std::vector<std::string> keep_float;
};

// Inputs of all photos, one behind the other, as floats.
Status write_inputs(const Model& model, const Settings& settings) {
  PAW_ASSIGN_OR_RETURN(const auto photos, trial_photos(settings.photos));
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(*model.preprocess));
  const auto size = static_cast<std::size_t>(preprocessor.input_size());
  std::vector<float> all(size * static_cast<std::size_t>(photos->size()));
  for (std::int64_t i = 0; i < photos->size(); ++i) {
    PAW_ASSIGN_OR_RETURN(const TrialPhoto photo, photos->read(i));
    PAW_RETURN_IF_ERROR(
        preprocessor.run(photo.image, std::span(all).subspan(static_cast<std::size_t>(i) * size, size), photo.name));
  }
  return write_file_unsynced(settings.inputs, std::as_bytes(std::span(all)));
}

std::span<const float> row(std::span<const float> all, std::int64_t i, std::size_t size) {
  return all.subspan(static_cast<std::size_t>(i) * size, size);
}

// Scores of every input, [inputs][classes].
Result<std::vector<float>> scores_of(const Model& model, std::span<const float> inputs, int threads) {
  PAW_ASSIGN_OR_RETURN(NetRunner runner, NetRunner::create(model, threads, false));
  const std::size_t size = runner.input().size();
  std::vector<float> out;
  for (std::size_t i = 0; i < inputs.size() / size; ++i) {
    std::ranges::copy(row(inputs, static_cast<std::int64_t>(i), size), runner.input().begin());
    runner.run();
    out.insert(out.end(), runner.scores().begin(), runner.scores().end());
  }
  return out;
}

// Scores of the float model, kept beside the inputs.
Result<std::vector<float>> float_scores(const Model& model, std::span<const float> inputs, const Settings& settings) {
  const std::string path = settings.inputs + ".scores";
  if (const auto file = map_file(path)) {
    const auto kept = file->as<float>();
    return std::vector<float>(kept.begin(), kept.end());
  }
  PAW_ASSIGN_OR_RETURN(auto scores, scores_of(model, inputs, static_cast<int>(settings.threads)));
  PAW_RETURN_IF_ERROR(write_file_unsynced(path, std::as_bytes(std::span(scores))));
  return scores;
}

bool calibrated_on(std::size_t photo, std::size_t photos, std::size_t used) {
  for (std::size_t i = 0; i < used; ++i) {
    if (i * photos / used == photo) return true;
  }
  return false;
}

// Photo i shows class i.
nlohmann::json judge(std::span<const float> wanted, std::span<const float> got, std::size_t photos, std::size_t used) {
  const std::size_t classes = wanted.size() / photos;
  nlohmann::json out;
  for (const bool all : {true, false}) {
    double right = 0, same = 0, variation = 0, count = 0, sure = 0;  // sure: how much more the best score is
    for (std::size_t i = 0; i < photos; ++i) {
      if (!all && calibrated_on(i, photos, used)) continue;
      const auto a = wanted.subspan(i * classes, classes), b = got.subspan(i * classes, classes);
      const auto first = std::ranges::max_element(a) - a.begin(), answer = std::ranges::max_element(b) - b.begin();
      right += answer == static_cast<std::ptrdiff_t>(i);
      same += answer == first;
      sure += b[static_cast<std::size_t>(answer)] - a[static_cast<std::size_t>(first)];
      for (std::size_t k = 0; k < classes; ++k) variation += std::abs(a[k] - b[k]) / 2;
      ++count;
    }
    out[all ? "all" : "unseen"] = {
        {"top1", right / count}, {"same", same / count}, {"tv", variation / count}, {"sure", sure / count}};
  }
  return out;
}

Result<QuantiseSettings> settings_of(const Settings& s) {
  const auto form = enum_named<QuantForm>(s.form);
  const auto estimator = enum_named<RangeEstimator>(s.estimator);
  const auto bias = enum_named<BiasCorrection>(s.bias);
  if (!form || !estimator || !bias) return fail(ErrorCode::kUsage, "paw_quantize_bench", "a name is none of its kind");
  QuantiseSettings out{.form = *form,
                       .dense_per_channel = !s.per_tensor,
                       .estimator = *estimator,
                       .ranges_by_output = s.by_output,
                       .mixed = static_cast<int>(s.mixed),
                       .equalise = s.equalise,
                       .absorb_bias = !s.no_absorb,
                       .bias_correction = *bias,
                       .learn_rounding = s.learn,
                       .keep_float = s.keep_float,
                       .threads = static_cast<int>(s.threads)};
  if (s.plain) {
    out.equalise = out.absorb_bias = out.learn_rounding = false;
    out.bias_correction = BiasCorrection::kNone;
    out.estimator = RangeEstimator::kMinMax;
  }
  return out;
}

// Written, and read again into `model`; its bytes.
Result<std::size_t> through_tflite(Model& model, const std::string& output) {
  PAW_ASSIGN_OR_RETURN(const Bytes written, write_tflite(model, {.metadata = false}));
  if (!output.empty()) PAW_RETURN_IF_ERROR(write_file(output, written.span()));
  PAW_ASSIGN_OR_RETURN(ReadModel read, read_tflite(written, "written"));
  model.graph = std::move(read.model.graph);
  return written.size();
}

// With labels "0", "1" and so on, for those who want a classifier.
Result<std::size_t> through_ml_program(Model& model, const std::string& output, std::vector<std::string>& notes) {
  Model named = model;
  const std::int64_t classes = model.graph.type(model.graph.outputs[0]).shape.elements();
  for (std::int64_t i = 0; i < classes; ++i) named.labels.push_back(std::to_string(i));
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(named, {.at_least = IosVersion::kIos18}, &notes));
  PAW_RETURN_IF_ERROR(save_mlpackage(package, output));
  PAW_ASSIGN_OR_RETURN(ReadModel read, read_mlpackage(package, "written"));
  model.graph = std::move(read.model.graph);
  return package.model.size() + package.weights.size() + package.manifest.size();
}

Result<QuantisedGraph> make(const Model& model, const CalibrationSet& examples, const Settings& settings,
                            const QuantiseProgress& say) {
  PAW_ASSIGN_OR_RETURN(const QuantiseSettings how, settings_of(settings));
  if (settings.recipe == "none") return QuantisedGraph{.graph = model.graph, .report = {}};
  if (settings.recipe.empty()) return quantise(model.graph, examples, how, say);
  PAW_ASSIGN_OR_RETURN(const Recipe recipe, parse_recipe(settings.recipe));
  return apply_recipe(model.graph, recipe, examples, how, {}, say);
}

// A Core ML file that someone else made of the same net.
Result<nlohmann::json> judge_file(const Model& model, std::span<const float> inputs, const Settings& settings) {
  PAW_ASSIGN_OR_RETURN(const ReadModel read, read_mlpackage(std::filesystem::path(settings.judge)));
  PAW_ASSIGN_OR_RETURN(const auto wanted, float_scores(model, inputs, settings));
  PAW_ASSIGN_OR_RETURN(const auto got, scores_of(read.model, inputs, static_cast<int>(settings.threads)));
  const std::size_t photos =
      wanted.size() / static_cast<std::size_t>(model.graph.type(model.graph.outputs[0]).shape.elements());
  return nlohmann::json{{"float_bytes", totals(model.graph).parameters * 4},
                        {"bytes", bytes_on_disk(settings.judge)},
                        {"engine", judge(wanted, got, photos, static_cast<std::size_t>(settings.calibrate))}};
}

Result<nlohmann::json> measure(const Settings& settings) {
  PAW_ASSIGN_OR_RETURN(const Model loaded, load_backbone("efficientnet-lite0"));
  PAW_ASSIGN_OR_RETURN(Model model, export_form(loaded));
  if (!std::filesystem::exists(settings.inputs)) PAW_RETURN_IF_ERROR(write_inputs(model, settings));
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(settings.inputs));
  const auto inputs = file.as<float>();
  if (!settings.judge.empty()) return judge_file(model, inputs, settings);
  CalibrationSet examples{model.graph.type(model.graph.inputs[0]).shape, {}};
  const auto size = static_cast<std::size_t>(examples.shape.elements());
  const auto photos = static_cast<std::int64_t>(inputs.size() / size);
  for (std::int64_t i = 0; i < settings.calibrate; ++i) {
    std::ranges::copy(row(inputs, i * photos / settings.calibrate, size), examples.add().begin());
  }
  const auto begin = Clock::now();
  std::string last;
  const auto say = [&](std::string_view stage, std::int64_t done, std::int64_t total) {
    if (stage != last) fmt::print(stderr, "{:.1f} s: {} ({})\n", seconds_since(begin), stage, total);
    last = stage;
    (void)done;
  };
  PAW_ASSIGN_OR_RETURN(QuantisedGraph made, make(model, examples, settings, say));
  nlohmann::json out{{"form", settings.recipe.empty() ? settings.form : settings.recipe},
                     {"seconds", seconds_since(begin)},
                     {"float_bytes", totals(model.graph).parameters * 4}};
  const Model before = model;
  model.graph = std::move(made.graph);
  const bool core_ml = settings.output.ends_with(".mlpackage");
  PAW_ASSIGN_OR_RETURN(const std::size_t bytes, core_ml ? through_ml_program(model, settings.output, made.report.notes)
                                                        : through_tflite(model, settings.output));
  out["bytes"] = bytes;
  out["notes"] = made.report.notes;
  PAW_ASSIGN_OR_RETURN(const auto wanted, float_scores(before, inputs, settings));
  if (settings.score) {
    PAW_ASSIGN_OR_RETURN(const auto got, scores_of(model, inputs, static_cast<int>(settings.threads)));
    out["engine"] = judge(wanted, got, static_cast<std::size_t>(photos), static_cast<std::size_t>(settings.calibrate));
  }
  for (const LayerReport& l : made.report.layers) {
    out["layers"].push_back({{"name", l.name},
                             {"estimator", l.estimator},
                             {"sqnr_db", l.sqnr_db},
                             {"kept_float", l.kept_float},
                             {"noise", l.noise}});
  }
  return out;
}

int run(const Settings& settings) {
  const auto out = measure(settings);
  if (!out) {
    fmt::print(stderr, "{}\n", out.error().text());
    return exit_code(out.error().code);
  }
  fmt::print("{}\n", out->dump());
  return 0;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) {
  paw::Settings s;
  const std::vector<paw::Flag> flags{
      {"--photos", "FOLDER", "", &s.photos},
      {"--inputs", "FILE", "made when it is not there", &s.inputs, true},
      {"--form", "NAME", "", &s.form},
      {"--recipe", "STEPS", "instead of a form", &s.recipe},
      {"--output", "FILE", ".tflite or .mlpackage", &s.output},
      {"--judge", "FILE", "a .mlpackage instead of making one", &s.judge},
      {"--calibrate", "N", "", &s.calibrate},
      {"--threads", "N", "", &s.threads},
      {"--estimator", "NAME", "", &s.estimator},
      {"--bias", "NAME", "", &s.bias},
      {"--learn", "", "", &s.learn},
      {"--plain", "", "", &s.plain},
      {"--dense-per-tensor", "", "", &s.per_tensor},
      {"--equalise", "", "", &s.equalise},
      {"--no-absorb", "", "", &s.no_absorb},
      {"--ranges-by-output", "", "", &s.by_output},
      {"--mixed", "PERCENT", "", &s.mixed},
      {"--score", "", "", &s.score},
      {"--keep-float", "NAME", "", &s.keep_float},
  };
  return paw::main_with_flags("paw_quantize_bench", flags, argc, argv, [&] { return paw::run(s); });
}
