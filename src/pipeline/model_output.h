// A model file in the making: it stands under a hidden name beside its output until it is known to be good. Every verb
// that writes models writes them through this.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/compare.h"
#include "pipeline/latency.h"
#include "pipeline/model_files.h"

namespace paw {

class ModelOutput {
 public:
  // The suffix of `output` says the format; a slash at its end means nothing. Errors: kUsage: no such format, or
  // `target` takes other files. kIo: it is there (without `force`), or is a folder and no model of that format.
  static Result<ModelOutput> create(const std::string& output, const std::string& target, bool force);
  // What was not kept is gone.
  ~ModelOutput();
  ModelOutput(ModelOutput&&) noexcept = default;
  ModelOutput& operator=(ModelOutput&&) = delete;

  const ModelFormat& format() const { return *format_; }
  const std::string& name() const { return name_; }  // of the output

  // What the file says of itself in words.
  void set_text(ModelText text) { text_ = std::move(text); }
  // Errors and notes: those of the format's writer.
  Status write(const Model& model, std::vector<std::string>& notes);
  std::uint64_t bytes() const;
  std::uint64_t zipped_bytes() const;  // each of its files deflated: what it adds to an app's download
  // The file, opened again, beside the model that it was made from, as compare_models() does it.
  Result<Comparison> compare(const ComparedModel& before, const Model& written, TrialPhotos& photos, int threads,
                             Progress& progress, KnownAnswers* known = nullptr) const;
  Result<Latency> latency(const ComparedModel& before, const Model& written, int threads) const;

  // Gives it its name; what stood there goes.
  Status keep();
  // Gives it the name of a file that is not good enough, and returns that.
  Result<std::string> reject();

 private:
  // The file as it is on disk. Of a format that is not read back (plans): `written`, and the plan.
  struct Reopened {
    ReadModel read;
    Bytes plan;
  };
  Result<Reopened> reopen(const Model& written) const;

  ModelOutput(std::string name, std::string target, const ModelFormat* format);

  std::string name_, target_;
  ModelText text_;
  const ModelFormat* format_;
  std::filesystem::path draft_;  // empty: moved from
};

}  // namespace paw
