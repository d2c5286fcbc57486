#include "op_support/op_support.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ops/ops.h"

namespace paw::op_support_test {

TEST(OpSupport, ThePageIsCurrent) {
  std::ifstream file(PAW_SOURCE_DIR "/docs/op-support.md");
  std::stringstream stored;
  stored << file.rdbuf();
  EXPECT_TRUE(stored.str() == op_support_page())
      << "docs/op-support.md is stale: run build/release/paw_op_support > docs/op-support.md";
}

TEST(OpSupport, ListsEveryOpOnce) {
  const std::string page = op_support_page();
  for (const OpDef* op : all_ops()) {
    const std::string row = "\n| `" + std::string(op->name) + "` |";
    const std::size_t first = page.find(row);
    ASSERT_NE(first, std::string::npos) << op->name;
    EXPECT_EQ(page.find(row, first + 1), std::string::npos) << op->name;
  }
}

}  // namespace paw::op_support_test
