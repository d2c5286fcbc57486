// The page docs/op-support.md: every op against what is known about it. A layer that attaches by op (a format, the
// kernels) adds one column with its own function.
#pragma once

#include <string>

namespace paw {

// The whole page, as Markdown.
std::string op_support_page();

}  // namespace paw
