#include "pipeline/mediapipe.h"

#include <fmt/format.h>

#include "passes/export_form.h"
#include "pipeline/compare.h"

namespace paw {

Status fit_mediapipe(Model& model) {
  PAW_ASSIGN_OR_RETURN(const Preprocess p, photo_preprocess(model, "mediapipe"));
  const bool alike =
      p.scale[0] == p.scale[1] && p.scale[1] == p.scale[2] && p.bias[0] == p.bias[1] && p.bias[1] == p.bias[2];
  if (alike || p.color == ColorOrder::kGray || model.graph.type(model.graph.inputs[0]).dtype != DType::kF32) return {};
  return take_pixels(model, DType::kF32);
}

Result<std::string> stretch_cost(const Model& model, TrialPhotos& photos, int threads, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const Preprocess own, photo_preprocess(model, "mediapipe"));
  if (own.geometry == Geometry::kStretch) return std::string();
  Model stretched = model;
  stretched.preprocess->geometry = Geometry::kStretch;
  PAW_ASSIGN_OR_RETURN(const Comparison cost, compare_models({.model = model, .name = "the model"},
                                                             {.model = stretched, .name = "the model, stretching"},
                                                             photos, threads, progress));
  std::string note = fmt::format(
      "MediaPipe stretches photos, this model was made for `{}`: {} of {} answers change, scores by up to {:.2g}",
      enum_name(own.geometry), cost.images - cost.agree, cost.images, cost.max_abs_diff);
  if (cost.labelled) {
    note += fmt::format(", accuracy {:.4f} becomes {:.4f}", cost.labelled->top1_before(), cost.labelled->top1_after());
  }
  return note + "; train with `--geometry stretch`, or crop photos before MediaPipe sees them";
}

}  // namespace paw
