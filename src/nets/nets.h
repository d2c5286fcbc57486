// The built-in nets: what they are called, where they were published, and how to build them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ir/model.h"

namespace paw {

struct NetOptions {
  std::int64_t size = 0;     // input height and width; 0: the net's published size
  double width = 1.0;        // channel multiplier where the paper has one
  std::int64_t classes = 0;  // 0: the published number (1000; pawnet: 2)
  std::int64_t batch = 1;
  std::uint64_t seed = 0;
  // Random: He-normal convolutions, small final layer, batch norm at identity. Zero: no memory is touched; for
  // inspecting.
  enum class Weights : std::uint8_t { kRandom, kZero } weights = Weights::kRandom;
};

// What build_net accepts, beside NetInfo::min_size and has_width.
inline constexpr std::int64_t kMaxNetSize = 2048;
inline constexpr std::int64_t kMinNetClasses = 2, kMaxNetClasses = 65536;
inline constexpr std::int64_t kMaxNetBatch = 4096;
inline constexpr double kMinNetWidth = 0.1, kMaxNetWidth = 4.0;

struct NetInfo {
  std::string_view name;  // "mobilenet_v2"
  std::string_view summary;
  std::string_view source;  // paper and the implementation whose layout and counts it follows
  bool has_width = false;   // the paper has a width multiplier
  std::int64_t min_size = 32;
  std::int64_t classes = 1000;  // published
  Preprocess preprocess;        // published; its width is the published size
  // Input "image", outputs "logits" -> "probabilities": the softmax is the last node. "features" is what the
  // classifier reads. batch_norm nodes are not folded; dropout nodes without a seed mark where training drops.
  Result<Model> (*build)(const NetInfo& info, const NetOptions& options) = nullptr;
};

std::span<const NetInfo> all_nets();
// Null when there is no such net.
const NetInfo* find_net(std::string_view name);
// Error kUsage: unknown name (the nearest known one is named), impossible size, width, classes or batch. At another
// size than the published one the preprocessing keeps its ratio of resize_short to size.
Result<Model> build_net(std::string_view name, const NetOptions& options = {});

}  // namespace paw
