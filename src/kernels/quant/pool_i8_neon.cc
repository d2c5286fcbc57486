#include "kernels/quant/pool_i8_body.h"

namespace paw {

namespace {
struct Tier;
}

void pool_i8_neon(const PoolI8& params, const std::uint8_t* x, std::uint8_t* y, Range units) {
  pool_i8_detail::pool<Tier>(params, x, y, units);
}

void reduce_i8_neon(const ReduceI8& params, const std::uint8_t* x, std::uint8_t* y, Range units) {
  pool_i8_detail::reduce<Tier>(params, x, y, units);
}

void softmax_i8_neon(const SoftmaxI8& params, const std::int32_t* table, const std::uint8_t* x, std::uint8_t* y,
                     Range units) {
  pool_i8_detail::softmax<Tier>(params, table, x, y, units);
}

}  // namespace paw
