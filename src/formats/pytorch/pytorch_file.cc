#include "formats/pytorch/pytorch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "formats/pytorch/container.h"
#include "formats/pytorch/strided.h"
#include "host/text.h"

namespace paw {

namespace {

using namespace pytorch;
using Kind = Value::Kind;

constexpr std::string_view kWrappers[] = {"state_dict", "model_state_dict", "model"};
constexpr int kMaxWrappers = 2;
std::unexpected<Error> refuse(std::string_view where, std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kUnsupported, where, message, hint);
}

Result<Contents> read_contents(const Bytes& file, std::string_view where) {
  switch (form_of(file.span())) {
    case Form::kLegacy: return read_legacy(file, where);
    case Form::kArchive: return read_archive(file, where);
    case Form::kNone: break;
  }
  return refuse(where, file.empty() ? "is empty, not a PyTorch file" : "is not a PyTorch file",
                "check the path; files of PyTorch before 0.1.10 must be saved again");
}

// Makes tensors out of views, equal views once.
class Tensors {
 public:
  Tensors(const Contents& contents, std::size_t budget) : contents_(contents), budget_(budget) {}

  Result<Tensor> make(const TensorView& view) {
    const Storage& storage = contents_.pickle.storages[view.storage];
    PAW_ASSIGN_OR_RETURN(TensorType type, check_view(view, storage));
    const auto [at, added] = known_.try_emplace({view.storage, view.offset, view.rank, view.extents, view.strides});
    if (added) {
      if (type.bytes() > budget_) {
        return refuse({}, "and the tensors before it overlap: together they are larger than the file");
      }
      budget_ -= type.bytes();
      at->second = gather(view, type, contents_.storages[view.storage]);
    }
    return Tensor{std::move(type), at->second};
  }

 private:
  using Extents = std::array<std::int64_t, kMaxRank>;
  const Contents& contents_;
  std::size_t budget_;
  std::map<std::tuple<std::uint32_t, std::int64_t, int, Extents, Extents>, Bytes> known_;
};

std::string_view key_text(const Pickle& pickle, const Value& key) {
  return key.kind == Kind::kText ? pickle.text(key) : "(a key that is no text)";
}

// Names of entries that are left out, each once: a file may repeat one of megabytes for two bytes each.
class Skipped {
 public:
  explicit Skipped(std::vector<std::string>& out) : out_(out) {}
  void add(std::string_view name) {
    if (seen_.insert(name).second) out_.emplace_back(name);
  }

 private:
  std::set<std::string_view> seen_;
  std::vector<std::string>& out_;
};

// The dictionary that the tensors stand in, below at most kMaxWrappers others.
Value enter_wrappers(const Pickle& pickle, std::vector<std::string>& wrappers, Skipped& skipped) {
  Value dict = pickle.root;
  for (int depth = 0; depth < kMaxWrappers; ++depth) {
    const Value* inner = nullptr;
    std::string_view name;
    for (const std::string_view wrapper : kWrappers) {
      const Value* value = pickle.find(dict, wrapper);
      if (inner == nullptr && value != nullptr && value->kind == Kind::kDict) {
        inner = value;
        name = wrapper;
      }
    }
    if (inner == nullptr) break;
    const std::span<const Value> entries = pickle.list(dict);
    for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
      const std::string_view key = key_text(pickle, entries[i]);
      if (key != name) skipped.add(key);
    }
    wrappers.emplace_back(name);
    dict = *inner;
  }
  return dict;
}

}  // namespace

bool is_pytorch(std::span<const std::byte> file) { return form_of(file) != Form::kNone; }

Result<PytorchWeights> read_pytorch(const Bytes& file, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const Contents contents, read_contents(file, where));
  const Pickle& pickle = contents.pickle;
  if (pickle.root.kind != Kind::kDict) {
    return refuse(where, "holds no dictionary of tensors", "in Python: torch.save(model.state_dict(), path)");
  }
  PytorchWeights out;
  Skipped skipped(out.skipped);
  const std::span<const Value> entries = pickle.list(enter_wrappers(pickle, out.wrappers, skipped));
  Tensors tensors(contents, file.size());
  std::set<std::string_view> names;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const std::string_view name = key_text(pickle, entries[i]);
    if (entries[i].kind != Kind::kText || entries[i + 1].kind != Kind::kTensor) {
      skipped.add(name);
      continue;
    }
    const std::string place = fmt::format("{}: tensor '{}'", where, printable(clip(name, kShownName)));
    if (!names.insert(name).second) return refuse(place, "is named twice");
    auto tensor = tensors.make(pickle.tensors[static_cast<std::size_t>(entries[i + 1].number)]);
    if (!tensor) return refuse(place, std::move(tensor.error().message));
    out.tensors.push_back({std::string(name), std::move(*tensor)});
  }
  if (out.tensors.empty()) return refuse(where, "holds no tensors");
  return out;
}

}  // namespace paw
