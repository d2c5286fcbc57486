#include "formats/pytorch/globals.h"

namespace paw::pytorch {

namespace {

struct KnownFunction {
  std::string_view module, name;
  Function function;
};
constexpr KnownFunction kFunctions[] = {
    {"collections", "OrderedDict", Function::kOrderedDict},
    {"torch._utils", "_rebuild_tensor", Function::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", Function::kRebuildTensorV2},
    {"torch._utils", "_rebuild_parameter", Function::kRebuildParameter},
};

struct KnownStorage {
  std::string_view name;
  DType dtype;
};
constexpr KnownStorage kStorages[] = {
    {"FloatStorage", DType::kF32},     {"DoubleStorage", DType::kF64}, {"HalfStorage", DType::kF16},
    {"BFloat16Storage", DType::kBF16}, {"LongStorage", DType::kI64},   {"IntStorage", DType::kI32},
    {"ShortStorage", DType::kI16},     {"CharStorage", DType::kI8},    {"ByteStorage", DType::kU8},
    {"BoolStorage", DType::kBool},
};

}  // namespace

std::optional<Function> find_function(std::string_view module, std::string_view name) {
  for (const KnownFunction& known : kFunctions) {
    if (known.module == module && known.name == name) return known.function;
  }
  return std::nullopt;
}

bool is_storage_type(std::string_view module, std::string_view name) {
  return (module == "torch" || module == "torch.cuda") && name.ends_with("Storage");
}

std::optional<DType> find_storage_type(std::string_view module, std::string_view name) {
  if (!is_storage_type(module, name)) return std::nullopt;
  for (const KnownStorage& known : kStorages) {
    if (known.name == name) return known.dtype;
  }
  return std::nullopt;
}

}  // namespace paw::pytorch
