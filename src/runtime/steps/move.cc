#include "runtime/steps.h"

namespace paw::step {

namespace {

// More elements than any buffer holds; sums of seven such numbers fit easily.
constexpr std::int64_t kLimit = std::int64_t{1} << 33;

// The highest element that one side reaches, or -1 when an offset or stride is negative or leads past kLimit.
std::int64_t last_element(const std::int64_t* extents, const std::int64_t* strides, std::int64_t offset) {
  if (offset < 0 || offset > kLimit) return -1;
  std::int64_t last = offset;
  for (int i = 0; i < kMoveAxes; ++i) {
    if (strides[i] < 0) return -1;
    if (extents[i] > 1 && strides[i] > kLimit / (extents[i] - 1)) return -1;
    last += (extents[i] - 1) * strides[i];
  }
  return last;
}

bool inside(std::int64_t last, std::int64_t element_bytes, std::uint64_t bytes) {
  return last >= 0 && (static_cast<std::uint64_t>(last) + 1) * static_cast<std::uint64_t>(element_bytes) <= bytes;
}

const char* check_move(const void* raw, const StepOperands& operands) {
  const auto& m = *static_cast<const Move*>(raw);
  std::int64_t elements = 1;
  for (const std::int64_t extent : m.extents) {
    if (extent < 1 || extent > kLimit / elements) return "an extent is out of range";
    elements *= extent;
  }
  const std::int64_t width = m.element_bytes;
  if (width != 1 && width != 2 && width != 4 && width != 8) return "elements of an impossible width";
  if (!inside(last_element(m.extents, m.from, m.from_offset), width, operands.in[0])) return "the input is too small";
  if (!inside(last_element(m.extents, m.to, m.to_offset), width, operands.out[0])) return "the output is too small";
  // No element is written twice by an honest plan; a dishonest one may not keep us busy for ever.
  if (!inside(elements - 1, width, operands.out[0])) return "more elements than the output holds";
  return nullptr;
}

}  // namespace

constinit const StepDef move{.name = "move",
                             .params_bytes = sizeof(Move),
                             .check = check_move,
                             .units = [](const void* p) { return move_units(*static_cast<const Move*>(p)); },
                             .run = [](const StepRun& r) { r.kernels.move(r.as<Move>(), r.in[0], r.out[0], r.units); }};

}  // namespace paw::step
