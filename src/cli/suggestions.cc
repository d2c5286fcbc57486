#include "cli/suggestions.h"

#include <algorithm>

#include "nets/nets.h"
#include "optimize/recipe.h"
#include "passes/passes.h"
#include "pipeline/backbone.h"

namespace paw {

std::vector<std::string> net_names() {
  std::vector<std::string> names;
  for (const NetInfo& net : all_nets()) names.emplace_back(net.name);
  return names;
}

std::vector<std::string> backbone_names() {
  std::vector<std::string> names;
  for (const BackboneInfo& backbone : all_backbones()) names.emplace_back(backbone.name);
  names.emplace_back("none");
  return names;
}

std::vector<std::string> pass_names() {
  std::vector<std::string> names;
  for (const Pass* pass : all_passes()) names.emplace_back(pass->name);
  return names;
}

std::vector<std::string> pipeline_names() {
  std::vector<std::string> names;
  for (const Pipeline& pipeline : all_pipelines()) names.emplace_back(pipeline.name);
  return names;
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names = {"auto"};
  for (const std::string& step : recipe_step_names()) {
    if (std::ranges::none_of(step, [](char c) { return c >= 'A' && c <= 'Z'; })) names.push_back(step);
  }
  return names;
}

}  // namespace paw
