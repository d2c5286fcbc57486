// Elementwise kernels in float32: functions of one operand over a run of elements, and of two operands with NumPy
// broadcasting. Work unit: `unit` consecutive elements of the result, the last unit maybe fewer. Results may take the
// place of an operand that is read element by element in step with them. NaN and infinities as in docs/numerics.md.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

enum class UnaryOp : std::int32_t {
  kCopy,
  kClamp,      // a, b: bounds, a <= b
  kLeakyRelu,  // a: slope below 0
  kHardSigmoid,
  kHardSwish,
  kSigmoid,
  kSilu,
  kTanh,
  kGelu,
  kGeluTanh,
  kErf,
  kExp,
  kLog,
  kSqrt,
  kRsqrt,
  kSquare,
  kAbs,
  kNeg,
  kSign,
  kRound,  // nearest even
};
inline constexpr int kUnaryOps = static_cast<int>(UnaryOp::kRound) + 1;

enum class BinaryOp : std::int32_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMaximum,
  kMinimum,
  kClampGrad,      // first operand where min < second operand < max, else 0
  kHardSwishGrad,  // first operand times the slope of hard_swish at the second
};
inline constexpr int kBinaryOps = static_cast<int>(BinaryOp::kHardSwishGrad) + 1;

inline constexpr std::int64_t kElementUnit = 256;  // what a step takes that nothing else determines

// Trivially copyable: stored in plans.
struct UnaryF32 {
  std::int64_t count = 1;
  std::int64_t unit = kElementUnit;
  UnaryOp op = UnaryOp::kCopy;
  float a = 0, b = 0;
  std::int32_t reserved = 0;
};

inline constexpr int kBinaryAxes = 6;

// Strides are in elements, 0 along an axis where the operand is repeated. Extents of 1 first, the last axis is the
// contiguous one: its strides are 0 or 1. Fewer, longer axes run faster: see joined().
struct BinaryF32 {
  std::int64_t extents[kBinaryAxes] = {1, 1, 1, 1, 1, 1};  // of the result
  std::int64_t a[kBinaryAxes] = {};
  std::int64_t b[kBinaryAxes] = {};
  std::int64_t unit = kElementUnit;
  BinaryOp op = BinaryOp::kAdd;
  float min = -__builtin_inff(), max = __builtin_inff();  // kAdd to kDiv: fused clamp of the result; kClampGrad
  std::int32_t reserved = 0;
};

constexpr std::int64_t elements(const BinaryF32& p) {
  std::int64_t count = 1;
  for (const std::int64_t extent : p.extents) count *= extent;
  return count;
}
constexpr std::int64_t unary_units(const UnaryF32& p) { return ceil_div(p.count, p.unit); }
constexpr std::int64_t binary_units(const BinaryF32& p) { return ceil_div(elements(p), p.unit); }

// The same computation with neighbouring axes joined where both operands allow it.
BinaryF32 joined(const BinaryF32& params);
// Is element i of the operand with these strides the one that element i of the result reads?
bool in_step(const BinaryF32& params, const std::int64_t (&strides)[kBinaryAxes]);

using UnaryF32Fn = void (*)(const UnaryF32& params, const float* x, float* y, Range units);
using BinaryF32Fn = void (*)(const BinaryF32& params, const float* a, const float* b, float* y, Range units);

}  // namespace paw
