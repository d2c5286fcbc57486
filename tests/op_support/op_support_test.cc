#include "pipeline/op_support.h"

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

// The same cells as on the page.
TEST(OpSupport, TheListOfFormatsSaysWhatThePageDoes) {
  const std::string page = op_support_page();
  const std::vector<OpFormats> ops = ops_of_formats();
  ASSERT_GT(ops.size(), 40u);
  for (const OpFormats& row : ops) {
    ASSERT_EQ(row.held.size(), 5u);
    const std::size_t begin = page.find("\n| `" + std::string(row.op) + "` |");
    ASSERT_NE(begin, std::string::npos) << row.op;
    const std::string line = page.substr(begin + 1, page.find('\n', begin + 1) - begin - 1);
    for (const auto& [format, held] : row.held) {
      EXPECT_NE(line.find(held.empty() ? std::string(" |") : "| " + held + " |"), std::string::npos)
          << row.op << format;
    }
  }
  const std::string text = to_text(ops);
  EXPECT_NE(text.find("conv2d             yes        yes        yes        yes        yes\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("erf in tflite: no: has no operator in TensorFlow Lite"), std::string::npos);
}

}  // namespace paw::op_support_test
