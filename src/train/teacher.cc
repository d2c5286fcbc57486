#include "train/teacher.h"

#include <algorithm>

#include "base/shelf.h"
#include "ir/batch.h"
#include "lower/lower.h"
#include "runtime/executor.h"
#include "train/calibration.h"
#include "train/training_form.h"

namespace paw {

struct Teacher::State {
  Plan plan;
  Isa isa{};
  std::size_t inputs = 0, classes = 0, hint = 0;
  Shelf<Executor> executors;
};

Teacher::Teacher(std::unique_ptr<State> state) : state_(std::move(state)) {}
Teacher::~Teacher() = default;
Teacher::Teacher(Teacher&&) noexcept = default;
Teacher& Teacher::operator=(Teacher&&) noexcept = default;

Result<Teacher> Teacher::create(const Model& model) {
  const Graph& graph = model.graph;
  const bool fits = graph.inputs.size() == 1 && graph.type(graph.inputs[0]).dtype == DType::kF32 &&
                    !graph.outputs.empty() && graph.type(graph.outputs[0]).dtype == DType::kF32;
  if (!fits) {
    return fail(ErrorCode::kUnsupported, "teacher", "it must have one float32 input and give float32 scores",
                "take the float model that it was made from");
  }
  auto state = std::make_unique<State>();
  PAW_ASSIGN_OR_RETURN(Graph single, with_batch(graph, 1));
  single.outputs.resize(1);
  const ValueId features = features_of(single);
  if (features.valid()) single.outputs.push_back(features);
  PAW_ASSIGN_OR_RETURN(const Bytes file, lower(single));
  PAW_ASSIGN_OR_RETURN(state->plan, Plan::load(file, "the teacher's plan"));
  PAW_ASSIGN_OR_RETURN(state->isa, choose_isa());
  state->inputs = static_cast<std::size_t>(single.type(single.inputs[0]).shape.elements());
  state->classes = static_cast<std::size_t>(single.type(single.outputs[0]).shape.elements());
  if (features.valid()) state->hint = static_cast<std::size_t>(single.type(features).shape.elements());
  return Teacher(std::move(state));
}

std::int64_t Teacher::classes() const { return static_cast<std::int64_t>(state_->classes); }

std::int64_t Teacher::hint_width() const { return static_cast<std::int64_t>(state_->hint); }

void Teacher::answer(std::span<const float> input, std::span<float> scores, std::span<float> hint) const {
  auto executor = state_->executors.take();
  if (executor == nullptr) executor = std::make_unique<Executor>(state_->plan, state_->isa, 1);
  std::ranges::copy(input.first(state_->inputs), static_cast<float*>(executor->input(0)));
  executor->run();
  const auto output = [&](std::size_t i, std::size_t count) {
    return std::span(static_cast<const float*>(executor->output(i)), count);
  };
  std::ranges::copy(output(0, state_->classes), scores.begin());
  if (!hint.empty()) std::ranges::copy(output(1, state_->hint), hint.begin());
  state_->executors.put_back(std::move(executor));
}

Status TaughtExamples::read(std::int64_t index, std::int64_t epoch, std::span<float> input,
                            std::span<float> target) const {
  PAW_RETURN_IF_ERROR(examples_.read(index, epoch, input, {}));
  if (target.empty()) return {};
  const auto classes = static_cast<std::size_t>(teacher_.classes());
  teacher_.answer(input, target.first(classes), target.subspan(classes));
  apply_temperature(target.first(classes), temperature_);
  return {};
}

}  // namespace paw
