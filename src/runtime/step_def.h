// StepDef: everything the runtime knows about one kind of step, stated once. The phone-side counterpart of OpDef.
// A step reads and writes whole buffers through one kernel; its parameters are a trivially copyable struct that is
// stored in the plan file and never trusted before check() has seen it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/kernels.h"
#include "kernels/range.h"

namespace paw {

// Sizes in bytes of a step's operands, as the plan states them; 0 = absent optional input.
struct StepOperands {
  std::span<const std::uint64_t> in, out;
};

struct StepRun {
  const KernelTable& kernels;
  const void* params;
  const void* const* in;  // null: absent
  void* const* out;
  void* scratch;  // of this thread, scratch_bytes() long, 64-byte aligned
  Range units;

  template <class P>
  const P& as() const {
    return *static_cast<const P*>(params);
  }
  template <class T>
  const T* input(std::size_t i) const {
    return static_cast<const T*>(in[i]);
  }
  template <class T>
  T* output(std::size_t i) const {
    return static_cast<T*>(out[i]);
  }
};

struct StepDef {
  const char* name;  // "conv_f32": also the name in the plan file
  std::uint32_t params_bytes = 0;
  std::uint8_t min_inputs = 1, max_inputs = 1, outputs = 1;
  // Null when every access of run() with these parameters stays inside the operands and there are no more units than
  // operand bytes; else what is wrong. Parameters are hostile: any bit pattern. All arithmetic in 64 bits with bounded
  // factors.
  const char* (*check)(const void* params, const StepOperands& operands) = nullptr;
  // Independent work units; shared out statically.
  std::int64_t (*units)(const void* params) = nullptr;
  // Scratch bytes per thread; null: none.
  std::uint64_t (*scratch_bytes)(const void* params) = nullptr;
  void (*run)(const StepRun& run) = nullptr;
  // Output elements (first output) that one unit covers when unit u writes exactly elements [u*k, (u+1)*k) of it, the
  // last unit maybe fewer; null or 0: not so. Steps whose units agree can run as one group, block by block, in cache.
  std::int64_t (*unit_elements)(const void* params) = nullptr;
  // Steps that can follow another one in its group: makes units that read `unit` elements each, unit u the elements
  // [u * unit, (u+1) * unit), of every input in `in_step` (a bit for each). False when that cannot be, params
  // unchanged. Null: the units are fixed.
  bool (*set_unit)(void* params, std::int64_t unit, std::uint32_t in_step) = nullptr;
  // Such a step has a result as large as what it reads, and all that a group holds lives together: it only follows a
  // group of which nothing would be free otherwise (in training, where the backward pass reads all of it again).
  bool large_follower = false;
  // Units that one call must hold whole, counted from unit 0: a power of two, for steps that give one result per so
  // many units. Null: 1.
  std::int64_t (*grain)(const void* params) = nullptr;
  // Units that one thread must run in order and no call may reach beyond: a power of two, for steps that add up a
  // result per so many units over several calls, the first of which begins at a multiple of it. Null: 1, no such limit.
  std::int64_t (*chain)(const void* params) = nullptr;
  // Inputs (a bit for each) that may share their memory with output 0 when they are as large: read in step with it.
  std::uint32_t (*in_place)(const void* params) = nullptr;
  // Outputs [0, paired) may each share their memory with the input of the same number when it is as large.
  std::uint8_t paired = 0;
};

// steps.inc lists all kinds; the position in it is not stored in files, the name is.
std::span<const StepDef* const> all_steps();
// Null when there is no such kind.
const StepDef* find_step(std::string_view name);

}  // namespace paw
