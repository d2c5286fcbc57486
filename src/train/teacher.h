// A trained model as the teacher of another one: what it answers is what the other learns (Hinton et al. 2015).
#pragma once

#include <memory>
#include <span>

#include "ir/model.h"
#include "train/data.h"

namespace paw {

// Answers on the engine, one example at a time and on one thread each: batches are loaded by as many threads as train.
class Teacher {
 public:
  // `model`: in export form (passes/export_form.h), with one float32 input and scores that are probabilities. Errors:
  // kUnsupported: another model; of lowering.
  static Result<Teacher> create(const Model& model);
  ~Teacher();
  Teacher(Teacher&&) noexcept;
  Teacher& operator=(Teacher&&) noexcept;

  std::int64_t classes() const;
  // Its features (train/training_form.h) are hints; 0: it has none.
  std::int64_t hint_width() const;
  // Of one example [H,W,C]. From several threads at a time. `hint`: of hint_width(), or empty.
  void answer(std::span<const float> input, std::span<float> scores, std::span<float> hint) const;

 private:
  struct State;
  explicit Teacher(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Examples as they are, and as their targets what the teacher says of them, augmentation and all: its scores, softened
// by a temperature, and the hint where the target has room for it. Both outlive it.
class TaughtExamples final : public ExampleSource {
 public:
  TaughtExamples(const ExampleSource& examples, const Teacher& teacher, double temperature = 1)
      : examples_(examples), teacher_(teacher), temperature_(temperature) {}
  std::int64_t size() const override { return examples_.size(); }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override;

 private:
  const ExampleSource& examples_;
  const Teacher& teacher_;
  double temperature_;
};

}  // namespace paw
