// Lowering of one op: chooses step kinds, fills their parameters, packs weights. One file per op or family in
// lower/ops/, one line per op in lowerings.inc.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "ir/graph.h"
#include "lower/lower.h"
#include "runtime/step_def.h"

namespace paw {

struct BufferTag;
using BufferId = Id<BufferTag>;

// A step under construction; operands are buffers, not yet placed.
struct DraftStep {
  const StepDef* def = nullptr;
  std::vector<std::byte> params;
  std::vector<BufferId> in, out;  // an invalid id: absent
  std::string source;
  std::int64_t macs = 0, bytes = 0;
};

struct FusedClamp {
  float min, max;
  ValueId result;
};

// The bounds of a relu, relu6 or clamp; empty for other nodes.
struct Bounds {
  float min, max;
  bool operator==(const Bounds&) const = default;
};
std::optional<Bounds> clamp_bounds(const Node& node);

class Lowering {
 public:
  virtual ~Lowering() = default;
  virtual const Graph& graph() const = 0;
  virtual Rounding rounding() const = 0;  // of quantised nodes
  // Buffer that holds `value` when the plan runs (arena, or the constant's elements as they are).
  virtual BufferId buffer(ValueId value) = 0;
  // A temporary in the arena, alive from the first step that writes it to the last that reads it.
  virtual BufferId temporary(std::uint64_t bytes) = 0;
  // A constant made for the plan: packed weights and the like. Equal bytes are stored once.
  virtual BufferId constant(Bytes bytes) = 0;
  // `value` is the same memory as `of` from here on (reshape): no step.
  virtual void alias(ValueId value, ValueId of) = 0;
  virtual void emit(DraftStep step) = 0;
  // When the only reader of `value` is a relu, relu6 or clamp: its bounds and its result, and the reader needs no step
  // of its own any more. Otherwise infinite bounds and `value`.
  virtual FusedClamp take_clamp(ValueId value) = 0;
  // Looking around. The node that makes `value`; null for inputs and constants.
  virtual const Node* producer(ValueId value) const = 0;
  // The only node that reads `value`, once, when nobody outside the graph does; else null.
  virtual const Node* only_reader(ValueId value) const = 0;
  // Leaves `buffer` beside `value` for the lowerings of later nodes; kept(): invalid when nothing was left.
  virtual void keep(ValueId value, BufferId buffer) = 0;
  virtual BufferId kept(ValueId value) const = 0;

  // emit() with a parameter struct.
  template <class P>
  void step(const StepDef& def, const P& params, std::initializer_list<BufferId> in,
            std::initializer_list<BufferId> out, const Node& node) {
    static_assert(std::is_trivially_copyable_v<P>);
    DraftStep draft{
        .def = &def, .params = std::vector<std::byte>(sizeof(P)), .in = in, .out = out, .source = node.source};
    std::memcpy(draft.params.data(), &params, sizeof(P));
    emit(std::move(draft));
  }
};

// "[conv2d 'block3/dw'] message": the op cannot be lowered.
std::unexpected<Error> unsupported(const Node& node, std::string_view message, std::string_view hint = {});

// Error unless every operand, or this one, is float32.
Status require_f32(const Lowering& lowering, const Node& node);
Status require_f32(const Lowering& lowering, const Node& node, ValueId operand);

// An extent as steps have it. The verifier keeps extents below 2^31.
constexpr std::int32_t narrow(std::int64_t extent) { return static_cast<std::int32_t>(extent); }

// Lowers one node of a verified graph. Error: unsupported().
using LowerFn = Status (*)(Lowering& lowering, const Node& node);

}  // namespace paw
