// The pickle of a PyTorch weight file, read as data. Knows dictionaries, lists, texts, numbers, storages and tensors;
// nothing is called, imported or built that is not named here.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace paw::pytorch {

// About 20,000 tensors; bounds a pickle's memory at 64 MB, whatever its size.
inline constexpr std::size_t kMaxOpcodes = 500'000;

struct Value {
  enum class Kind : std::uint8_t {
    kNone,
    kBool,         // number: 0 or 1
    kInt,          // number
    kFloat,        // its number is not kept
    kText,         // number: index in Pickle::texts
    kList,         // number: index in Pickle::items
    kTuple,        //
    kDict,         // the same; items are key, value, key, value, ...
    kFunction,     // number: a Function; only ever the callee of REDUCE
    kStorageType,  // number: a DType
    kStorage,      // number: index in Pickle::storages
    kTensor,       // number: index in Pickle::tensors
  };
  Kind kind = Kind::kNone;
  std::int64_t number = 0;
};

// What a tensor's numbers are kept in; tensors may share one.
struct Storage {
  std::string_view key;  // its name in the file
  DType dtype = DType::kF32;
  std::int64_t elements = 0;  // as the pickle claims, not negative
};

// A view of a storage, in elements. Nothing of it is checked but rank <= kMaxRank.
struct TensorView {
  std::uint32_t storage = 0;  // index in Pickle::storages
  std::int64_t offset = 0;
  int rank = 0;
  std::array<std::int64_t, kMaxRank> extents{}, strides{};
};

// One pickle; texts view its bytes.
struct Pickle {
  Value root;
  std::vector<std::string_view> texts;
  std::vector<std::vector<Value>> items;
  std::vector<Storage> storages;  // each key once
  std::vector<TensorView> tensors;

  // Requires the kind.
  std::string_view text(Value value) const { return texts[static_cast<std::size_t>(value.number)]; }
  std::span<const Value> list(Value value) const { return items[static_cast<std::size_t>(value.number)]; }
  // The value of a text key of a dictionary; null: none. The last one counts, as in Python.
  const Value* find(Value dict, std::string_view key) const;
};

// Reads the pickle that begins at byte `at` of `file`, and moves `at` behind it. Errors kUnsupported that start with
// `where`: an opcode or Python object that is not on the list (named), damage (with the byte), too long.
Result<Pickle> read_pickle(std::span<const std::byte> file, std::size_t& at, std::string_view where);

}  // namespace paw::pytorch
