// A model in another format: written, opened again, and compared with what it was made from before it is there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/compare.h"
#include "pipeline/latency.h"
#include "pipeline/load.h"
#include "record/model_text.h"

namespace paw {

struct ConvertSettings {
  ModelSource source;
  std::string output;  // its suffix says the format; a slash at its end does no harm
  std::string verify;  // photos to compare on; empty: 32 drawn ones; "none": no comparison, which is said
  std::vector<std::filesystem::path> judges;  // instead of `verify`: these photos
  bool measure = false;                       // tell latency and zipped bytes too
  std::string target;                         // of target_names(); empty: the widest of the format
  std::string preprocess;  // named_preprocess(): instead of what the file says or what was assumed; empty: that
  bool pixels = false;     // the input takes bytes 0..255
  ModelText text;          // what the file says in words; what is empty comes from the source, where that says it
  bool force = false;
  std::int64_t threads = 1;
};

struct ConvertResult {
  std::string input, output, format, target;
  std::uint64_t bytes = 0;
  std::optional<Comparison> verified;  // none: not asked for
  std::optional<Latency> latency;      // none: not asked for
  std::uint64_t zipped_bytes = 0;      // likewise
  std::vector<std::string> notes;      // of reading and writing
  double seconds = 0;                  // in all
  double write_seconds = 0;            // without verification
};

// Nothing stands under `output` before the file was read back and answered as its source does; a file that does not is
// left as OUTPUT.rejected and the error is kGateFailed. Other errors: kUsage: the output's suffix, target, names.
// kIo: the output is there (without force), or cannot be written. kUnsupported: the format cannot hold the model.
Result<ConvertResult> convert(const ConvertSettings& settings, Progress& progress);

Json to_json(const ConvertResult& result);
std::string to_text(const ConvertResult& result);

}  // namespace paw
