// The pipelines: which passes run in which order, and why. Order requirements are declared per step (`after`);
// run_pipeline refuses an order that breaks one.
#include <algorithm>
#include <array>

#include "passes/passes.h"

namespace paw {

namespace {

constexpr std::array kPasses = {
    &pass::fold_constants,    &pass::fold_batch_norm,
    &pass::fold_pad,          &pass::fuse_clamps,
    &pass::cancel_transposes, &pass::eliminate_dead_code,
    &pass::simplify_algebra,  &pass::eliminate_common_subexpressions,
    &pass::name_activations,
};

constexpr std::string_view kAfterDead[] = {"eliminate_dead_code"};
constexpr std::string_view kAfterConstants[] = {"fold_constants"};
constexpr std::string_view kAfterAlgebra[] = {"simplify_algebra"};
constexpr std::string_view kAfterTransposes[] = {"cancel_transposes"};
constexpr std::string_view kAfterMoves[] = {"eliminate_dead_code", "simplify_algebra", "cancel_transposes",
                                            "fold_constants"};
constexpr std::string_view kAfterBatchNorm[] = {"fold_batch_norm"};

constexpr std::string_view kDeadFirst = "a reader that no output needs would keep others from being fused";
constexpr std::string_view kConstantsFirst = "weights that the file stores transposed or reshaped become constants";
constexpr std::string_view kConstantsAgain = "the biases and scales that transposes were moved past";

// No common subexpressions here: an imported model may be fine-tuned later, and parameters that start equal must
// stay apart.
constexpr PipelineStep kSimplify[] = {
    {&pass::eliminate_dead_code, kDeadFirst},
    {&pass::fold_constants, kConstantsFirst, kAfterDead},
    {&pass::simplify_algebra, "one spelling per operation, so that the passes behind it match", kAfterConstants},
    {&pass::name_activations, "those that files spell out", kAfterAlgebra},
    {&pass::cancel_transposes, "NHWC all through what was imported as NCHW", kAfterAlgebra},
    {&pass::fold_constants, kConstantsAgain, kAfterTransposes},
    {&pass::fuse_clamps, "one activation per layer, under its usual name", kAfterAlgebra},
};

// Keeps what training changes: batch norm, dropout marks (which simplify_algebra would drop), every parameter on its
// own and even those that start as 0 or 1.
constexpr PipelineStep kTrain[] = {
    {&pass::eliminate_dead_code, "branches without a loss need no gradient"},
    {&pass::fold_constants, "what is the same at every step is computed once", kAfterDead},
    {&pass::cancel_transposes, "each transpose would cost twice, forwards and backwards", kAfterConstants},
    {&pass::fold_constants, kConstantsAgain, kAfterTransposes},
};

constexpr PipelineStep kDeploy[] = {
    {&pass::eliminate_dead_code, kDeadFirst},
    {&pass::fold_constants, kConstantsFirst, kAfterDead},
    {&pass::simplify_algebra, "dropout goes, so that layers stand next to their batch norm", kAfterConstants},
    {&pass::name_activations, "before their numbers go into the layer in front of them", kAfterAlgebra},
    {&pass::cancel_transposes, "a transpose between a layer and its batch norm or pad would hide it", kAfterAlgebra},
    {&pass::fold_constants, kConstantsAgain, kAfterTransposes},
    {&pass::eliminate_common_subexpressions, "of equal readers one is left, and single readers can be fused",
     kAfterMoves},
    {&pass::fold_batch_norm, "inference needs no batch norm: weights and bias take it in", kAfterMoves},
    {&pass::fold_pad, "after batch norm, which goes into a layer behind it only while that pads nothing",
     kAfterBatchNorm},
    {&pass::simplify_algebra, "factors of 1 and shifts of 0 that batch norm left", kAfterBatchNorm},
    {&pass::fuse_clamps, "one clamp per layer, which kernels apply for nothing", kAfterAlgebra},
};

constexpr std::array kPipelines = {
    Pipeline{"simplify", "any trained graph: fewer nodes, the same numbers", kSimplify},
    Pipeline{"train", "before autodiff: keeps every parameter, batch norm and dropout", kTrain},
    Pipeline{"deploy", "float inference: batch norm and pads folded, equal things once", kDeploy},
};

}  // namespace

std::span<const Pass* const> all_passes() { return kPasses; }

const Pass* find_pass(std::string_view name) {
  const auto found = std::ranges::find(kPasses, name, &Pass::name);
  return found == kPasses.end() ? nullptr : *found;
}

std::span<const Pipeline> all_pipelines() { return kPipelines; }

const Pipeline* find_pipeline(std::string_view name) {
  const auto found = std::ranges::find(kPipelines, name, &Pipeline::name);
  return found == kPipelines.end() ? nullptr : &*found;
}

}  // namespace paw
