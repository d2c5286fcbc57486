#include "kernels/kernels.h"

#include <type_traits>

namespace paw {

#if !defined(__wasm_simd128__)
#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_portable;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#endif
#if defined(__wasm_simd128__)
#define PAW_HOST_KERNEL(name, type)
#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_simd128;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#endif
#if defined(__x86_64__)
#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_avx2, name##_avx512;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#endif

namespace {

// A WebAssembly module with vector instructions does not run without them: it has that tier alone.
#if defined(__wasm_simd128__)
constexpr KernelTable kLowest = {
#define PAW_HOST_KERNEL(name, type) .name = nullptr,
#define PAW_KERNEL(name, type) .name = name##_simd128,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#elif defined(__wasm__)
constexpr KernelTable kLowest = {
#define PAW_HOST_KERNEL(name, type) .name = nullptr,
#define PAW_KERNEL(name, type) .name = name##_portable,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#else
constexpr KernelTable kLowest = {
#define PAW_KERNEL(name, type) .name = name##_portable,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#endif

#if defined(__x86_64__)
constexpr KernelTable kAvx2 = {
#define PAW_KERNEL(name, type) .name = name##_avx2,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};

constexpr KernelTable kAvx512 = {
#define PAW_KERNEL(name, type) .name = name##_avx512,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#endif

}  // namespace

const KernelTable& kernel_table(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kAvx512) return kAvx512;
  if (isa == Isa::kAvx2) return kAvx2;
#endif
  (void)isa;
  return kLowest;
}

}  // namespace paw
