#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/rounds_testing.h"
#include "fuzz_text/mutate.h"
#include "fuzz_text/seeds.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "ops/ops.h"

// AddressSanitizer keeps freed memory for a while (256 MB by default); here memory is what is measured.
extern "C" const char* __asan_default_options();  // NOLINT: the name is the sanitizer's
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=8"; }

namespace paw::fuzz_text::fuzz_text_test {

constexpr std::uint64_t kMutations = rounds(std::uint64_t{2000});  // per seed
constexpr long kMaxGrowthKib = 256 * 1024;

const ParseOptions& options() {
  static const ParseOptions kOptions{.ops = all_ops(), .resolve = {}};
  return kOptions;
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

bool printable(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// A usable error, or a graph that survives what every later step does to it. True when it parsed.
bool check(const std::string& text) {
  const Result<Graph> graph = parse_graph(text, options());
  if (!graph) {
    const Error& e = graph.error();
    EXPECT_EQ(e.code, ErrorCode::kUnsupported) << e.text();
    EXPECT_TRUE(e.where.starts_with("line ")) << e.text();
    EXPECT_FALSE(e.message.empty());
    EXPECT_LT(e.message.size(), 700u);
    EXPECT_TRUE(printable(e.message)) << e.text();
    return false;
  }
  const Status valid = verify(*graph);
  EXPECT_TRUE(valid) << valid.error().text();
  const std::string printed = print_graph(*graph);
  const Result<Graph> again = parse_graph(printed, options());
  EXPECT_TRUE(again) << again.error().text() << '\n' << printed;
  EXPECT_TRUE(again && equal(*graph, *again)) << printed;
  return true;
}

class FuzzText : public testing::TestWithParam<Seed> {};

TEST_P(FuzzText, SeedIsValidAndAFixpoint) {
  const Result<Graph> graph = parse_graph(GetParam().text, options());
  ASSERT_TRUE(graph) << graph.error().text();
  const std::string printed = print_graph(*graph);
  const Result<Graph> again = parse_graph(printed, options());
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_TRUE(equal(*graph, *again));
  EXPECT_EQ(print_graph(*again), printed);
}

TEST_P(FuzzText, MutationsGiveAnErrorOrAValidGraph) {
  const long before = peak_kib();
  std::uint64_t parsed = 0;
  for (std::uint64_t i = 0; i < kMutations; ++i) {
    Random random(2024, i);
    const std::string text = mutate(GetParam().text, random);
    SCOPED_TRACE("mutation " + std::to_string(i));
    if (check(text)) ++parsed;
    if (HasFailure()) FAIL() << text;
  }
  // Both sides of the parser are reached.
  EXPECT_GT(parsed, kMutations / 50);
  EXPECT_LT(parsed, kMutations / 2);
  EXPECT_LT(peak_kib() - before, kMaxGrowthKib);
}

std::string seed_name(const testing::TestParamInfo<Seed>& info) { return std::string(info.param.name); }
INSTANTIATE_TEST_SUITE_P(Seeds, FuzzText, testing::ValuesIn(kSeeds), seed_name);

// Claims whose check could cost far more than the text: every element its own palette, large 2:4 patterns.
TEST(FuzzTextMemory, LargeConstantsWithEncodings) {
  const long before = peak_kib();
  for (const char* constant :
       {"fill 1 : u8[4194304] palette(bits=1, axis=0, group=1)",
        "fill 1 : i4[4096,2048] palette(bits=8, axis=1, group=3)",
        "fill 1 : i4[16777216] palette(bits=1, axis=0, group=0)", "fill 0 : f64[1024,1024] sparse(axis=1, group=4)"}) {
    const Result<Graph> graph = parse_graph("graph g() -> () { %c = const " + std::string(constant) + " }", options());
    EXPECT_TRUE(graph) << graph.error().text();
  }
  EXPECT_LT(peak_kib() - before, kMaxGrowthKib / 4);
}

// A text full of the smallest statements: the limit on values allows thirteen times as many.
TEST(FuzzTextMemory, ManyTinyNodes) {
  const long before = peak_kib();
  std::string text = "graph g(%x: f32[]) -> () {\n";
  for (int i = 0; i < 20000; ++i) text += "%" + std::to_string(i) + "=neg(%x):f32[]\n";
  const Result<Graph> graph = parse_graph(text + "}", options());
  EXPECT_TRUE(graph) << graph.error().text();
  EXPECT_LT(peak_kib() - before, kMaxGrowthKib / 4);
}

// Every indented block of the specification that starts with "graph " is a graph.
TEST(TextFormPage, ExamplesParse) {
  std::ifstream file(PAW_SOURCE_DIR "/docs/text-form.md");
  ASSERT_TRUE(file);
  std::string line, block;
  int examples = 0;
  while (std::getline(file, line)) {
    const bool header = line.starts_with("    graph ") && line.ends_with("{");  // not the grammar's rule
    if (header || !block.empty()) block += line + '\n';
    if (line != "    }" || block.empty()) continue;
    ++examples;
    const Result<Graph> graph = parse_graph(block, options());
    EXPECT_TRUE(graph) << graph.error().text() << '\n' << block;
    block.clear();
  }
  EXPECT_EQ(examples, 2);
}

}  // namespace paw::fuzz_text::fuzz_text_test
