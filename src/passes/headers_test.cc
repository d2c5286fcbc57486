// Runs the before/after texts that stand in the header comment of every pass.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ir/text.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace paw::headers_test {

struct Example {
  int line = 0;
  std::string before, after;
};

// The lines `//   graph ...` that follow a line `// before...` or `// after...`, up to an empty comment line.
std::vector<Example> read_examples(const Pass& pass) {
  std::ifstream file(std::string(PAW_SOURCE_DIR) + "/src/passes/" + std::string(pass.name) + ".cc");
  std::vector<Example> examples;
  std::string* into = nullptr;
  int number = 0;
  for (std::string line; std::getline(file, line) && line.starts_with("//");) {
    ++number;
    if (line.starts_with("// before:")) {
      examples.push_back({.line = number, .before = {}, .after = {}});
      into = &examples.back().before;
    } else if (line.starts_with("// after:")) {
      into = &examples.back().after;
    } else if (!line.starts_with("//   ")) {
      into = nullptr;
    } else if (into != nullptr) {
      *into += line.substr(5) + '\n';
    }
  }
  return examples;
}

class PassHeader : public testing::TestWithParam<const Pass*> {};

TEST_P(PassHeader, ExamplesHold) {
  const Pass& pass = *GetParam();
  const std::vector<Example> examples = read_examples(pass);
  ASSERT_GE(examples.size(), 2u) << "the header of " << pass.name << " shows too little";
  bool any_change = false;
  for (const Example& example : examples) {
    SCOPED_TRACE(std::string(pass.name) + ".cc:" + std::to_string(example.line));
    Result<Graph> graph = parse_graph(example.before, {.ops = all_ops()});
    ASSERT_TRUE(graph) << graph.error().text();
    EXPECT_EQ(print_graph(*graph), example.before) << "write the example as it is printed";
    const Result<bool> changed = run_pass(*graph, pass);
    ASSERT_TRUE(changed) << changed.error().text();
    EXPECT_EQ(print_graph(*graph), example.after);
    EXPECT_EQ(*changed, example.before != example.after);
    any_change = any_change || *changed;
    const Result<bool> again = run_pass(*graph, pass);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_FALSE(*again) << "not settled: " << print_graph(*graph);
  }
  EXPECT_TRUE(any_change);
}

INSTANTIATE_TEST_SUITE_P(All, PassHeader, testing::ValuesIn(all_passes().begin(), all_passes().end()),
                         [](const auto& param_info) { return std::string(param_info.param->name); });

}  // namespace paw::headers_test
