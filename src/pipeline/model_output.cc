#include "pipeline/model_output.h"

#include <fmt/format.h>

#include "host/deflated.h"
#include "host/file.h"
#include "host/text.h"
#include "lower/retarget.h"
#include "pipeline/targets.h"
#include "runtime/plan.h"

namespace paw {

namespace fs = std::filesystem;

Result<ModelOutput> ModelOutput::create(const std::string& output, const std::string& target, bool force) {
  std::string name = output;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  PAW_ASSIGN_OR_RETURN(const ModelFormat* format, format_to_write(name));
  PAW_RETURN_IF_ERROR(check_output(name, force));
  std::error_code error;
  if (fs::is_directory(name, error) && !format->recognises(name, {})) {
    return fail(ErrorCode::kIo, printable(name), fmt::format("is a folder and no {}", format->suffix),
                "choose another name");
  }
  PAW_RETURN_IF_ERROR(check_target(target, format->suffix));
  return ModelOutput(std::move(name), target, format);
}

ModelOutput::ModelOutput(std::string name, std::string target, const ModelFormat* format)
    : name_(std::move(name)), target_(std::move(target)), format_(format) {
  const fs::path path(name_);
  draft_ = path.parent_path() / ("." + path.filename().string() + ".part");
  std::error_code error;
  fs::remove_all(draft_, error);
}

ModelOutput::~ModelOutput() {
  std::error_code error;
  if (!draft_.empty()) fs::remove_all(draft_, error);
}

Status ModelOutput::write(const Model& model, std::vector<std::string>& notes) {
  const WriteChoices choices{.target = target_, .name = fs::path(name_).stem().string(), .text = text_};
  return format_->write(model, choices, draft_, notes);
}

std::uint64_t ModelOutput::bytes() const { return bytes_on_disk(draft_); }

std::uint64_t ModelOutput::zipped_bytes() const {
  std::uint64_t bytes = 0;
  const auto add = [&](const fs::path& path) {
    const auto file = map_file(path);
    if (file) bytes += deflated_size(file->span());
  };
  std::error_code error;
  if (!fs::is_directory(draft_, error)) add(draft_);
  for (fs::recursive_directory_iterator at(draft_, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file()) add(at->path());
  }
  return bytes;
}

Result<ModelOutput::Reopened> ModelOutput::reopen(const Model& written) const {
  Reopened out;
  if (format_->read != nullptr) {
    PAW_ASSIGN_OR_RETURN(out.read, format_->read(draft_));
  } else {
    out.read.model = written;
    PAW_ASSIGN_OR_RETURN(const Bytes plan, map_file(draft_));
    PAW_ASSIGN_OR_RETURN(out.plan, retarget_plan(plan, kPlanTarget));  // to run it here
  }
  return out;
}

Result<Comparison> ModelOutput::compare(const ComparedModel& before, const Model& written, TrialPhotos& photos,
                                        int threads, Progress& progress, KnownAnswers* known) const {
  PAW_ASSIGN_OR_RETURN(const Reopened file, reopen(written));
  return compare_models(before, {.model = file.read.model, .name = name_, .plan = file.plan}, photos, threads, progress,
                        known);
}

Result<Latency> ModelOutput::latency(const ComparedModel& before, const Model& written, int threads) const {
  PAW_ASSIGN_OR_RETURN(const Reopened file, reopen(written));
  return compare_latency(before, {.model = file.read.model, .name = name_, .plan = file.plan}, threads);
}

Status ModelOutput::keep() { return move_over(draft_, name_); }

Result<std::string> ModelOutput::reject() {
  std::string rejected = name_ + ".rejected";
  PAW_RETURN_IF_ERROR(move_over(draft_, rejected));
  return rejected;
}

}  // namespace paw
