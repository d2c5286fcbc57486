// The pictures of a trace: what the model sees and what each layer makes of it, as PNG files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/net_runner.h"
#include "pipeline/trace.h"
#include "vision/image.h"

namespace paw {

inline constexpr std::int64_t kMostMaps = 64;  // on the picture of one layer

// Part of a file's name out of anything: letters, digits, '.' and '-' stay, the rest becomes '_'; at most 60 bytes.
std::string file_part(std::string_view text);

// The picture behind `input`, as the model sees it: `picture`, or its grey levels where the model takes those.
Image seen_picture(const Image& picture, const Preprocess& record, std::span<const float> input);

// Makes `folder`, removes the pictures of an earlier trace from it, and writes 000_input.png and, for each result with
// maps ([1,H,W,C]), NNN_OP_LAYER.png, numbered as the layers stand in `layers`, where the name is entered. One layer
// per result. kIo: the folder or a file cannot be written.
Status write_trace_images(const std::filesystem::path& folder, const Image& seen,
                          const std::vector<NodeResult>& results, std::vector<LayerTrace>& layers);

}  // namespace paw
