// paw_backbone_top1: reads 224 x 224 RGB crops (bytes, HWC) from standard input, one after the other, and prints how
// many of them the pretrained backbone gives their own number as class: {"photos":1000,"right":878}.
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/cpu.h"
#include "lower/lower.h"
#include "pipeline/backbone.h"
#include "runtime/executor.h"

namespace paw {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return exit_code(error.code);
}

void fill(const std::vector<unsigned char>& photo, const Preprocess& preprocess, float* input) {
  for (std::size_t i = 0; i < photo.size(); ++i) {
    input[i] = static_cast<float>(photo[i] * preprocess.scale[i % 3] + preprocess.bias[i % 3]);
  }
}

// The lowest index of equal scores.
std::size_t top1(const float* scores, std::size_t classes) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < classes; ++i) {
    if (scores[i] > scores[best]) best = i;
  }
  return best;
}

int run() {
  const auto model = load_backbone("efficientnet-lite0");
  if (!model) return complain(model.error());
  const auto file = lower(model->graph);
  if (!file) return complain(file.error());
  const auto plan = Plan::load(*file, "backbone");
  if (!plan) return complain(plan.error());
  const auto isa = choose_isa();
  if (!isa) return complain(isa.error());
  Executor executor(*plan, *isa, 1);
  const auto classes = static_cast<std::size_t>(plan->outputs()[0].type.shape.back());
  std::vector<unsigned char> photo(static_cast<std::size_t>(plan->inputs()[0].type.shape.elements()));
  std::size_t photos = 0, right = 0;
  while (std::fread(photo.data(), 1, photo.size(), stdin) == photo.size()) {
    fill(photo, *model->preprocess, static_cast<float*>(executor.input(0)));
    executor.run();
    right += top1(static_cast<const float*>(executor.output(0)), classes) == photos++;
  }
  std::printf("{\"photos\":%zu,\"right\":%zu}\n", photos, right);
  return 0;
}

}  // namespace
}  // namespace paw

int main() { return paw::run(); }
