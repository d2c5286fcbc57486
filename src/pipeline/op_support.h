// What supports each op: the page docs/op-support.md, and `paw convert --list-ops`. A layer that attaches by op (a
// format, the kernels) adds one column with its own function, which tries the op's own cases.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/json.h"

namespace paw {

// The whole page, as Markdown.
std::string op_support_page();

// An op that inference needs, and what each format (of model_formats(); "plan" is the engine) makes of it: "yes" where
// it is written and read back, "no: " or "partly: " and the first reason why not; empty: nothing to try.
struct OpFormats {
  std::string_view op;
  std::vector<std::pair<std::string_view, std::string>> held;
};
std::vector<OpFormats> ops_of_formats();

// {"ops":[{"op","paw","plan","tflite","mlpackage","mlmodel"}]}
Json to_json(const std::vector<OpFormats>& ops);
std::string to_text(const std::vector<OpFormats>& ops);

}  // namespace paw
