#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>

#include "ir/batch.h"
#include "lower/lower.h"
#include "runtime/executor.h"
#include "train/class_weights.h"
#include "train/divergence.h"
#include "train/loader.h"
#include "train/schedule.h"

namespace paw {

namespace {

std::int64_t right_answers(std::span<const float> logits, std::span<const float> targets, std::size_t classes) {
  std::int64_t right = 0;
  for (std::size_t at = 0; at < logits.size(); at += classes) {
    right += best_class(logits.subspan(at, classes)) == best_class(targets.subspan(at, classes)) ? 1 : 0;
  }
  return right;
}

}  // namespace

struct Trainer::State {
  // Where a step's operands and results lie. The plan may use the memory of inputs again while it runs.
  struct Places {
    std::span<float> image, target, hint;
    float* lr = nullptr;
    float* step = nullptr;         // AdamW
    std::int64_t* seed = nullptr;  // dropout
    const float* loss = nullptr;
    std::span<const float> logits;  // [batch, classes]
  };

  Model model;
  TrainSettings settings;
  std::int64_t examples = 0;
  StepGraph step;
  Plan plan;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<ThreadPool> pool;
  std::vector<float> targets;        // of the batch at hand: of each example class probabilities, then its hint
  std::vector<float> probabilities;  // of the batch at hand, without class weights
  Places places;
  std::size_t classes = 0;
  Schedule schedule;
  TrainerState last;  // after the last whole epoch
  std::optional<LossWatch> watch;

  std::int64_t steps() const { return (examples + settings.batch - 1) / settings.batch; }
  std::int64_t elements(ValueId value) const { return step.graph.type(value).shape.elements(); }
  std::span<float> input(std::size_t i) {
    return {static_cast<float*>(executor->input(i)), static_cast<std::size_t>(elements(step.graph.inputs[i]))};
  }

  const Shape& image_shape() const { return step.graph.type(step.graph.inputs[step.image]).shape; }

  Status prepare();
  void find_places();
  void part_targets();
  void write_values();
  std::vector<Tensor> read_values() const;
  Status feed(const ExampleSource& source, std::span<const std::int64_t> indices, std::int64_t number);
  Status run_step(const ExampleSource& source, std::span<const std::int64_t> indices, std::int64_t number);
  Status run_steps(const ExampleSource& source, const Progress& progress, EpochSummary& summary);
  Error diverged(std::int64_t number, const std::string& what) const;
};

Status Trainer::State::prepare() {
  PAW_ASSIGN_OR_RETURN(const Bytes file, lower(step.graph, {.deploy_passes = false}));
  PAW_ASSIGN_OR_RETURN(plan, Plan::load(file, "the training plan"));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  executor = std::make_unique<Executor>(plan, isa, settings.threads);
  pool = std::make_unique<ThreadPool>(settings.threads);
  for (const StepState& state : step.states) last.values.push_back(state.initial);
  schedule = {.peak = settings.learning_rate,
              .last = 0.01,
              .warm_up = static_cast<std::int64_t>(settings.warm_up * static_cast<double>(steps())),
              .steps = steps() * settings.epochs};
  find_places();
  write_values();
  return {};
}

void Trainer::State::find_places() {
  places.image = input(step.image);
  places.target = input(step.target);
  if (step.hint) places.hint = input(*step.hint);
  targets.resize(places.target.size() + places.hint.size());
  places.lr = input(step.lr).data();
  if (step.step) places.step = input(*step.step).data();
  if (step.seed) places.seed = static_cast<std::int64_t*>(executor->input(*step.seed));
  places.loss = static_cast<const float*>(executor->output(step.loss));
  places.logits = {static_cast<const float*>(executor->output(step.logits)), places.target.size()};
  probabilities.resize(places.target.size());
  classes = places.target.size() / static_cast<std::size_t>(settings.batch);
}

void Trainer::State::write_values() {
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    const Bytes& data = last.values[i].data;
    std::memcpy(executor->input(step.states[i].input), data.data(), data.size());
  }
}

std::vector<Tensor> Trainer::State::read_values() const {
  std::vector<Tensor> values;
  for (const StepState& state : step.states) {
    const auto* from = static_cast<const std::byte*>(executor->output(state.output));
    values.push_back({state.initial.type, Bytes::copy_of({from, state.initial.type.bytes()})});
  }
  return values;
}

// The batch and the scalars of step `number`, counted from 0 over all epochs.
Status Trainer::State::feed(const ExampleSource& source, std::span<const std::int64_t> indices, std::int64_t number) {
  PAW_RETURN_IF_ERROR(load_batch(source, indices, last.epochs_done, places.image, targets, *pool));
  mix_batch(settings.mixing, image_shape(), settings.seed, number, places.image, targets);
  part_targets();
  if (!settings.class_weights.empty()) weigh_targets(settings.class_weights, probabilities, places.target);
  *places.lr = static_cast<float>(schedule.at(number));
  if (places.step != nullptr) *places.step = static_cast<float>(number + 1);
  if (places.seed != nullptr) {
    places.seed[0] = static_cast<std::int64_t>(settings.seed);
    places.seed[1] = number;
  }
  return {};
}

// What is known of each example to where the step reads it.
void Trainer::State::part_targets() {
  const std::size_t row = targets.size() / static_cast<std::size_t>(settings.batch), width = row - classes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(settings.batch); ++i) {
    const auto example = std::span<const float>(targets).subspan(i * row, row);
    std::ranges::copy(example.first(classes), probabilities.begin() + static_cast<std::ptrdiff_t>(i * classes));
    std::ranges::copy(example.last(width), places.hint.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  std::ranges::copy(probabilities, places.target.begin());
}

Error Trainer::State::diverged(std::int64_t number, const std::string& what) const {
  return {ErrorCode::kDiverged,
          "epoch " + std::to_string(last.epochs_done + 1) + ", step " + std::to_string(number % steps() + 1),
          what + "; " + layer_to_blame(model.graph, step, last.values, read_values()),
          "try a tenth of the learning rate, or more warm-up"};
}

Trainer::Trainer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

Result<Trainer> Trainer::create(const Model& model, const TrainSettings& settings, std::int64_t examples) {
  auto state = std::make_unique<State>();
  state->settings = settings;
  state->settings.batch = std::clamp<std::int64_t>(settings.batch, 1, examples);
  state->examples = examples;
  state->model = model;
  Model batched = model;
  PAW_ASSIGN_OR_RETURN(batched.graph, with_batch(model.graph, state->settings.batch));
  PAW_ASSIGN_OR_RETURN(state->step, step_graph(batched, settings.step));
  PAW_RETURN_IF_ERROR(state->prepare());
  const auto classes = static_cast<std::int64_t>(state->classes);
  PAW_RETURN_IF_ERROR(check_mixing(settings.mixing, state->image_shape()));
  if (!settings.class_weights.empty()) PAW_RETURN_IF_ERROR(check_class_weights(settings.class_weights, classes));
  state->watch.emplace(classes, settings.class_weights);
  return Trainer(std::move(state));
}

Status Trainer::State::run_step(const ExampleSource& source, std::span<const std::int64_t> indices,
                                std::int64_t number) {
  PAW_RETURN_IF_ERROR(feed(source, indices, number));
  executor->run();
  const auto loss = static_cast<double>(*places.loss);
  if (watch->accepts(loss)) return {};
  if (!std::isfinite(loss)) return std::unexpected(diverged(number, "the loss is no number"));
  const std::string grown = short_number(loss) + " where " + short_number(watch->usual()) + " is usual";
  return std::unexpected(diverged(number, "the loss exploded: it is " + grown));
}

// The epoch's steps, summed up in `summary`. The state is that of the last step, or broken after an error.
Status Trainer::State::run_steps(const ExampleSource& source, const Progress& progress, EpochSummary& summary) {
  std::vector<std::int64_t> order = shuffled(examples, settings.seed, last.epochs_done);
  const std::int64_t padded = steps() * settings.batch, begin = last.epochs_done * steps();
  for (std::int64_t i = examples; i < padded; ++i) order.push_back(order[static_cast<std::size_t>(i - examples)]);
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < steps(); ++i) {
    const auto indices = std::span<const std::int64_t>(order).subspan(static_cast<std::size_t>(i * settings.batch),
                                                                      static_cast<std::size_t>(settings.batch));
    PAW_RETURN_IF_ERROR(run_step(source, indices, begin + i));
    summary.loss += static_cast<double>(*places.loss) / static_cast<double>(steps());
    summary.learning_rate = schedule.at(begin + i);
    right += right_answers(places.logits, probabilities, classes);
    if (progress) progress(std::min((i + 1) * settings.batch, examples), examples);
  }
  summary.accuracy = static_cast<double>(right) / static_cast<double>(padded);
  return {};
}

Result<EpochSummary> Trainer::run_epoch(const ExampleSource& source, const Progress& progress) {
  State& s = *state_;
  const auto begin = std::chrono::steady_clock::now();
  EpochSummary summary{.epoch = s.last.epochs_done + 1, .steps = (s.last.epochs_done + 1) * s.steps()};
  Status status = s.run_steps(source, progress, summary);
  std::vector<Tensor> values = s.read_values();
  // What the last step broke would be seen in the next epoch only, and kept as the best until then.
  if (status && !all_finite(values)) {
    status = std::unexpected(s.diverged(summary.steps - 1, "the last step left no numbers"));
  }
  if (!status) {
    s.write_values();
    return std::unexpected(status.error());
  }
  s.watch->epoch_done(summary.loss);
  s.last = {summary.epoch, std::move(values)};
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return summary;
}

Model Trainer::model(bool averaged) const { return model_of(state_->last.values, averaged); }

Model Trainer::model_of(const std::vector<Tensor>& values, bool averaged) const {
  return with_states(state_->model, state_->step, values, averaged);
}

TrainerState Trainer::state() const { return state_->last; }

Status Trainer::restore(const TrainerState& state) {
  State& s = *state_;
  const bool fits = state.values.size() == s.step.states.size() &&
                    std::ranges::equal(
                        state.values, s.step.states, {}, [](const Tensor& t) { return t.type.text(); },
                        [](const StepState& st) { return st.initial.type.text(); });
  if (!fits) return fail(ErrorCode::kBadData, "checkpoint", "was written for another net or other settings");
  s.last = state;
  s.write_values();
  return {};
}

}  // namespace paw
