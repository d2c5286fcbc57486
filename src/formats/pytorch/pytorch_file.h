// Weights of a PyTorch file (.pth, .pt, .th), known by content: the legacy stream and the zip archive.
// Nothing in the file is executed: what is neither tensor, number, text nor dictionary is an error.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "tensor/tensor.h"

namespace paw {

struct NamedTensor {
  std::string name;  // as in the file: "layer1.0.conv1.weight"
  Tensor tensor;     // row-major, as PyTorch orders axes (convolutions OIHW); f32, f64, f16, bf16, i8..i64, u8, bool
};

struct PytorchWeights {
  std::vector<NamedTensor> tensors;  // in the file's order; names are unique
  // The dictionaries around them, outermost first: "state_dict". Of the keys "state_dict", "model_state_dict" and
  // "model" the first that holds a dictionary is entered, twice at most.
  std::vector<std::string> wrappers;
  std::vector<std::string> skipped;  // entries beside the tensors and the wrappers, by name: "epoch", "optimizer"
};

// By the first bytes alone.
bool is_pytorch(std::span<const std::byte> file);

// Reads a whole file's bytes (usually mapped). `where` starts error messages, usually the path. Memory beside the
// file: at most twice its size and 64 MB. Errors kUnsupported that name the tensor, storage, opcode or Python object:
// not a PyTorch file, damaged, an object that only code could load, a view outside its storage, an empty tensor,
// tensors that overlap to more than the file's size, no tensors at all.
Result<PytorchWeights> read_pytorch(const Bytes& file, std::string_view where);

}  // namespace paw
