#include "nets/nets.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/nearest.h"
#include "nets/net_info.h"

namespace paw {

namespace {

std::unexpected<Error> unknown_net(std::string_view name) {
  std::vector<std::string_view> names;
  for (const NetInfo& net : all_nets()) names.push_back(net.name);
  const std::string near = did_you_mean(name, names);
  return fail(ErrorCode::kUsage, "net", fmt::format("there is no built-in net '{}'", name),
              fmt::format("{}{}known: {}", near, near.empty() ? "" : " ", fmt::join(names, ", ")));
}

Status in_range(std::string_view net, std::string_view what, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return {};
  return fail(ErrorCode::kUsage, fmt::format("net '{}'", net), fmt::format("cannot be built with {} {}", what, value),
              fmt::format("choose {} to {}", low, high));
}

Status check_width(const NetInfo& net, double width) {
  const std::string where = fmt::format("net '{}'", net.name);
  if (!net.has_width && width != 1.0) {
    return fail(ErrorCode::kUsage, where, fmt::format("has no width multiplier, got {}", width), "leave it at 1");
  }
  if (width >= kMinNetWidth && width <= kMaxNetWidth) return {};  // false for NaN
  return fail(ErrorCode::kUsage, where, fmt::format("cannot be built with width {}", width),
              fmt::format("choose {} to {}", kMinNetWidth, kMaxNetWidth));
}

}  // namespace

std::span<const NetInfo> all_nets() {
  static const NetInfo kNets[] = {
#define PAW_NET(name) net::name,
#include "nets/nets.inc"
#undef PAW_NET
  };
  return kNets;
}

const NetInfo* find_net(std::string_view name) {
  const auto found = std::ranges::find(all_nets(), name, &NetInfo::name);
  return found == all_nets().end() ? nullptr : &*found;
}

Result<Model> build_net(std::string_view name, const NetOptions& options) {
  const NetInfo* net = find_net(name);
  if (net == nullptr) return unknown_net(name);
  NetOptions resolved = options;
  if (resolved.size == 0) resolved.size = net->preprocess.width;
  if (resolved.classes == 0) resolved.classes = net->classes;
  PAW_RETURN_IF_ERROR(in_range(name, "size", resolved.size, net->min_size, kMaxNetSize));
  PAW_RETURN_IF_ERROR(in_range(name, "classes", resolved.classes, kMinNetClasses, kMaxNetClasses));
  PAW_RETURN_IF_ERROR(in_range(name, "batch", resolved.batch, 1, kMaxNetBatch));
  PAW_RETURN_IF_ERROR(check_width(*net, resolved.width));
  return net->build(*net, resolved);
}

}  // namespace paw
