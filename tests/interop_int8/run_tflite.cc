// run_tflite MODEL float|fixed TIER|best THREADS: runs a TensorFlow Lite file in the engine. Samples on stdin, each the
// bytes of all inputs; results on stdout, each the bytes of all outputs. What went wrong on stderr, exit code 1.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tflite/tflite_file.h"
#include "host/file.h"
#include "lower/lower.h"
#include "runtime/executor.h"

namespace paw {
namespace {

Result<Plan> load(const char* path, std::string_view rounding) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  PAW_ASSIGN_OR_RETURN(const ReadModel read, read_tflite(file, path));
  const LowerOptions options{.rounding = rounding == "fixed" ? Rounding::kFixedPoint : Rounding::kFloat};
  PAW_ASSIGN_OR_RETURN(Bytes plan, lower(read.model.graph, options));
  return Plan::load(std::move(plan), path);
}

Isa tier(std::string_view wanted) {
  for (const Isa isa : available_isas()) {
    if (name(isa) == wanted) return isa;
  }
  return available_isas().back();
}

// False at the end of the input.
bool read_inputs(const Plan& plan, Executor& executor) {
  for (std::size_t i = 0; i < plan.inputs().size(); ++i) {
    const std::size_t bytes = plan.inputs()[i].type.bytes();
    if (std::fread(executor.input(i), 1, bytes, stdin) != bytes) return false;
  }
  return true;
}

int run(char** arguments) {
  const auto plan = load(arguments[1], arguments[2]);
  if (!plan) {
    std::fprintf(stderr, "%s\n", plan.error().text().c_str());
    return 1;
  }
  Executor executor(*plan, tier(arguments[3]), std::atoi(arguments[4]));
  while (read_inputs(*plan, executor)) {
    executor.run();
    for (std::size_t i = 0; i < plan->outputs().size(); ++i) {
      std::fwrite(executor.output(i), 1, plan->outputs()[i].type.bytes(), stdout);
    }
  }
  return 0;
}

}  // namespace
}  // namespace paw

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs("usage: run_tflite MODEL float|fixed TIER|best THREADS\n", stderr);
    return 2;
  }
  return paw::run(arguments);
}
