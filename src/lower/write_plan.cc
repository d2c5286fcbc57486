#include <algorithm>
#include <cstring>
#include <numeric>

#include "lower/draft.h"
#include "lower/memory_plan.h"
#include "runtime/checksum.h"
#include "runtime/plan.h"

namespace paw {

namespace {

// Which buffers share one piece of memory, by union-find over buffer indices.
class Sharing {
 public:
  explicit Sharing(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t root(std::size_t i) const {
    while (parent_[i] != i) i = parent_[i];
    return i;
  }
  void join(std::size_t into, std::size_t other) { parent_[root(other)] = root(into); }

 private:
  std::vector<std::size_t> parent_;
};

struct Placement {
  std::vector<std::uint64_t> offsets;  // per buffer: in the arena, or in the constants
  std::uint64_t arena_bytes = 0, constant_bytes = 0;
};

class Placer {
 public:
  explicit Placer(const Draft& draft)
      : draft_(draft), sharing_(draft.buffers.size()), lifetimes_(draft.buffers.size(), {0, INT64_MAX, -1}) {}

  Placement run() {
    measure();
    share_in_place();
    return place();
  }

 private:
  bool constant(std::size_t buffer) const { return draft_.buffers[buffer].constant.has_value(); }

  void use(BufferId id, std::int64_t time) {
    if (!id.valid()) return;
    Lifetime& life = lifetimes_[id.index];
    life.first = std::min(life.first, time);
    life.last = std::max(life.last, time);
  }

  // Times are groups: the steps of a group run interleaved, so all their buffers live together.
  void measure() {
    const auto end = static_cast<std::int64_t>(draft_.steps.size());
    for (std::size_t i = 0; i < lifetimes_.size(); ++i) lifetimes_[i].bytes = draft_.buffers[i].bytes;
    for (const DraftPort& port : draft_.inputs) use(port.buffer, -1);
    for (std::size_t i = 0; i < draft_.steps.size(); ++i) {
      const auto time = static_cast<std::int64_t>(draft_.groups[i]);
      for (const BufferId id : draft_.steps[i].in) use(id, time);
      for (const BufferId id : draft_.steps[i].out) use(id, time);
    }
    for (const DraftPort& port : draft_.outputs) use(port.buffer, end);
  }

  // The last step that reads each buffer; a result may take over an input that nobody reads afterwards.
  void share_in_place() {
    std::vector<std::size_t> last_reader(draft_.buffers.size(), SIZE_MAX);
    std::vector<bool> first_written(draft_.buffers.size());
    for (std::size_t i = 0; i < draft_.steps.size(); ++i) {
      for (const BufferId id : draft_.steps[i].in) {
        if (id.valid()) last_reader[id.index] = i;
      }
    }
    std::vector<bool> kept(draft_.buffers.size());
    for (const DraftPort& port : draft_.outputs) kept[port.buffer.index] = true;
    std::vector<bool> taken(draft_.buffers.size());
    for (std::size_t i = 0; i < draft_.steps.size(); ++i) {
      const DraftStep& step = draft_.steps[i];
      for (std::size_t o = 0; o < step.out.size(); ++o) {
        const std::size_t result = step.out[o].index;
        if (first_written[result]) continue;
        first_written[result] = true;
        for (std::size_t k = 0; k < step.in.size(); ++k) {
          if (!may_share(step, o, k)) continue;
          const std::size_t input = step.in[k].index;
          if (constant(input) || kept[input] || taken[input] || last_reader[input] != i) continue;
          if (draft_.buffers[input].bytes != draft_.buffers[result].bytes || read_out_of_step(i, input)) continue;
          taken[input] = true;
          take_over(result, input);
          break;
        }
      }
    }
  }

  // May output o of the step take over the memory of its input k?
  static bool may_share(const DraftStep& step, std::size_t o, std::size_t k) {
    if (!step.in[k].valid()) return false;
    if (o == k && o < step.def->paired) return true;
    return o == 0 && step.def->in_place != nullptr && (step.def->in_place(step.params.data()) >> k & 1u) != 0;
  }

  // Does another step of step i's group read `buffer`, which the group has not made, beyond the block at hand?
  bool read_out_of_step(std::size_t i, std::size_t buffer) const {
    std::size_t first = i, end = i + 1;
    while (first > 0 && draft_.groups[first - 1] == draft_.groups[i]) --first;
    while (end < draft_.steps.size() && draft_.groups[end] == draft_.groups[i]) ++end;
    bool read = false;
    for (std::size_t k = first; k < end; ++k) {
      const DraftStep& step = draft_.steps[k];
      if (std::ranges::find(step.out, BufferId(buffer)) != step.out.end()) return false;
      for (std::size_t j = 0; k != i && j < step.in.size(); ++j) {
        read = read || (step.in[j] == BufferId(buffer) && !may_share(step, 0, j));
      }
    }
    return read;
  }

  void take_over(std::size_t result, std::size_t input) {
    Lifetime& life = lifetimes_[sharing_.root(input)];
    const Lifetime& other = lifetimes_[sharing_.root(result)];
    life.first = std::min(life.first, other.first);
    life.last = std::max(life.last, other.last);
    sharing_.join(input, result);
  }

  Placement place() const {
    std::vector<std::size_t> roots;
    std::vector<Lifetime> lifetimes;
    Placement out{.offsets = std::vector<std::uint64_t>(draft_.buffers.size())};
    for (std::size_t i = 0; i < draft_.buffers.size(); ++i) {
      if (constant(i)) {
        out.offsets[i] = out.constant_bytes;
        out.constant_bytes += (draft_.buffers[i].bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
      } else if (sharing_.root(i) == i) {
        roots.push_back(i);
        lifetimes.push_back(lifetimes_[i]);
      }
    }
    const MemoryPlan memory = plan_memory(lifetimes);
    for (std::size_t r = 0; r < roots.size(); ++r) out.offsets[roots[r]] = memory.offsets[r];
    for (std::size_t i = 0; i < draft_.buffers.size(); ++i) {
      if (!constant(i)) out.offsets[i] = out.offsets[sharing_.root(i)];
    }
    out.arena_bytes = memory.bytes;
    return out;
  }

  const Draft& draft_;
  Sharing sharing_;
  std::vector<Lifetime> lifetimes_;
};

// The tables of the file, gathered before their places are known.
struct Tables {
  std::vector<BufferRecord> buffers;
  std::vector<PortRecord> inputs, outputs;
  std::vector<StepRecord> steps;
  std::vector<std::uint32_t> operands;
  std::vector<std::byte> params;
  std::string strings;

  std::uint64_t text(std::string_view s) {
    const std::uint64_t at = strings.size();
    strings += s;
    return at;
  }
};

PortRecord port_record(Tables& tables, const DraftPort& port) {
  PortRecord r{};
  r.buffer = port.buffer.index;
  r.dtype = static_cast<std::uint32_t>(port.type.dtype);
  r.rank = static_cast<std::uint32_t>(port.type.shape.rank());
  r.name_bytes = static_cast<std::uint32_t>(port.name.size());
  r.name = tables.text(port.name);
  std::ranges::copy(port.type.shape.extents(), r.extents);
  if (port.type.quant) {
    r.scale = port.type.quant->scale[0];
    r.zero_point = port.type.quant->zero_point[0];
  }
  return r;
}

StepRecord step_record(Tables& tables, const DraftStep& step, std::uint32_t group) {
  StepRecord r{};
  const std::string_view kind = step.def->name;
  r.kind = tables.text(kind);
  r.kind_bytes = static_cast<std::uint32_t>(kind.size());
  r.source = tables.text(step.source);
  r.source_bytes = static_cast<std::uint32_t>(step.source.size());
  r.params = tables.params.size();
  r.params_bytes = static_cast<std::uint32_t>(step.params.size());
  tables.params.insert(tables.params.end(), step.params.begin(), step.params.end());
  tables.params.resize((tables.params.size() + 7) / 8 * 8);
  r.first_operand = static_cast<std::uint32_t>(tables.operands.size());
  r.inputs = static_cast<std::uint32_t>(step.in.size());
  r.outputs = static_cast<std::uint32_t>(step.out.size());
  for (const BufferId id : step.in) tables.operands.push_back(id.valid() ? id.index : kNoBuffer);
  for (const BufferId id : step.out) tables.operands.push_back(id.index);
  r.group = group;
  r.macs = step.macs;
  r.bytes = step.bytes;
  return r;
}

Tables gather(const Draft& draft, const Placement& placement) {
  Tables tables;
  for (std::size_t i = 0; i < draft.buffers.size(); ++i) {
    tables.buffers.push_back(
        {placement.offsets[i], draft.buffers[i].bytes, draft.buffers[i].constant.has_value() ? 1u : 0u, 0});
  }
  for (const DraftPort& port : draft.inputs) tables.inputs.push_back(port_record(tables, port));
  for (const DraftPort& port : draft.outputs) tables.outputs.push_back(port_record(tables, port));
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    tables.steps.push_back(step_record(tables, draft.steps[i], draft.groups[i]));
  }
  return tables;
}

// Lays the tables out behind the header and copies them in.
class FileWriter {
 public:
  template <class T>
  TableRef reserve(const std::vector<T>& items, std::uint64_t alignment = 8) {
    return reserve(items.size(), items.size() * sizeof(T), alignment);
  }
  TableRef reserve(std::uint64_t count, std::uint64_t bytes, std::uint64_t alignment) {
    end_ = (end_ + alignment - 1) / alignment * alignment;
    const TableRef ref{end_, count};
    end_ += bytes;
    return ref;
  }
  void allocate() { file_ = AlignedBuffer(end_); }
  void put(std::uint64_t offset, const void* data, std::size_t bytes) {
    if (bytes > 0) std::memcpy(file_.data() + offset, data, bytes);
  }
  template <class T>
  void put(const TableRef& ref, const std::vector<T>& items) {
    put(ref.offset, items.data(), items.size() * sizeof(T));
  }
  std::uint64_t size() const { return end_; }
  AlignedBuffer& file() { return file_; }

 private:
  std::uint64_t end_ = sizeof(PlanHeader);
  AlignedBuffer file_;
};

}  // namespace

Bytes write_plan(const Draft& draft) {
  const Placement placement = Placer(draft).run();
  const Tables tables = gather(draft, placement);
  FileWriter out;
  PlanHeader h{};
  std::memcpy(h.magic, "PAWPLAN", 8);
  h.version = kPlanVersion;
  std::ranges::copy(kPlanTarget, h.target);
  h.arena_bytes = placement.arena_bytes;
  h.buffers = out.reserve(tables.buffers);
  h.inputs = out.reserve(tables.inputs);
  h.outputs = out.reserve(tables.outputs);
  h.steps = out.reserve(tables.steps);
  h.operands = out.reserve(tables.operands);
  h.params = out.reserve(tables.params);
  h.strings = out.reserve(tables.strings.size(), tables.strings.size(), 1);
  h.constants = out.reserve(placement.constant_bytes, placement.constant_bytes, kBufferAlignment);
  h.file_bytes = out.size();
  out.allocate();
  out.put(h.buffers, tables.buffers);
  out.put(h.inputs, tables.inputs);
  out.put(h.outputs, tables.outputs);
  out.put(h.steps, tables.steps);
  out.put(h.operands, tables.operands);
  out.put(h.params, tables.params);
  out.put(h.strings.offset, tables.strings.data(), tables.strings.size());
  for (std::size_t i = 0; i < draft.buffers.size(); ++i) {
    const auto& constant = draft.buffers[i].constant;
    if (constant) out.put(h.constants.offset + placement.offsets[i], constant->data(), constant->size());
  }
  out.put(0, &h, sizeof(h));
  h.crc = plan_checksum({out.file().data(), out.file().size()});
  out.put(0, &h, sizeof(h));
  return Bytes(std::move(out.file()));
}

}  // namespace paw
