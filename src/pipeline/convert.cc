#include "pipeline/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "passes/export_form.h"
#include "pipeline/measure_ranges.h"
#include "pipeline/mediapipe.h"
#include "pipeline/model_files.h"
#include "pipeline/targets.h"

namespace paw {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kNoVerification = "none", kMediaPipe = "mediapipe";

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// A name beside the output under which the file stands until it is known to be good; gone with this object.
class Draft {
 public:
  explicit Draft(const fs::path& output) : path_(output.parent_path() / ("." + output.filename().string() + ".part")) {
    remove();
  }
  ~Draft() { remove(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const fs::path& path() const { return path_; }

  // Gives it its name; what stood there goes with this object.
  Status move_to(const fs::path& name) { return move_over(path_, name); }

 private:
  void remove() {
    std::error_code error;
    fs::remove_all(path_, error);
  }

  fs::path path_;
};

Status check(const ConvertSettings& settings, const ModelFormat& format) {
  PAW_RETURN_IF_ERROR(check_output(settings.output, settings.force));
  std::error_code error;
  if (fs::is_directory(settings.output, error) && !format.recognises(settings.output, {})) {
    return fail(ErrorCode::kIo, printable(settings.output), fmt::format("is a folder and no {}", format.suffix),
                "choose another name");
  }
  PAW_RETURN_IF_ERROR(check_target(settings.target, format.suffix));
  if (settings.threads >= 1 && settings.threads <= 256) return {};
  return fail(ErrorCode::kUsage, "paw convert", "--threads must be 1 to 256");
}

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

// The written file, opened again, beside the model it was made from.
Result<Comparison> verify_file(const Model& source, const Model& written, const ModelFormat& format,
                               const fs::path& file, const ConvertSettings& settings, TrialPhotos& photos,
                               Progress& progress) {
  const ComparedModel before{.model = source, .name = settings.source.name()};
  const int threads = static_cast<int>(settings.threads);
  if (format.read == nullptr) {
    PAW_ASSIGN_OR_RETURN(const Bytes plan, map_file(file));
    return compare_models(before, {.model = written, .name = settings.output, .plan = plan}, photos, threads, progress);
  }
  PAW_ASSIGN_OR_RETURN(const ReadModel read, format.read(file));
  return compare_models(before, {.model = read.model, .name = settings.output}, photos, threads, progress);
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
Status judge(const Comparison& verified, const ModelFormat& format, const ConvertSettings& settings, Draft& draft) {
  if (verified.max_abs_diff <= format.tolerance) return {};
  const std::string rejected = settings.output + ".rejected";
  PAW_RETURN_IF_ERROR(draft.move_to(rejected));
  return fail(ErrorCode::kGateFailed, printable(settings.output),
              fmt::format("the written file answers {} with scores that differ by {:.3g}, more than {:.3g}",
                          verified.worst, verified.max_abs_diff, format.tolerance),
              fmt::format("it is kept as {}; `paw diff` names the first layer that departs", printable(rejected)));
}

// What the user says, else what the source says.
Result<ModelText> texts(const ConvertSettings& settings, const LoadedModel& loaded) {
  ModelText text = settings.text;
  const std::pair<std::string_view, std::string*> all[] = {{"description", &text.description},
                                                           {"author", &text.author},
                                                           {"license", &text.license},
                                                           {"version", &text.version}};
  for (const auto& [key, value] : all) {
    if (invalid_utf8(*value)) {
      return fail(ErrorCode::kUsage, "paw convert", fmt::format("the {} is not UTF-8", key));
    }
    const auto said = std::ranges::find(loaded.metadata, key, &std::pair<std::string, std::string>::first);
    if (value->empty() && said != loaded.metadata.end()) *value = said->second;
  }
  return text;
}

// "model.mlpackage/" as "model.mlpackage".
ConvertSettings without_slash(ConvertSettings settings) {
  while (settings.output.size() > 1 && settings.output.ends_with('/')) settings.output.pop_back();
  return settings;
}

}  // namespace

Result<ConvertResult> convert(const ConvertSettings& asked, Progress& progress) {
  const auto begin = Clock::now();
  const ConvertSettings settings = without_slash(asked);
  PAW_ASSIGN_OR_RETURN(const ModelFormat* format, format_to_write(settings.output));
  PAW_RETURN_IF_ERROR(check(settings, *format));
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model(settings.source, /*random_weights=*/true));
  if (!settings.preprocess.empty()) {
    PAW_ASSIGN_OR_RETURN(loaded.model.preprocess, named_preprocess(settings.preprocess, loaded.model.graph));
    PAW_RETURN_IF_ERROR(verify(loaded.model));
  }
  ConvertResult result{.input = settings.source.name(),
                       .output = settings.output,
                       .format = std::string(format->name),
                       .target = settings.target,
                       .notes = std::move(loaded.notes)};
  PAW_ASSIGN_OR_RETURN(Model model, prepared(loaded.model, settings, *format));
  std::unique_ptr<TrialPhotos> photos;  // null: no verification
  if (settings.verify != kNoVerification) {
    PAW_ASSIGN_OR_RETURN(photos, trial_photos(settings.verify));
  }
  if (photos && format->half && model.preprocess) {
    const auto measuring = Clock::now();
    PAW_RETURN_IF_ERROR(measure_ranges(model, *photos, static_cast<int>(settings.threads), progress));
    result.write_seconds -= seconds_since(measuring);
  }
  Draft draft(settings.output);
  PAW_ASSIGN_OR_RETURN(ModelText text, texts(settings, loaded));
  const WriteChoices choices{
      .target = settings.target, .name = fs::path(settings.output).stem().string(), .text = std::move(text)};
  PAW_RETURN_IF_ERROR(format->write(model, choices, draft.path(), result.notes));
  result.bytes = bytes_on_disk(draft.path());
  result.write_seconds += seconds_since(begin);
  if (photos) {
    PAW_ASSIGN_OR_RETURN(result.verified,
                         verify_file(loaded.model, model, *format, draft.path(), settings, *photos, progress));
    PAW_RETURN_IF_ERROR(judge(*result.verified, *format, settings, draft));
    PAW_RETURN_IF_ERROR(tell_costs(loaded.model, settings, result.notes, *photos, progress));
  }
  result.seconds = seconds_since(begin);
  PAW_RETURN_IF_ERROR(draft.move_to(settings.output));
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
