// Any bytes are safe: mutated Core ML files give a model or a typed error, in bounded memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compare.h"
#include "host/file.h"
#include "memory_watch.h"
#include "model_tally.h"
#include "mutate.h"

namespace paw::fuzz_coreml_test {
namespace {

using namespace coreml_testing;
using namespace fuzz_testing;
namespace fs = std::filesystem;

void check_model(const Mutation& mutation, const Model& model, Tally& tally) {
  EXPECT_TRUE(verify(model)) << mutation.what;
  // Whatever is read is written again, or refused.
  for (const bool program : {true, false}) {
    const auto again = program ? through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos18})
                               : through_network(model);
    if (again) continue;
    EXPECT_EQ(again.error().code, ErrorCode::kUnsupported) << mutation.what << ": " << again.error().text();
  }
  run_small(model, mutation.package.model.size() + mutation.package.weights.size(), mutation.what, tally);
}

void check(const Mutation& mutation, Tally& tally) {
  const bool network = mutation.package.weights.empty() && is_mlmodel(mutation.package.model.span());
  const auto read =
      network ? read_mlmodel(mutation.package.model, "fuzz.coreml") : read_mlpackage(mutation.package, "fuzz.coreml");
  if (read) {
    ++tally.read;
    return check_model(mutation, read->model, tally);
  }
  expect_refusal(read.error(), "fuzz.coreml", 10'000, mutation.what, tally);
}

Tally fuzz(const MlPackage& good, std::uint64_t stream) {
  const CoreMlMutator mutator(good);
  Random random(2026, stream);
  Tally tally;
  const MemoryWatch watch;
  for (int i = 0; i < mutations() && !testing::Test::HasFailure(); ++i) check(mutator.next(random), tally);
  EXPECT_LT(watch.peak(), kMostMemory);
  return tally;
}

// A tenth of the mutations at least leaves something that is read, and a fifth nothing.
void expect_both(const Tally& tally) {
  EXPECT_GT(tally.read, mutations() / 10);
  EXPECT_GT(tally.refused, mutations() / 5);
  EXPECT_GT(tally.run, mutations() / 20);
}

TEST(FuzzCoreMl, MlPrograms) {
  const MlProgramOptions newest{.precision = DType::kF32, .at_least = IosVersion::kIos18};
  const MlProgramOptions half{.at_least = IosVersion::kIos16};
  std::uint64_t stream = 0;
  for (const auto& [form, options] :
       {std::pair{Stored::kHalf, half}, std::pair{Stored::kInt8, half}, std::pair{Stored::kPalette2, half},
        std::pair{Stored::kSparse, half}, std::pair{Stored::kBlocks, newest}, std::pair{Stored::kPaletteGroups, newest},
        std::pair{Stored::kSparseInt8, newest}, std::pair{Stored::kSparseInt4, newest}}) {
    const auto package = write_ml_program(with_weights(tiny_model(), form), options);
    ASSERT_TRUE(package) << package.error().text();
    SCOPED_TRACE(name(form));
    expect_both(fuzz(*package, stream++));
  }
}

TEST(FuzzCoreMl, NeuralNetworks) {
  std::uint64_t stream = 100;
  for (const Stored form : {Stored::kHalf, Stored::kInt8, Stored::kInt4, Stored::kPalette6, Stored::kSparse}) {
    const auto file = write_neural_network(with_weights(tiny_model(), form));
    ASSERT_TRUE(file) << file.error().text();
    SCOPED_TRACE(name(form));
    expect_both(fuzz({.model = *file, .weights = {}, .manifest = {}}, stream++));
  }
}

// Manifests, in a folder.
TEST(FuzzCoreMl, Manifests) {
  const auto package = write_ml_program(tiny_model());
  ASSERT_TRUE(package);
  const fs::path folder = fs::temp_directory_path() / ("paw-fuzz-" + std::to_string(::getpid()) + ".mlpackage");
  ASSERT_TRUE(save_mlpackage(*package, folder));
  const std::string good(reinterpret_cast<const char*>(package->manifest.data()), package->manifest.size());
  Random random(2026, 200);
  Tally tally;
  for (int i = 0; i < mutations(); ++i) {
    std::string what;
    std::ofstream(folder / "Manifest.json", std::ios::binary) << mutated_manifest(good, random, what);
    const auto read = read_mlpackage(folder);
    (read ? tally.read : tally.refused) += 1;
    if (read) continue;
    EXPECT_TRUE(read.error().code == ErrorCode::kUnsupported || read.error().code == ErrorCode::kIo) << what;
    EXPECT_FALSE(read.error().message.empty()) << what;
  }
  fs::remove_all(folder);
  EXPECT_GT(tally.read, mutations() / 10);  // names and descriptions say nothing
  EXPECT_GT(tally.refused, mutations() / 3);
}

TEST(FuzzCoreMl, Zoo) {
  const char* zoo = std::getenv("PAW_ZOO");
  if (zoo == nullptr || std::getenv("PAW_FUZZ_ZOO") == nullptr) GTEST_SKIP() << "no PAW_ZOO, or a fast run";
  const fs::path folder = fs::path(zoo) / "models/coreml-mnist";
  const auto network = map_file(folder / "mnistCNN.mlmodel");
  const auto program = map_file(folder / "DrawMNIST.mlpackage/Data/com.apple.CoreML/model.mlmodel");
  const auto weights = map_file(folder / "DrawMNIST.mlpackage/Data/com.apple.CoreML/weights/weight.bin");
  ASSERT_TRUE(network && program && weights);
  fuzz({.model = *network, .weights = {}, .manifest = {}}, 300);
  fuzz({.model = *program, .weights = *weights, .manifest = {}}, 301);
}

}  // namespace
}  // namespace paw::fuzz_coreml_test
