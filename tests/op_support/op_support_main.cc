// Prints docs/op-support.md.
#include <cstdio>

#include "pipeline/op_support.h"

int main() {
  const std::string page = paw::op_support_page();
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
