// All graph passes and the pipelines made of them. Each pass lives in its own file, whose header shows before/after.
#pragma once

#include <span>
#include <string_view>

#include "ir/pass.h"

namespace paw {

namespace pass {
extern const Pass fold_constants;
extern const Pass fold_batch_norm;
extern const Pass fold_pad;
extern const Pass fuse_clamps;
extern const Pass cancel_transposes;
extern const Pass eliminate_dead_code;
extern const Pass eliminate_common_subexpressions;
extern const Pass simplify_algebra;
extern const Pass name_activations;
}  // namespace pass

std::span<const Pass* const> all_passes();
const Pass* find_pass(std::string_view name);

// simplify: any graph. train: before autodiff (keeps batch norm). deploy: float inference.
std::span<const Pipeline> all_pipelines();
const Pipeline* find_pipeline(std::string_view name);

}  // namespace paw
