// For tests of steps: hostile parameters, and what check() lets through run on buffers of exactly the stated sizes,
// with ASan as the judge.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "base/random.h"
#include "runtime/steps.h"

namespace paw {

// Operands of these sizes in bytes, zeros; an input of size 0 is absent. False when check() refuses; else every tier
// has run all units.
template <class P>
bool run_if_accepted(const StepDef& def, const P& params, const std::vector<std::size_t>& in_bytes,
                     const std::vector<std::size_t>& out_bytes) {
  static_assert(std::is_trivially_copyable_v<P>);
  EXPECT_EQ(def.params_bytes, sizeof(P));
  const std::vector<std::uint64_t> in_size(in_bytes.begin(), in_bytes.end());
  const std::vector<std::uint64_t> out_size(out_bytes.begin(), out_bytes.end());
  if (def.check(&params, {in_size, out_size}) != nullptr) return false;
  std::vector<std::vector<std::byte>> memory;
  for (const auto* sizes : {&in_bytes, &out_bytes}) {
    for (const std::size_t bytes : *sizes) memory.emplace_back(bytes);
  }
  std::vector<const void*> in;
  std::vector<void*> out;
  for (std::size_t i = 0; i < in_bytes.size(); ++i) in.push_back(in_bytes[i] == 0 ? nullptr : memory[i].data());
  for (std::size_t i = in_bytes.size(); i < memory.size(); ++i) out.push_back(memory[i].data());
  std::vector<std::byte> scratch(def.scratch_bytes != nullptr ? def.scratch_bytes(&params) : 0);
  const std::int64_t units = def.units(&params);
  std::size_t bytes = 0;
  for (const auto& operand : memory) bytes += operand.size();
  EXPECT_GE(units, 1) << def.name;
  if (units > static_cast<std::int64_t>(bytes)) {
    ADD_FAILURE() << def.name << ": " << units << " units for " << bytes << " bytes, that may take for ever";
    return true;
  }
  if (def.unit_elements != nullptr) {
    EXPECT_GE(def.unit_elements(&params), 0);
  }
  for (const Isa isa : available_isas()) {
    def.run({kernel_table(isa), &params, in.data(), out.data(), scratch.data(), {0, units}});
  }
  return true;
}

// For steps with one input and one output.
template <class P>
bool run_if_accepted(const StepDef& def, const P& params, std::size_t in_bytes, std::size_t out_bytes) {
  return run_if_accepted(def, params, std::vector{in_bytes}, std::vector{out_bytes});
}

// Sound parameters: accepted, and every operand is needed to its last byte.
template <class P>
void expect_every_byte_needed(const StepDef& def, const P& p, const std::vector<std::size_t>& in, std::size_t out) {
  EXPECT_TRUE(run_if_accepted(def, p, in, {out})) << def.name;
  EXPECT_FALSE(run_if_accepted(def, p, in, {out - 1})) << def.name;
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::vector<std::size_t> less = in;
    --less[i];
    EXPECT_FALSE(run_if_accepted(def, p, less, {out})) << def.name << " input " << i;
  }
}

// One to three of the `count` fields of type I that make up `params` become something unlikely.
template <class I, class P>
P hostile(Random& random, P params, std::size_t first, std::size_t count) {
  constexpr I kMin = std::numeric_limits<I>::min(), kMax = std::numeric_limits<I>::max();
  const I values[] = {kMin, kMin + 1, -1, 0, 1, 2, 3, 7, 64, 1 << 20, (1 << 20) + 1, kMax - 1, kMax};
  for (std::uint64_t i = random.below(3) + 1; i > 0; --i) {
    I value = values[random.below(std::size(values))];
    if (random.below(4) == 0) value = static_cast<I>(random.bits() >> random.below(64));
    const std::size_t field = first + random.below(count);
    std::memcpy(reinterpret_cast<std::byte*>(&params) + field * sizeof(I), &value, sizeof(I));
  }
  return params;
}

}  // namespace paw
