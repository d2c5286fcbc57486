// The plan: a flat list of steps over buffers in one arena, for one target. In memory it is a view of its file's bytes:
// loading checks everything and copies nothing; weights are used where they lie (mapped). Written by src/lower.
//
// File layout (little-endian, every table 8-byte aligned, constants 64-byte aligned): PlanHeader, BufferRecord[],
// PortRecord[] (inputs, then outputs), StepRecord[], operand indices (uint32), parameter bytes, string bytes,
// constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "runtime/step_def.h"
#include "tensor/type.h"

namespace paw {

inline constexpr std::uint32_t kPlanVersion = 1;
inline constexpr std::uint32_t kNoBuffer = 0xFFFFFFFFu;

// The target of this build's plans: float kernels of every tier read the same packing, so a plan made on one x86-64
// machine runs on any other.
inline constexpr std::string_view kPlanTarget =
#if defined(PAW_PLAN_TARGET)  // of an engine that is compiled for several processors
    PAW_PLAN_TARGET;
#elif defined(__x86_64__)
    "x86-64";
#elif defined(__aarch64__)
    "arm64";
#elif defined(__wasm__)
    "wasm";
#else
    "generic";
#endif

// What plans can be made for.
inline constexpr std::string_view kPlanTargets[] = {"x86-64", "arm64", "android", "wasm", "generic"};

// No plan may ask for more: 4 GiB of arena; 1 GiB where addresses have 32 bits.
inline constexpr std::uint64_t kMaxArenaBytes = std::uint64_t{sizeof(void*) > 4 ? 4u : 1u} << 30;

struct TableRef {
  std::uint64_t offset = 0, count = 0;  // from the start of the file; records (tables) or bytes (blobs)
};

struct PlanHeader {
  char magic[8];  // "PAWPLAN\0"
  std::uint32_t version;
  std::uint32_t crc;  // CRC-32 of the file with this field zero
  std::uint64_t file_bytes;
  char target[16];  // "x86-64-v3", "portable", ...: NUL-padded
  std::uint64_t arena_bytes;
  TableRef buffers, inputs, outputs, steps, operands, params, strings, constants;
};

struct BufferRecord {
  std::uint64_t offset;  // in the arena, or in the constants blob
  std::uint64_t bytes;
  std::uint32_t is_constant;  // 0 or 1
  std::uint32_t reserved;     // 0
};

// A graph input or output: lives in the arena for the whole run.
struct PortRecord {
  std::uint32_t buffer;
  std::uint32_t dtype;  // DType
  std::uint32_t rank;
  std::uint32_t name_bytes;
  std::uint64_t name;  // offset in strings
  std::int64_t extents[kMaxRank];
  float scale;  // quantised ports: per tensor; 0: none
  std::int32_t zero_point;
};

struct StepRecord {
  std::uint64_t kind;    // offset of the StepDef's name in strings
  std::uint64_t source;  // offset of the source note in strings
  std::uint32_t kind_bytes, source_bytes;
  std::uint64_t params;  // offset in the parameter bytes, 8-byte aligned
  std::uint32_t params_bytes;
  std::uint32_t first_operand, inputs, outputs;  // in the operand table: inputs, then outputs
  std::uint32_t group;  // steps of one group follow each other and run block by block; else its own number
  std::uint32_t flags;  // 0
  std::int64_t macs;    // for the profile
  std::int64_t bytes;   // moved, for the profile
};

// One step, resolved.
struct PlanStep {
  const StepDef* def = nullptr;
  const void* params = nullptr;
  std::span<const std::uint32_t> in, out;  // buffer indices; kNoBuffer: absent input
  std::string_view source;
  std::uint32_t group = 0;
  std::int64_t units = 0;
  std::int64_t grain = 1, chain = 1;  // StepDef::grain, StepDef::chain; powers of two
  std::int64_t macs = 0, bytes = 0;
};

struct PlanPort {
  std::string_view name;
  TensorType type;
  std::uint32_t buffer = 0;
};

class Plan {
 public:
  // The trust boundary: after it, run() checks nothing. `where` starts messages, usually the path. kUnsupported: not a
  // plan, damaged, another version, a target that this build cannot run, or a step that would leave its buffers.
  static Result<Plan> load(Bytes file, std::string_view where);

  std::span<const PlanStep> steps() const { return steps_; }
  std::span<const BufferRecord> buffers() const { return buffers_; }
  std::span<const PlanPort> inputs() const { return inputs_; }
  std::span<const PlanPort> outputs() const { return outputs_; }
  std::uint64_t arena_bytes() const { return arena_bytes_; }
  std::uint64_t scratch_bytes() const { return scratch_bytes_; }  // per thread
  // Scratch of one thread begins at a multiple of 64 bytes.
  const std::byte* constant(const BufferRecord& buffer) const { return constants_ + buffer.offset; }
  std::string_view target() const { return target_; }

 private:
  Bytes file_;
  std::span<const BufferRecord> buffers_;
  std::vector<PlanStep> steps_;
  std::vector<PlanPort> inputs_, outputs_;
  std::uint64_t arena_bytes_ = 0, scratch_bytes_ = 0;
  const std::byte* constants_ = nullptr;
  std::string_view target_;
};

}  // namespace paw
