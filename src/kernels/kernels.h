// The kernels of one instruction-set tier as a table of functions, filled from kernels.inc.
#pragma once

#include "base/cpu.h"
#include "kernels/conv/conv.h"
#include "kernels/conv/conv_grad.h"
#include "kernels/dropout/dropout.h"
#include "kernels/dwconv/dwconv.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/gather/gather.h"
#include "kernels/image/image.h"
#include "kernels/move/move.h"
#include "kernels/norm/norm.h"
#include "kernels/optimizer/optimizer.h"
#include "kernels/peak/peak.h"
#include "kernels/pool/pool.h"
#include "kernels/quant/binary_i8.h"
#include "kernels/quant/conv_i8.h"
#include "kernels/quant/convert_i8.h"
#include "kernels/quant/dwconv_i8.h"
#include "kernels/quant/pool_i8.h"
#include "kernels/reduce/reduce.h"
#include "kernels/resize/resize.h"
#include "kernels/softmax/softmax.h"

namespace paw {

struct KernelTable {
#define PAW_KERNEL(name, type) type name;
#include "kernels/kernels.inc"
#undef PAW_KERNEL
};

// Every entry is set: a tier without a kernel of its own carries the next lower tier's.
const KernelTable& kernel_table(Isa isa);

}  // namespace paw
