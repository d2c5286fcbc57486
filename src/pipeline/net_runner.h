// A model ready to answer: its plan, an executor, and the mean of knowing what every node gave.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ir/model.h"
#include "runtime/executor.h"

namespace paw {

// What a node of the graph that runs gave in the last run.
struct NodeResult {
  NodeId node;
  Tensor value;
  double ms = 0;
};

class NetRunner {
 public:
  // `every_node`: keeps all results, one step at a time; slower, for traces.
  static Result<NetRunner> create(const Model& model, int threads, bool every_node);
  // Of a finished plan file; it has no graph. Errors start with `where`.
  static Result<NetRunner> of_plan(Bytes plan, std::string_view where, int threads);
  ~NetRunner();
  NetRunner(NetRunner&&) noexcept;
  NetRunner& operator=(NetRunner&&) noexcept;

  std::size_t inputs() const;
  std::size_t outputs() const;  // the graph's own
  // Of one example; write it before every run. Real numbers whatever the graph's input holds: run() quantises them.
  std::span<float> input(std::size_t i = 0);
  void run();
  std::span<const float> scores(std::size_t output = 0);  // of the last run, real numbers
  const Graph& graph() const;                             // as it runs, after the passes
  // With `every_node`: of the last run, in the order of the graph's nodes.
  std::vector<NodeResult> results() const;

 private:
  struct State;
  explicit NetRunner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace paw
