// What a file is written for: names of `--target`, each with the format it belongs to.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ir/model.h"

namespace paw {

struct TargetInfo {
  std::string_view name;    // "mediapipe"
  std::string_view suffix;  // of the files it takes: ".tflite"
  std::string_view what;    // for people
};

std::span<const TargetInfo> all_targets();
std::vector<std::string> target_names();

// kUsage: the target takes files of another suffix; both are named. `target` empty: any.
Status check_target(std::string_view target, std::string_view suffix);

// What `--preprocess` says: a name (unit: 0 to 1; symmetric: -1 to 1; imagenet: by ImageNet's mean and deviation; raw:
// 0 to 255), each stretching photos, or a JSON file as docs/paw-file.md section 6 has it. The size is the graph's
// input. kUsage: no such name, and no such file. kUnsupported: the graph has no image input, or the file does not fit
// it.
Result<Preprocess> named_preprocess(const std::string& text, const Graph& graph);
std::vector<std::string> preprocess_names();

}  // namespace paw
