#include "kernels/kernels.h"

#include <type_traits>

namespace paw {

#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_portable;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#if defined(__x86_64__)
#define PAW_KERNEL(name, type) std::remove_pointer_t<type> name##_avx2, name##_avx512;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
#endif

namespace {

constexpr KernelTable kPortable = {
#define PAW_KERNEL(name, type) .name = name##_portable,
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};

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
  return kPortable;
}

}  // namespace paw
