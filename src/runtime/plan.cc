#include "runtime/plan.h"

#include <algorithm>
#include <cstring>

#include "runtime/checksum.h"

namespace paw {

namespace {

constexpr char kMagic[8] = {'P', 'A', 'W', 'P', 'L', 'A', 'N', '\0'};
constexpr std::uint64_t kMaxRecords = 1'000'000;

// Reads a plan file; every access goes through a check.
class Loader {
 public:
  Loader(const Bytes& file, std::string_view where) : file_(file), where_(where) {}

  Status header() {
    if (file_.size() < sizeof(PlanHeader)) return error("too short to be a plan");
    std::memcpy(&h_, file_.data(), sizeof(h_));
    if (std::memcmp(h_.magic, kMagic, sizeof(kMagic)) != 0)
      return error("not a plan", "plans are made by `paw convert`");
    if (h_.version != kPlanVersion) {
      return error(
          "plan version " + std::to_string(h_.version) + ", this program reads " + std::to_string(kPlanVersion),
          "make the plan again with this program's `paw convert`");
    }
    if (h_.file_bytes != file_.size()) return error("truncated or with bytes appended", "copy the file again");
    if (plan_checksum(file_.span()) != h_.crc) return error("damaged: its checksum is wrong", "copy the file again");
    if (h_.target[sizeof(h_.target) - 1] != '\0') return error("the target's name is not terminated");
    if (std::string_view(h_.target) != kPlanTarget) {
      return error("made for " + printable_target() + ", this program runs " + std::string(kPlanTarget),
                   "convert the model for this target");
    }
    if (h_.arena_bytes > kMaxArenaBytes) return error("asks for too much memory");
    return {};
  }

  // The records of a table, in place.
  template <class T>
  Status table(const TableRef& ref, std::span<const T>& out, const char* what) {
    if (ref.count > kMaxRecords) return error(std::string("too many ") + what);
    PAW_RETURN_IF_ERROR(blob({ref.offset, ref.count * sizeof(T)}, alignof(T), what));
    out = {reinterpret_cast<const T*>(file_.data() + ref.offset), static_cast<std::size_t>(ref.count)};
    return {};
  }

  Status blob(const TableRef& ref, std::uint64_t alignment, const char* what) {
    if (ref.offset > file_.size() || ref.count > file_.size() - ref.offset || ref.offset % alignment != 0) {
      return error(std::string(what) + " lie outside the file");
    }
    return {};
  }

  Status text(std::uint64_t offset, std::uint64_t bytes, std::string_view& out) {
    if (offset > h_.strings.count || bytes > h_.strings.count - offset) return error("a name lies outside the file");
    out = {reinterpret_cast<const char*>(file_.data() + h_.strings.offset + offset), static_cast<std::size_t>(bytes)};
    return {};
  }

  std::unexpected<Error> error(std::string_view message, std::string_view hint = {}) const {
    return fail(ErrorCode::kUnsupported, where_, message, hint);
  }
  const PlanHeader& h() const { return h_; }
  const std::byte* params() const { return file_.data() + h_.params.offset; }

 private:
  std::string printable_target() const {
    std::string out;
    for (const char c : std::string_view(h_.target)) out += c >= ' ' && c < 127 ? c : '?';
    return "'" + out + "'";
  }

  const Bytes& file_;
  std::string_view where_;
  PlanHeader h_{};
};

Status check_buffers(const Loader& loader, std::span<const BufferRecord> buffers) {
  for (const BufferRecord& b : buffers) {
    const std::uint64_t room = b.is_constant ? loader.h().constants.count : loader.h().arena_bytes;
    if (b.is_constant > 1 || b.reserved != 0 || b.bytes > room || b.offset > room - b.bytes ||
        b.offset % kBufferAlignment != 0) {
      return loader.error("a buffer lies outside its memory");
    }
  }
  return {};
}

Status read_ports(Loader& loader, const TableRef& ref, std::span<const BufferRecord> buffers, bool writable,
                  std::vector<PlanPort>& out) {
  std::span<const PortRecord> records;
  PAW_RETURN_IF_ERROR(loader.table(ref, records, "inputs and outputs"));
  for (const PortRecord& r : records) {
    PlanPort port;
    PAW_RETURN_IF_ERROR(loader.text(r.name, r.name_bytes, port.name));
    if (r.buffer >= buffers.size() || r.rank > kMaxRank || r.dtype >= static_cast<std::uint32_t>(kDTypeCount)) {
      return loader.error("an input or output is not described right");
    }
    const auto shape = Shape::checked(std::span(r.extents, r.rank));
    if (!shape) return loader.error("an input or output has an impossible shape");
    port.type =
        TensorType(static_cast<DType>(r.dtype), *shape, r.scale > 0 ? per_tensor(r.scale, r.zero_point) : nullptr);
    port.buffer = r.buffer;
    const BufferRecord& buffer = buffers[r.buffer];
    if (buffer.bytes < port.type.bytes()) return loader.error("an input or output does not fit its buffer");
    if (writable && buffer.is_constant) return loader.error("an input is a constant");
    out.push_back(std::move(port));
  }
  return {};
}

// Operands of one step: indices in range, sizes handed to the step's own check, nothing written to a constant.
Status check_step(const Loader& loader, const PlanStep& step, std::span<const BufferRecord> buffers) {
  std::vector<std::uint64_t> sizes;
  for (const std::uint32_t b : step.in) {
    if (b != kNoBuffer && b >= buffers.size()) return loader.error("a step reads a buffer that does not exist");
    sizes.push_back(b == kNoBuffer ? 0 : buffers[b].bytes);
  }
  for (const std::uint32_t b : step.out) {
    if (b >= buffers.size()) return loader.error("a step writes a buffer that does not exist");
    if (buffers[b].is_constant) return loader.error("a step writes to a constant");
    sizes.push_back(buffers[b].bytes);
  }
  const std::span<const std::uint64_t> all(sizes);
  const char* problem = step.def->check(step.params, {all.first(step.in.size()), all.subspan(step.in.size())});
  if (problem == nullptr) return {};
  return loader.error("step " + std::string(step.def->name) + ": " + problem);
}

Result<PlanStep> read_step(Loader& loader, const StepRecord& r, std::span<const std::uint32_t> operands) {
  PlanStep step;
  std::string_view kind;
  PAW_RETURN_IF_ERROR(loader.text(r.kind, r.kind_bytes, kind));
  PAW_RETURN_IF_ERROR(loader.text(r.source, r.source_bytes, step.source));
  step.def = find_step(kind);
  if (step.def == nullptr) {
    return loader.error("a kind of step that this program does not know",
                        "make the plan again with this program's `paw convert`");
  }
  const std::string name = step.def->name;
  if (r.params_bytes != step.def->params_bytes || r.params % 8 != 0 || r.params > loader.h().params.count ||
      r.params_bytes > loader.h().params.count - r.params) {
    return loader.error("step " + name + ": its parameters lie outside the file");
  }
  step.params = loader.params() + r.params;
  const std::uint64_t count = static_cast<std::uint64_t>(r.inputs) + r.outputs;
  if (r.inputs < step.def->min_inputs || r.inputs > step.def->max_inputs || r.outputs != step.def->outputs ||
      r.first_operand > operands.size() || count > operands.size() - r.first_operand) {
    return loader.error("step " + name + ": wrong number of operands");
  }
  step.in = operands.subspan(r.first_operand, r.inputs);
  step.out = operands.subspan(r.first_operand + r.inputs, r.outputs);
  step.group = r.group;
  step.macs = r.macs;
  step.bytes = r.bytes;
  return step;
}

// The steps of a group run block by block: all must have as many units, and there must be blocks that suit each of
// them.
class GroupCheck {
 public:
  Status add(const Loader& loader, const PlanStep& step) {
    const bool goes_on = any_ && step.group == group_;
    if (!goes_on) *this = {};
    if (goes_on && step.units != units_) return loader.error("steps of a group do not go together");
    any_ = true;
    group_ = step.group;
    units_ = step.units;
    grain_ = std::max(grain_, step.grain);
    if (step.chain > 1) chain_ = std::min(chain_, step.chain);
    return grain_ <= chain_ ? Status{} : loader.error("steps of a group cannot be cut together");
  }

 private:
  bool any_ = false;
  std::uint32_t group_ = 0;
  std::int64_t units_ = 0, grain_ = 1, chain_ = INT64_MAX;
};

// How the work of a step may be cut.
Status read_units(const Loader& loader, PlanStep& step) {
  constexpr std::int64_t kMost = std::int64_t{1} << 40;
  step.units = step.def->units(step.params);
  if (step.def->grain != nullptr) step.grain = step.def->grain(step.params);
  if (step.def->chain != nullptr) step.chain = step.def->chain(step.params);
  for (const std::int64_t part : {step.grain, step.chain}) {
    if (part < 1 || part > kMost || (part & (part - 1)) != 0) return loader.error("a step's work cannot be cut");
  }
  return {};
}

}  // namespace

Result<Plan> Plan::load(Bytes file, std::string_view where) {
  Plan plan;
  Loader loader(file, where);
  PAW_RETURN_IF_ERROR(loader.header());
  const PlanHeader& h = loader.h();
  PAW_RETURN_IF_ERROR(loader.blob(h.strings, 1, "names"));
  PAW_RETURN_IF_ERROR(loader.blob(h.params, 8, "parameters"));
  PAW_RETURN_IF_ERROR(loader.blob(h.constants, kBufferAlignment, "constants"));
  PAW_RETURN_IF_ERROR(loader.table(h.buffers, plan.buffers_, "buffers"));
  PAW_RETURN_IF_ERROR(check_buffers(loader, plan.buffers_));
  PAW_RETURN_IF_ERROR(read_ports(loader, h.inputs, plan.buffers_, true, plan.inputs_));
  PAW_RETURN_IF_ERROR(read_ports(loader, h.outputs, plan.buffers_, false, plan.outputs_));
  std::span<const StepRecord> records;
  std::span<const std::uint32_t> operands;
  PAW_RETURN_IF_ERROR(loader.table(h.steps, records, "steps"));
  PAW_RETURN_IF_ERROR(loader.table(h.operands, operands, "operands"));
  plan.steps_.reserve(records.size());
  GroupCheck groups;
  for (const StepRecord& record : records) {
    PAW_ASSIGN_OR_RETURN(PlanStep step, read_step(loader, record, operands));
    PAW_RETURN_IF_ERROR(check_step(loader, step, plan.buffers_));
    PAW_RETURN_IF_ERROR(read_units(loader, step));
    PAW_RETURN_IF_ERROR(groups.add(loader, step));
    if (step.def->scratch_bytes != nullptr) {
      const std::uint64_t scratch = step.def->scratch_bytes(step.params);
      if (scratch > kMaxArenaBytes) return loader.error("a step asks for too much scratch memory");
      plan.scratch_bytes_ = scratch > plan.scratch_bytes_ ? scratch : plan.scratch_bytes_;
    }
    plan.steps_.push_back(step);
  }
  plan.arena_bytes_ = h.arena_bytes;
  plan.constants_ = file.data() + h.constants.offset;
  plan.target_ = kPlanTarget;
  plan.file_ = std::move(file);
  return plan;
}

}  // namespace paw
