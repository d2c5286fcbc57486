// The two forms of a PyTorch file, each to the same thing: a pickle and the bytes of its storages.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/pytorch/pickle.h"

namespace paw::pytorch {

constexpr std::size_t kShownName = 100;  // columns of a name in messages

struct Contents {
  Bytes pickle_bytes;  // what the pickle's texts view
  Pickle pickle;
  std::vector<Bytes> storages;  // one per pickle.storages, exactly its size
};

enum class Form : std::uint8_t { kNone, kLegacy, kArchive };
Form form_of(std::span<const std::byte> file);

// torch.save before PyTorch 1.6: pickles of magic number, protocol, system, object and storage keys, then per key an
// element count and the elements. Storages view the file. kUnsupported: damaged, big-endian, bytes behind its end.
Result<Contents> read_legacy(const Bytes& file, std::string_view where);

// torch.save since then: a zip archive of data.pkl, byteorder and data/KEY. Storages are copies; all together are
// smaller than the file. kUnsupported: damaged (CRC), a compressed, encrypted or repeated entry, TorchScript.
Result<Contents> read_archive(const Bytes& file, std::string_view where);

}  // namespace paw::pytorch
