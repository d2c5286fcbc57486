#include "kernels/kernels.h"

#include <type_traits>

namespace paw {

// An app's engine (PAW_APP_ENGINE) has no kernels of training, and only the tiers that its processors differ in: NEON
// and SIMD128 are there or the engine does not run.
#if defined(PAW_APP_ENGINE)
#define PAW_LOWER_KERNEL(name) nullptr
#else
#define PAW_LOWER_KERNEL(name) name##_portable
#endif

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
#if defined(__aarch64__)
#define PAW_HOST_KERNEL(name, type)
#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_neon;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#endif
#if defined(__x86_64__)
#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_avx2, name##_avx512;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#endif

namespace {

#if defined(__wasm_simd128__)
constexpr KernelTable kLowest = {
#define PAW_HOST_KERNEL(name, type) .name = nullptr,
#define PAW_KERNEL(name, type) .name = name##_simd128,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#elif !(defined(PAW_APP_ENGINE) && defined(__aarch64__))
constexpr KernelTable kLowest = {
#define PAW_HOST_KERNEL(name, type) .name = PAW_LOWER_KERNEL(name),
#define PAW_KERNEL(name, type) .name = name##_portable,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#endif

#if defined(__aarch64__)
constexpr KernelTable kNeon = {
#define PAW_HOST_KERNEL(name, type) .name = PAW_LOWER_KERNEL(name),
#define PAW_KERNEL(name, type) .name = name##_neon,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#endif

#if defined(__x86_64__)
constexpr KernelTable kAvx2 = {
#if defined(PAW_APP_ENGINE)
#define PAW_HOST_KERNEL(name, type) .name = nullptr,
#endif
#define PAW_KERNEL(name, type) .name = name##_avx2,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#endif

#if defined(__x86_64__) && !defined(PAW_APP_ENGINE)
constexpr KernelTable kAvx512 = {
#define PAW_KERNEL(name, type) .name = name##_avx512,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};
#endif

}  // namespace

const KernelTable& kernel_table([[maybe_unused]] Isa isa) {
#if defined(__aarch64__)
#if !defined(PAW_APP_ENGINE)
  if (isa == Isa::kPortable) return kLowest;
#endif
  return kNeon;
#else
#if defined(__x86_64__)
#if !defined(PAW_APP_ENGINE)
  if (isa == Isa::kAvx512) return kAvx512;
#endif
  if (isa == Isa::kAvx2) return kAvx2;
#endif
  return kLowest;
#endif
}

}  // namespace paw
