// Any bytes are safe: mutated .paw files give a typed error or a model that verifies and can be written again.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/rounds_testing.h"
#include "formats/paw/paw_file.h"
#include "formats/paw/paw_testing.h"
#include "memory_watch.h"
#include "mutate.h"
#include "nets/nets.h"

namespace paw::fuzz_paw_test {

constexpr int kMutations = rounds(2000);
constexpr std::size_t kMostMemory = std::size_t{256} << 20;

// What became of the mutations: the share of each keeps the fuzzer honest.
struct Tally {
  int accepted = 0, refused = 0;
  std::map<std::string, int> places;  // section (or none) that the error named
};

// The part of an error's place after the file's name: the section, when it names one.
std::string section_of(const Error& error) {
  const std::size_t at = error.where.find(": ");
  return at == std::string::npos ? "file" : error.where.substr(at + 2, 4);
}

void check(const Mutation& mutation, Tally& tally) {
  const auto model = read_paw(mutation.file, "fuzz.paw", all_ops());
  if (!model) {
    const Error& error = model.error();
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << mutation.what << ": " << error.text();
    EXPECT_TRUE(error.where.starts_with("fuzz.paw")) << mutation.what << ": " << error.text();
    EXPECT_FALSE(error.message.empty()) << mutation.what;
    EXPECT_LT(error.text().size(), 20'000u) << mutation.what;
    ++tally.refused;
    ++tally.places[section_of(error)];
    return;
  }
  ++tally.accepted;
  EXPECT_TRUE(verify(*model)) << mutation.what;
  const auto again = write_paw(*model);
  ASSERT_TRUE(again) << mutation.what << ": " << again.error().text();
  const auto back = read_paw(*again, "again.paw", all_ops());
  ASSERT_TRUE(back) << mutation.what << ": " << back.error().text();
  // Not equal(): a NaN is not equal to itself. The bytes are.
  const auto twice = write_paw(*back);
  ASSERT_TRUE(twice) << mutation.what;
  EXPECT_EQ(*twice, *again) << mutation.what;
}

Tally fuzz(const Model& model, std::uint64_t stream) {
  const auto file = write_paw(model);
  EXPECT_TRUE(file) << file.error().text();
  const MemoryWatch watch;
  Random random(2025, stream);
  Tally tally;
  for (int i = 0; i < kMutations && !testing::Test::HasFatalFailure(); ++i) check(mutate(*file, random), tally);
  EXPECT_LT(watch.peak(), kMostMemory);
  EXPECT_EQ(tally.accepted + tally.refused, kMutations);
  // Some must still be valid (a changed weight), and the errors must come from every layer.
  EXPECT_GT(tally.accepted, kMutations / 100);
  for (const char* place : {"file", "GRPH", "WGHT", "PREP", "META", "LABL"}) EXPECT_GT(tally.places[place], 5) << place;
  return tally;
}

TEST(FuzzPaw, SmallModel) { fuzz(paw_testing::small_model(), 1); }

TEST(FuzzPaw, QuantizedModel) { fuzz(paw_testing::quantized_model(), 2); }

TEST(FuzzPaw, ModelWithEverything) {
  const Tally tally = fuzz(paw_testing::full_model(), 3);
  EXPECT_GT(tally.places.at("PROV"), 5);
  EXPECT_GT(tally.places.at("CALB"), 5);
}

// The limit on memory means something only when the watch sees it.
TEST(FuzzPaw, MemoryWatchSeesAnAllocation) {
  constexpr std::size_t kBytes = std::size_t{128} << 20;
  const MemoryWatch watch;
  {
    AlignedBuffer buffer(kBytes);
    std::ranges::fill(buffer.as<std::byte>(), std::byte{1});
  }
  EXPECT_GT(watch.peak(), kBytes / 2);
}

// The same stream of random numbers gives the same files: a failure can be repeated.
TEST(FuzzPaw, IsDeterministic) {
  const auto file = write_paw(paw_testing::full_model());
  ASSERT_TRUE(file);
  Random a(1, 1), b(1, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(mutate(*file, a).file, mutate(*file, b).file);
}

}  // namespace paw::fuzz_paw_test
