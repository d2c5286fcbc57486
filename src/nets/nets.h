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

struct NetInfo {
  std::string_view name;  // "mobilenet_v2"
  std::string_view summary;
  std::string_view source;  // paper and the implementation whose layout and counts it follows
  bool has_width = false;   // the paper has a width multiplier
  std::int64_t min_size = 32;
  Preprocess preprocess;  // published
  // Logits-to-probabilities softmax is the last node; batch_norm nodes are not folded; dropout nodes without a seed
  // mark where training drops.
  Result<Model> (*build)(const NetInfo& info, const NetOptions& options) = nullptr;
};

std::span<const NetInfo> all_nets();
// Null when there is no such net.
const NetInfo* find_net(std::string_view name);
// Error kUsage: unknown name (the nearest known one is named), impossible size, width or classes.
Result<Model> build_net(std::string_view name, const NetOptions& options = {});

}  // namespace paw
