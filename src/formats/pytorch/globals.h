// The Python objects that a pickle may name: nothing else is known, and these are names, not code.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tensor/dtype.h"

namespace paw::pytorch {

enum class Function : std::uint8_t {
  kOrderedDict,       // collections.OrderedDict
  kRebuildTensor,     // torch._utils._rebuild_tensor: before PyTorch 0.4
  kRebuildTensorV2,   // torch._utils._rebuild_tensor_v2
  kRebuildParameter,  // torch._utils._rebuild_parameter
};
std::optional<Function> find_function(std::string_view module, std::string_view name);

// torch.FloatStorage and its like.
std::optional<DType> find_storage_type(std::string_view module, std::string_view name);
// torch.*Storage, known or not: complex numbers, quantised ones.
bool is_storage_type(std::string_view module, std::string_view name);

}  // namespace paw::pytorch
