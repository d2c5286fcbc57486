#include "pipeline/convert.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/text.h"
#include "passes/export_form.h"
#include "pipeline/clock.h"
#include "pipeline/measure_ranges.h"
#include "pipeline/mediapipe.h"
#include "pipeline/model_output.h"
#include "pipeline/targets.h"

namespace paw {

namespace {

constexpr std::string_view kNoVerification = "none", kMediaPipe = "mediapipe";

// The model as it is to be written.
Result<Model> prepared(const Model& model, const ConvertSettings& settings, const ModelFormat& format) {
  Model out = model;
  if (!format.own || settings.pixels) {
    PAW_ASSIGN_OR_RETURN(out, export_form(model));
  }
  if (settings.pixels) PAW_RETURN_IF_ERROR(take_pixels(out, DType::kU8));
  if (settings.target == kMediaPipe) PAW_RETURN_IF_ERROR(fit_mediapipe(out));
  return out;
}

// What a target does with photos that the model was not made for.
Status tell_costs(const Model& model, const ConvertSettings& settings, std::vector<std::string>& notes,
                  TrialPhotos& photos, Progress& progress) {
  if (settings.target != kMediaPipe) return {};
  PAW_ASSIGN_OR_RETURN(std::string cost, stretch_cost(model, photos, static_cast<int>(settings.threads), progress));
  if (!cost.empty()) notes.push_back(std::move(cost));
  return {};
}

// A file that does not answer as its source is kept for inspection, under another name.
Status judge(const Comparison& verified, ModelOutput& output) {
  if (verified.max_abs_diff <= output.format().tolerance) return {};
  PAW_ASSIGN_OR_RETURN(const std::string rejected, output.reject());
  return fail(ErrorCode::kGateFailed, printable(output.name()),
              fmt::format("the written file answers {} with scores that differ by {:.3g}, more than {:.3g}",
                          verified.worst, verified.max_abs_diff, output.format().tolerance),
              fmt::format("it is kept as {}; `paw diff` names the first layer that departs", printable(rejected)));
}

// What the user says, else what the source says.
Result<ModelText> texts(const ModelText& said, ModelText source) {
  const auto take = [](std::string_view name, const std::string& from, std::string& into) -> Status {
    if (invalid_utf8(from)) return fail(ErrorCode::kUsage, "paw convert", fmt::format("the {} is not UTF-8", name));
    if (!from.empty()) into = from;
    return {};
  };
  PAW_RETURN_IF_ERROR(take("description", said.description, source.description));
  PAW_RETURN_IF_ERROR(take("author", said.author, source.author));
  PAW_RETURN_IF_ERROR(take("license", said.license, source.license));
  PAW_RETURN_IF_ERROR(take("version", said.version, source.version));
  return source;
}

}  // namespace

Result<ConvertResult> convert(const ConvertSettings& settings, Progress& progress) {
  const auto begin = Clock::now();
  if (settings.threads < 1 || settings.threads > 256) {
    return fail(ErrorCode::kUsage, "paw convert", "--threads must be 1 to 256");
  }
  PAW_ASSIGN_OR_RETURN(ModelOutput output, ModelOutput::create(settings.output, settings.target, settings.force));
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model(settings.source, /*random_weights=*/true));
  if (!settings.preprocess.empty()) {
    PAW_ASSIGN_OR_RETURN(loaded.model.preprocess, named_preprocess(settings.preprocess, loaded.model.graph));
    PAW_RETURN_IF_ERROR(verify(loaded.model));
  }
  ConvertResult result{.input = settings.source.name(),
                       .output = output.name(),
                       .format = std::string(output.format().name),
                       .target = settings.target,
                       .notes = std::move(loaded.notes)};
  PAW_ASSIGN_OR_RETURN(Model model, prepared(loaded.model, settings, output.format()));
  std::unique_ptr<TrialPhotos> photos;  // null: no verification
  if (!settings.judges.empty()) {
    photos = trial_photos(settings.judges);
  } else if (settings.verify != kNoVerification) {
    PAW_ASSIGN_OR_RETURN(photos, trial_photos(settings.verify));
  }
  if (photos && output.format().half && model.preprocess) {
    const auto measuring = Clock::now();
    PAW_RETURN_IF_ERROR(measure_ranges(model, *photos, static_cast<int>(settings.threads), progress));
    result.write_seconds -= seconds_since(measuring);
  }
  PAW_ASSIGN_OR_RETURN(ModelText text, texts(settings.text, text_of(loaded)));
  output.set_text(std::move(text));
  PAW_RETURN_IF_ERROR(output.write(model, result.notes));
  result.bytes = output.bytes();
  result.write_seconds += seconds_since(begin);
  if (photos) {
    PAW_ASSIGN_OR_RETURN(result.verified, output.compare({.model = loaded.model, .name = settings.source.name()}, model,
                                                         *photos, static_cast<int>(settings.threads), progress));
    PAW_RETURN_IF_ERROR(judge(*result.verified, output));
    PAW_RETURN_IF_ERROR(tell_costs(loaded.model, settings, result.notes, *photos, progress));
  }
  if (settings.measure) {
    PAW_ASSIGN_OR_RETURN(result.latency, output.latency({.model = loaded.model, .name = settings.source.name()}, model,
                                                        static_cast<int>(settings.threads)));
    result.zipped_bytes = output.zipped_bytes();
  }
  result.seconds = seconds_since(begin);
  PAW_RETURN_IF_ERROR(output.keep());
  return result;
}

Json to_json(const ConvertResult& r) {
  return {{"input", r.input},
          {"output", r.output},
          {"format", r.format},
          {"target", r.target},
          {"bytes", r.bytes},
          {"recipe", "none"},
          {"verified", r.verified ? to_json(*r.verified) : Json()},
          {"notes", r.notes},
          {"write_seconds", r.write_seconds},
          {"seconds", r.seconds}};
}

std::string to_text(const ConvertResult& r) {
  std::string text =
      fmt::format("{}: {}, written in {:.2f} s\n", printable(r.output), human_bytes(r.bytes), r.write_seconds);
  for (const std::string& note : r.notes) text += fmt::format("  note: {}\n", printable(note));
  if (!r.verified) return text + "  not compared with its source, as asked\n";
  return text + fmt::format("  read back and compared: {}\n", to_text(*r.verified));
}

}  // namespace paw
