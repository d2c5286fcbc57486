// Any bytes are safe: mutated .tflite files give a model or a typed error, in bounded memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "formats/tflite/tflite_file.h"
#include "forms.h"
#include "host/file.h"
#include "memory_watch.h"
#include "model_tally.h"
#include "mutate.h"

namespace paw::fuzz_tflite_test {

using namespace fuzz_testing;

void check_model(const Mutation& mutation, const Model& model, Tally& tally) {
  EXPECT_TRUE(verify(model)) << mutation.what;
  const auto again = write_tflite(model);
  if (again) {
    const auto back = read_tflite(*again, "again.tflite");
    EXPECT_TRUE(back) << mutation.what << ": " << back.error().text();
  } else {
    EXPECT_EQ(again.error().code, ErrorCode::kUnsupported) << mutation.what << ": " << again.error().text();
  }
  run_small(model, mutation.file.size(), mutation.what, tally);
}

void check(const Mutation& mutation, Tally& tally) {
  const auto read = read_tflite(mutation.file, "fuzz.tflite");
  if (read) {
    ++tally.read;
    return check_model(mutation, read->model, tally);
  }
  expect_refusal(read.error(), "fuzz.tflite", 5000, mutation.what, tally);
}

Tally fuzz(const Bytes& good, std::uint64_t stream) {
  const TfliteMutator mutator(good);
  Random random(2026, stream);
  Tally tally;
  const MemoryWatch watch;
  for (int i = 0; i < mutations() && !testing::Test::HasFailure(); ++i) check(mutator.next(random), tally);
  EXPECT_LT(watch.peak(), kMostMemory);
  return tally;
}

// A tenth of the mutations at least leaves something that is read, and a third nothing.
void expect_both(const Tally& tally) {
  EXPECT_GT(tally.read, mutations() / 10);
  EXPECT_GT(tally.refused, mutations() / 3);
}

TEST(FuzzTflite, OwnExports) {
  Model base{.graph = tflite_testing::tiny_net()};
  base.preprocess = Preprocess{.width = 6, .height = 6};
  base.labels = {"a", "b", "c"};
  const auto forms = tflite_testing::all_forms(base.graph);
  ASSERT_TRUE(forms) << forms.error().text();
  int run = 0;
  for (std::size_t i = 0; i < forms->size(); ++i) {
    Model model = base;
    model.graph = (*forms)[i].graph;
    const auto file = write_tflite(model);
    ASSERT_TRUE(file) << file.error().text();
    const Tally tally = fuzz(*file, i);
    expect_both(tally);
    run += tally.run;
  }
  EXPECT_GT(run, mutations() / 10);
}

TEST(FuzzTflite, Zoo) {
  const char* zoo = std::getenv("PAW_ZOO");
  if (zoo == nullptr || std::getenv("PAW_FUZZ_ZOO") == nullptr) GTEST_SKIP() << "no PAW_ZOO, or a fast run";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(zoo) / "models")) {
    if (entry.path().extension() == ".tflite") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  ASSERT_GT(files.size(), 10u);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto file = map_file(files[i]);
    ASSERT_TRUE(file);
    fuzz(*file, 100 + i);
    ASSERT_FALSE(HasFailure()) << files[i];
  }
}

}  // namespace paw::fuzz_tflite_test
