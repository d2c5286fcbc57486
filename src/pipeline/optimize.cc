#include "pipeline/optimize.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/random.h"
#include "host/text.h"
#include "nets/nets.h"
#include "passes/export_form.h"
#include "pipeline/clock.h"
#include "pipeline/model_output.h"
#include "pipeline/optimize_photos.h"
#include "pipeline/trial_log.h"

namespace paw {

namespace {

constexpr std::string_view kAutoRecipe = "auto";
constexpr double kFullShare = 0.9;  // of the bytes of all weights: what has not become smaller

Status check(const OptimizeSettings& s) {
  const auto usage = [](const char* message) { return fail(ErrorCode::kUsage, "paw optimize", message); };
  if (s.quantise.threads < 1 || s.quantise.threads > 256) return usage("--threads must be 1 to 256");
  if (!(s.max_drop >= 0 && s.max_drop <= 1)) return usage("--max-drop must be between 0 and 1");
  if (s.resume && s.recipe != kAutoRecipe) return usage("only --recipe auto can be resumed; leave --resume out");
  return check(s.tuning);
}

// May inputs and outputs be what is asked for?
Status check_ports(const QuantiseSettings& quantise, const Recipe& recipe, const ModelFormat& format) {
  if (quantise.inputs == QuantisedPorts::kFloat && quantise.outputs == QuantisedPorts::kFloat) return {};
  if (recipe.form != QuantForm::kStaticWi8Ai8) {
    return fail(ErrorCode::kUsage, "paw optimize", "only integers throughout have inputs and outputs of 8 bits",
                "give --recipe static_wi8_ai8, or leave --input-type and --output-type out");
  }
  if (!format.half) return {};
  return fail(ErrorCode::kUsage, "paw optimize",
              fmt::format("{} files have no inputs or outputs of 8 bits", format.title),
              "leave --input-type and --output-type out");
}

// "block3/dw (12.1 dB), stem (14.0 dB)": whose results are furthest from the float model's.
std::string worst_layers(const QuantiseReport& report) {
  std::vector<LayerReport> layers;
  std::ranges::copy_if(report.layers, std::back_inserter(layers), [](const LayerReport& l) { return l.sqnr_db != 0; });
  std::ranges::sort(layers, {}, [](const LayerReport& l) { return std::pair(l.sqnr_db, l.name); });
  layers.resize(std::min<std::size_t>(layers.size(), 3));
  std::string out;
  for (const LayerReport& layer : layers) {
    out += fmt::format("{}{} ({:.1f} dB)", out.empty() ? "" : ", ", printable(layer.name), layer.sqnr_db);
  }
  return out;
}

// A gentler recipe of the same kind.
std::string gentler(const Recipe& recipe, bool tuned, const QuantiseSettings& settings) {
  if (recipe.channels != 0) return tuned ? "a smaller share of channels, or more --epochs" : "--fine-tune";
  if (recipe.sparsity != 0 || recipe.two_of_four) return "a smaller share of zeros, or none";
  if (recipe.palette != 0) return recipe.palette < 8 ? "a palette of more bits" : "--recipe float16";
  if (recipe.form == QuantForm::kWeightOnlyWi4) return "--recipe weight_only_wi8_afp32";
  if (recipe.form == QuantForm::kStaticWi8Ai8) {
    if (!settings.learn_rounding) return "--learn-rounding";
    return recipe.mixed == 0 ? "--recipe static_wi8_ai8+mixed10" : "--recipe static_wi8_ai16, or weight_only_wi8_afp32";
  }
  return "--recipe float16";
}

Status judge(const OptimizeResult& result, const Recipe& recipe, const OptimizeSettings& settings,
             ModelOutput& output) {
  const double drop = drop_of(result.verified);
  if (drop <= settings.max_drop) return {};
  PAW_ASSIGN_OR_RETURN(const std::string rejected, output.reject());
  std::string message;
  if (result.verified.labelled) {
    const PairedAnswers& paired = *result.verified.labelled;
    const Interval interval = paired.drop_interval();
    message = fmt::format(
        "accuracy falls by {:.4f} ({:.4f} to {:.4f} with 95 %), more than {:g}: of {} photos {} are wrong that were "
        "right, and {} right that were wrong",
        drop, interval.low, interval.high, settings.max_drop, paired.images, paired.lost, paired.gained);
  } else {
    message = fmt::format("{} of {} answers differ from the float model's, more than {:g} of them",
                          result.verified.images - result.verified.agree, result.verified.images, settings.max_drop);
  }
  const std::string layers = worst_layers(result.report);
  if (!layers.empty()) message += "; hurt most: " + layers;
  return fail(ErrorCode::kGateFailed, printable(output.name()), message,
              fmt::format("it is kept as {}; try {}", printable(rejected),
                          gentler(recipe, !result.fine_tuning.rows.empty(), settings.quantise)));
}

// Of the float32 bytes of a weight.
double share_of(const std::optional<QuantForm>& form) {
  if (!form) return 1;
  if (*form == QuantForm::kFloat16) return 0.5;
  return *form == QuantForm::kWeightOnlyWi4 ? 0.125 : 0.25;
}

// Not every format holds every way of storing weights.
void tell_full_weights(const Recipe& recipe, OptimizeResult& result) {
  const bool packs = recipe.palette != 0 || recipe.sparsity != 0 || recipe.two_of_four;
  const double full = share_of(recipe.form) * static_cast<double>(result.float_bytes);
  if (!packs || static_cast<double>(result.bytes) < kFullShare * full) return;
  result.notes.push_back(fmt::format("{} files store these weights in full: only a zip archive gets smaller ({})",
                                     result.format, human_bytes(result.zipped_bytes)));
}

Status check_photos(const OptimizeSettings& settings, const Recipe& recipe, bool automatic) {
  if (!settings.calibrate.empty() || !(automatic || recipe.needs_photos())) return {};
  return fail(ErrorCode::kUsage, "paw optimize",
              fmt::format("{} needs photos like those that the model will see", automatic ? "auto" : recipe.text()),
              "give --calibrate PHOTOS");
}

// Is there anything that training makes up for?
Result<bool> trains(const OptimizeSettings& settings, const Recipe& recipe, bool automatic) {
  if (!settings.student.empty()) {
    if (recipe.channels == 0) return true;
    return fail(ErrorCode::kUsage, "paw optimize", "channelsNN makes the model narrower, --student takes another net",
                "give one of them");
  }
  if (automatic) return settings.effort == Effort::kFull;
  if (recipe.trained) return true;
  if (recipe.can_train()) return settings.fine_tune || settings.effort == Effort::kFull;
  if (!settings.fine_tune) return false;
  return fail(ErrorCode::kUsage, "paw optimize",
              fmt::format("--fine-tune has nothing to make up for in {}", recipe.text()),
              "it goes with channelsNN, sparseNN and palettes; qat_wi8_ai8 always trains");
}

// What --effort full would do with photos to learn from, it does without where there are none; --fine-tune asks for it.
Result<OptimizePhotos> choose_photos(const OptimizeSettings& settings, const Model& model, const Recipe& recipe,
                                     bool automatic, bool training) {
  const bool required = settings.fine_tune || !settings.student.empty() || recipe.trained;
  const auto choose = [&](bool learning) {
    return choose_optimize_photos(model, settings.calibrate, settings.evaluate,
                                  {.validation = automatic, .learning = learning, .evaluation = settings.judges});
  };
  Result<OptimizePhotos> photos = choose(training);
  if (photos || !training || required) return photos;
  PAW_ASSIGN_OR_RETURN(OptimizePhotos without, choose(false));
  without.notes.push_back("nothing was fine-tuned: " + photos.error().message);
  return without;
}

// The student with what it learned, in export form, and what is known of the model beside its graph.
Result<Model> taught_student(const OptimizeSettings& settings, const Model& teacher, FineTuner& tuner) {
  const Shape& image = teacher.graph.type(teacher.graph.inputs[0]).shape;
  if (image.rank() != 4 || image[1] != image[2] || image[3] != 3) {
    return fail(
        ErrorCode::kUnsupported, settings.student,
        "cannot learn from a model whose input is " + image.text() + ": built-in nets take square colour images");
  }
  const NetOptions options{.size = image[1],
                           .classes = teacher.graph.type(teacher.graph.outputs[0]).shape.elements(),
                           .seed = static_cast<std::uint64_t>(settings.tuning.seed)};
  PAW_ASSIGN_OR_RETURN(Model net, build_net(settings.student, options));
  Model student = teacher;
  student.graph = std::move(net.graph);
  return tuner.tune(student, Student::kNew);
}

// Does the target hold what the recipe makes? Found out by writing it with all that takes minutes left out: channels
// stay, nothing is learned, and noise stands for photos.
Status rehearse(Recipe recipe, const Model& model, int threads, ModelOutput& output) {
  recipe.channels = recipe.mixed = 0;
  recipe.trained = false;
  CalibrationSet noise;
  if (recipe.needs_photos()) {
    noise.shape = model.graph.type(model.graph.inputs[0]).shape;
    Random random(0);
    for (float& value : noise.add()) value = static_cast<float>(random.uniform());
  }
  QuantiseSettings settings;
  settings.threads = threads;
  PAW_ASSIGN_OR_RETURN(QuantisedGraph small, apply_recipe(model.graph, recipe, noise, settings));
  Model rehearsed = model;
  rehearsed.graph = std::move(small.graph);
  std::vector<std::string> notes;
  return output.write(rehearsed, notes);
}

std::vector<Recipe> candidates(const OptimizeSettings& settings, const ModelFormat& format) {
  std::vector<Recipe> recipes = candidate_recipes(format, settings.target, settings.effort);
  if (!settings.student.empty()) std::erase_if(recipes, [](const Recipe& recipe) { return recipe.channels != 0; });
  return recipes;
}

QuantiseSettings quantise_settings(const OptimizeSettings& settings) {
  QuantiseSettings out = settings.quantise;
  if (settings.effort == Effort::kFull) out.learn_rounding = true;
  return out;
}

// Where a search keeps what it has tried.
Result<TrialLog> trial_log(const OptimizeSettings& settings, const ModelOutput& output, const Model& model) {
  const QuantiseSettings& q = settings.quantise;
  const Json how{{"format", output.format().name},     {"target", settings.target},
                 {"evaluate", settings.evaluate},      {"effort", settings.effort == Effort::kFull ? "full" : "quick"},
                 {"learn_rounding", q.learn_rounding}, {"ranges_by_output", q.ranges_by_output},
                 {"fine_tune", settings.fine_tune},    {"student", settings.student},
                 {"epochs", settings.tuning.epochs},   {"seed", settings.tuning.seed}};
  PAW_ASSIGN_OR_RETURN(const auto files, photo_files(settings.calibrate));
  std::vector<std::string> photos;
  for (const auto& file : files) photos.push_back(file.string());
  PAW_ASSIGN_OR_RETURN(const Json about, about_search(model, how, photos));
  return TrialLog::open(output.name() + ".auto", about, settings.resume);
}

}  // namespace

Result<OptimizeResult> optimize(const OptimizeSettings& settings, Progress& progress) {
  const auto begin = Clock::now();
  PAW_RETURN_IF_ERROR(check(settings));
  const bool automatic = settings.recipe == kAutoRecipe;
  Recipe recipe;
  if (!automatic) {
    PAW_ASSIGN_OR_RETURN(recipe, parse_recipe(settings.recipe));
  }
  PAW_RETURN_IF_ERROR(check_photos(settings, recipe, automatic));
  PAW_ASSIGN_OR_RETURN(const bool training, trains(settings, recipe, automatic));
  PAW_ASSIGN_OR_RETURN(ModelOutput output, ModelOutput::create(settings.output, settings.target, settings.force));
  PAW_RETURN_IF_ERROR(check_ports(settings.quantise, recipe, output.format()));
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model(settings.source, /*random_weights=*/true));
  output.set_text(text_of(loaded));
  PAW_ASSIGN_OR_RETURN(const Model model, export_form(loaded.model));
  PAW_ASSIGN_OR_RETURN(OptimizePhotos photos, choose_photos(settings, model, recipe, automatic, training));
  OptimizeResult result{.input = settings.source.name(),
                        .output = output.name(),
                        .format = std::string(output.format().name),
                        .target = settings.target,
                        .float_bytes = static_cast<std::uint64_t>(totals(model.graph).parameters) * sizeof(float),
                        .max_drop = settings.max_drop,
                        .notes = std::move(loaded.notes)};
  result.notes.insert(result.notes.end(), photos.notes.begin(), photos.notes.end());
  if (photos.calibration && !automatic && !settings.target.empty()) {
    PAW_RETURN_IF_ERROR(rehearse(recipe, model, settings.quantise.threads, output));
  }
  CalibrationSet examples;
  if (photos.calibration) {
    PAW_ASSIGN_OR_RETURN(examples, calibration_set(model, *photos.calibration, progress));
  }
  std::optional<FineTuner> tuner;
  if (!photos.learning.empty()) {
    FineTuneSettings how = settings.tuning;
    how.threads = settings.quantise.threads;
    PAW_ASSIGN_OR_RETURN(tuner, FineTuner::create(model, photos.learning, photos.tuning, how, progress));
  }
  Model start = model;
  if (!settings.student.empty()) {
    PAW_ASSIGN_OR_RETURN(start, taught_student(settings, model, *tuner));
    result.fine_tuning = tuner->history();
  }
  const ComparedModel before{.model = model, .name = result.input};
  TrialPhotos* seen = photos.calibration ? photos.calibration.get() : photos.evaluation.get();
  RecipeTrials trials(before, start, std::move(examples), seen, tuner ? &*tuner : nullptr, quantise_settings(settings),
                      output, progress);
  TrialLog log;
  if (automatic) {
    PAW_ASSIGN_OR_RETURN(log, trial_log(settings, output, start));
  }
  PAW_ASSIGN_OR_RETURN(RecipeTrial trial, automatic
                                              ? choose_recipe(candidates(settings, output.format()), settings.max_drop,
                                                              *photos.validation, trials, log, progress, result.tried)
                                              : trials.make(recipe));
  result.recipe = trial.recipe.text();
  result.bytes = trial.bytes;
  result.zipped_bytes = output.zipped_bytes();
  result.report = std::move(trial.report);
  if (!trial.history.rows.empty()) result.fine_tuning = std::move(trial.history);
  result.notes.insert(result.notes.end(), trial.notes.begin(), trial.notes.end());
  tell_full_weights(trial.recipe, result);
  result.make_seconds = seconds_since(begin);
  PAW_RETURN_IF_ERROR(trials.judge(trial, *photos.evaluation));
  result.verified = trial.verified;
  PAW_RETURN_IF_ERROR(judge(result, trial.recipe, settings, output));
  PAW_ASSIGN_OR_RETURN(result.latency, output.latency(before, trial.model, settings.quantise.threads));
  PAW_RETURN_IF_ERROR(output.keep());
  log.close();
  result.seconds = seconds_since(begin);
  return result;
}

}  // namespace paw
