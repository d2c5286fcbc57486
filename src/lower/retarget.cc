#include "lower/retarget.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/checksum.h"
#include "runtime/plan.h"

namespace paw {

Result<Bytes> retarget_plan(const Bytes& plan, std::string_view target) {
  if (std::ranges::find(kPlanTargets, target) == std::end(kPlanTargets)) {
    return fail(ErrorCode::kUsage, "plan", "there is no target '" + std::string(target) + "'");
  }
  AlignedBuffer copy(plan.size());
  std::memcpy(copy.data(), plan.data(), plan.size());
  PlanHeader h;
  std::memcpy(&h, copy.data(), sizeof(h));
  std::memset(h.target, 0, sizeof(h.target));
  std::ranges::copy(target, h.target);
  h.crc = 0;
  std::memcpy(copy.data(), &h, sizeof(h));
  h.crc = plan_checksum({copy.data(), copy.size()});
  std::memcpy(copy.data(), &h, sizeof(h));
  return Bytes(std::move(copy));
}

}  // namespace paw
