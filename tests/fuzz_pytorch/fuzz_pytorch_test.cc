// Any bytes are safe: mutated PyTorch files give tensors or a typed error.
#include <gtest/gtest.h>

#include <array>

#include "base/random.h"
#include "formats/pytorch/pytorch_file.h"
#include "formats/pytorch/pytorch_testing.h"
#include "memory_watch.h"

namespace paw::fuzz_pytorch_test {

using namespace pytorch_testing;

constexpr int kMutations = 2000;
constexpr std::size_t kAllowance = std::size_t{64} << 20;  // of the pickle, docs in pytorch_file.h

// A checkpoint with everything that real ones have: wrapper, settings, shared storages, views, other element types.
struct Parts {
  std::string object;
  std::vector<Data> storages;
};

Parts checkpoint(Form form) {
  std::vector<float> numbers(60);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i) / 4;
  const std::vector<std::int64_t> counter = {3};
  const std::vector<View> views = {
      {.name = "conv.weight", .elements = 60, .extents = {3, 2, 3, 3}, .strides = {18, 9, 3, 1}},
      {.name = "conv.channels_last", .elements = 60, .extents = {3, 2, 3, 3}, .strides = {18, 1, 6, 2}},
      {.name = "conv.bias", .elements = 60, .offset = 54, .extents = {6}, .strides = {1}},
      {.name = "bn.steps", .storage = "1", .dtype = DType::kI64, .elements = 1},
  };
  const std::vector<std::pair<std::string, std::string>> metadata = {{text("version"), integer(1)}};
  const std::vector<std::pair<std::string, std::string>> entries = {
      {text("epoch"), integer(100'000)},
      {text("lr"), "G" + le(0x3FB999999999999A, 8)},
      {text("milestones"), "](" + integer(30) + integer(-1) + "e"},
      {text("state_dict"), state_dict(views, form) + dict(metadata) + "b"}};
  return {dict(entries), {data<float>("0", numbers), data<std::int64_t>("1", counter)}};
}

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random.below(n)); }

void change_byte(std::string& s, Random& random) {
  static constexpr std::string_view kOpcodes(
      ")](}t\x85\x86\x87"
      "NKMJXcRQbuaesqhrj.\x80\x88\x89\x8a"
      "GUTioP0\x81\x93",
      38);
  const std::size_t at = below(random, s.size());
  s[at] = random.below(2) == 0 ? kOpcodes[below(random, kOpcodes.size())] : static_cast<char>(random.below(256));
}

void change_number(std::string& s, Random& random) {
  static constexpr std::array<std::uint64_t, 10> kNumbers = {0,          1,          0x7F,       0xFF,      0xFFFF,
                                                             0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, INT64_MAX, UINT64_MAX};
  const std::size_t width = std::size_t{1} << random.below(4);
  if (s.size() < width) return;
  const std::uint64_t value = kNumbers[below(random, kNumbers.size())];
  std::memcpy(&s[below(random, s.size() - width + 1)], &value, width);
}

void move_run(std::string& s, Random& random) {
  const std::size_t from = below(random, s.size()), n = 1 + below(random, 40), to = below(random, s.size());
  const std::string part = s.substr(from, n);
  if (random.below(2) == 0) s.erase(from, n);
  if (random.below(2) == 0) s.insert(std::min(to, s.size()), part);
}

void flip_bit(std::string& s, Random& random) {
  const std::size_t at = below(random, s.size());
  s[at] = static_cast<char>(s[at] ^ (1 << random.below(8)));
}

void cut_off(std::string& s, Random& random) { s.resize(below(random, s.size())); }

// Integers of shapes, strides, offsets and sizes stand behind K: the mutation that keeps the pickle whole.
void change_integer(std::string& s, Random& random) {
  std::size_t at = below(random, s.size());
  at = s.find('K', at);
  if (at + 1 < s.size() && at != s.npos) s[at + 1] = static_cast<char>(random.below(random.below(2) == 0 ? 8 : 256));
}

void mutate(std::string& s, Random& random) {
  static constexpr void (*kKinds[])(std::string&, Random&) = {change_byte, change_number,  move_run,      flip_bit,
                                                              cut_off,     change_integer, change_integer};
  if (!s.empty()) kKinds[below(random, std::size(kKinds))](s, random);
}

std::string mutated_file(const Parts& good, Form form, Random& random) {
  Parts parts = good;
  if (random.below(4) != 0) {
    mutate(parts.object, random);
    if (random.below(8) == 0) parts.storages[below(random, 2)].bytes += 'x';
    return file(parts.object, parts.storages, form);
  }
  std::string bytes = file(parts.object, parts.storages, form);
  mutate(bytes, random);
  return bytes;
}

struct Tally {
  int accepted = 0, refused = 0;
};

void check(const std::string& bytes, Tally& tally, int i) {
  const MemoryWatch watch;
  const Bytes whole = bytes_of(bytes);
  const auto weights = read_pytorch(whole, "fuzz.pth");
  EXPECT_LE(watch.peak(), kAllowance + 3 * bytes.size()) << i;  // the copy of the file counts
  if (!weights) {
    EXPECT_EQ(weights.error().code, ErrorCode::kUnsupported) << i << ": " << weights.error().text();
    EXPECT_TRUE(weights.error().where.starts_with("fuzz.pth")) << i << ": " << weights.error().text();
    EXPECT_FALSE(weights.error().message.empty()) << i;
    EXPECT_LT(weights.error().text().size(), 2000u) << i;
    ++tally.refused;
    return;
  }
  ++tally.accepted;
  std::size_t bytes_of_all = 0;
  for (const NamedTensor& named : weights->tensors) {
    ASSERT_EQ(named.tensor.data.size(), named.tensor.type.bytes()) << i;
    bytes_of_all += stored_values(named.tensor).size();  // reads every byte
  }
  EXPECT_GT(bytes_of_all, 0u) << i;
}

class FuzzPytorch : public ::testing::TestWithParam<Form> {};

TEST_P(FuzzPytorch, GivesTensorsOrATypedError) {
  const Parts good = checkpoint(GetParam());
  const auto weights = read_pytorch(bytes_of(file(good.object, good.storages, GetParam())), "good.pth");
  ASSERT_TRUE(weights) << weights.error().text();
  ASSERT_EQ(weights->tensors.size(), 4u);
  Random random(2026, GetParam() == Form::kLegacy ? 1 : 2);
  Tally tally;
  for (int i = 0; i < kMutations && !HasFatalFailure(); ++i) {
    check(mutated_file(good, GetParam(), random), tally, i);
  }
  // Some must still be valid (a changed shape or weight), most must not.
  EXPECT_GT(tally.accepted, kMutations / 20);
  EXPECT_GT(tally.refused, kMutations / 3);
}

INSTANTIATE_TEST_SUITE_P(Forms, FuzzPytorch, ::testing::Values(Form::kLegacy, Form::kArchive),
                         [](const auto& form) { return form.param == Form::kLegacy ? "Legacy" : "Archive"; });

// What one opcode can make the reader hold, at the largest length that is read.
TEST(FuzzPytorchMemory, StaysWithinTheAllowance) {
  for (const std::string& step : {std::string("]"), std::string("}"), std::string("(Nt"), std::string("N\x85"),
                                  "X" + le(0, 4), std::string("](Ne"), "Nr" + le(499'999, 4)}) {
    std::string value;
    while (value.size() < 1'000'000) value += step;
    const Bytes whole = bytes_of(legacy_file(value, {}));
    const MemoryWatch watch;
    const auto weights = read_pytorch(whole, "big.pth");
    EXPECT_FALSE(weights);
    EXPECT_LE(watch.peak(), kAllowance + 2 * whole.size()) << step;
  }
}

}  // namespace paw::fuzz_pytorch_test
