#include "formats/pytorch/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>

#include "formats/pytorch/globals.h"
#include "formats/pytorch/opcodes.h"
#include "host/text.h"

namespace paw::pytorch {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they stand in the file");

using Kind = Value::Kind;
using Span = std::span<const std::byte>;

constexpr std::size_t kMaxNameBytes = 200;  // of a module or object: longer ones are no names
constexpr std::string_view kSaveWeights = "in Python: torch.save(model.state_dict(), path)";

// Runs a pickle symbolically. Keeps the first error; what comes after it has no effect that anybody sees.
class Machine {
 public:
  Machine(Span file, std::size_t at, std::string_view where) : file_(file), at_(at), where_(where) {}

  Result<Pickle> run() {
    bool stopped = false;
    while (!stopped && !error_) {
      op_at_ = at_;
      const auto op = take<std::uint8_t>();
      if (++spent_ > kMaxOpcodes) broken(fmt::format("is longer than {} steps", kMaxOpcodes));
      if (error_) break;
      if (op == '.') {
        out_.root = pop();
        stopped = true;
      } else {
        step(op);
      }
    }
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(out_);
  }
  std::size_t position() const { return at_; }

 private:
  // --- errors ---
  void refuse(std::string_view message, std::string_view hint) {
    if (!error_) error_ = Error{ErrorCode::kUnsupported, where_, message, std::string(hint)};
  }
  void broken(std::string_view message) {
    refuse(fmt::format("its pickle {} (byte {})", message, op_at_), "copy or download it again");
  }
  void expect(bool holds, std::string_view message) {
    if (!holds) broken(message);
  }

  // --- the file ---
  Span cut(std::size_t bytes) {
    if (error_ || bytes > file_.size() - at_) {
      broken("is cut off");
      return {};
    }
    const Span part = file_.subspan(at_, bytes);
    at_ += bytes;
    return part;
  }
  template <class T>
  T take() {
    T value{};
    if (const Span raw = cut(sizeof value); !raw.empty()) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  std::string_view take_text(std::size_t bytes) {
    const Span raw = cut(bytes);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  std::string_view take_line() {
    const Span left = file_.subspan(at_, std::min(file_.size() - at_, kMaxNameBytes + 1));
    const auto end = std::ranges::find(left, std::byte{'\n'});
    if (end == left.end()) {
      broken("holds a name without an end");
      return {};
    }
    const std::string_view line = take_text(static_cast<std::size_t>(end - left.begin()));
    cut(1);
    return line;
  }

  // --- the stack ---
  void push(Kind kind, std::int64_t number = 0) { stack_.push_back({kind, number}); }
  void push_text(std::string_view text) {
    push(Kind::kText, static_cast<std::int64_t>(out_.texts.size()));
    out_.texts.push_back(text);
  }
  void push_items(Kind kind, std::vector<Value> items) {
    push(kind, static_cast<std::int64_t>(out_.items.size()));
    out_.items.push_back(std::move(items));
  }
  // Never below the last mark.
  Value pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
      broken("takes more from its stack than is there");
      return {};
    }
    const Value top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Value pop(Kind kind, std::string_view message) {
    const Value value = pop();
    expect(value.kind == kind, message);
    return error_ ? Value{} : value;
  }
  std::vector<Value> pop_many(std::size_t from) {
    std::vector<Value> items(stack_.begin() + static_cast<std::ptrdiff_t>(from), stack_.end());
    stack_.resize(from);
    return items;
  }
  std::vector<Value> pop_to_mark() {
    if (marks_.empty()) {
      broken("has no mark to go back to");
      return {};
    }
    const std::size_t mark = marks_.back();
    marks_.pop_back();
    return pop_many(mark);
  }

  void step(std::uint8_t op);
  void integer(std::uint8_t op);
  void long1();
  void tuple(std::size_t count);
  void fill(Kind kind, std::vector<Value> values);
  void put(std::uint32_t index);
  void get(std::uint32_t index);
  void global();
  void persistent_id();
  void reduce();
  void build();
  void ordered_dict(std::span<const Value> arguments);
  void rebuild_tensor(std::span<const Value> arguments);
  void extents_of(Value value, TensorView& view, bool strides);

  Span file_;
  std::size_t at_, op_at_ = 0;
  std::string where_;
  std::optional<Error> error_;
  std::size_t spent_ = 0;
  Pickle out_;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::vector<std::optional<Value>> memo_;
  std::map<std::string_view, std::uint32_t> storage_of_key_;
};

void Machine::step(std::uint8_t op) {
  switch (op) {
    case 0x80: expect(take<std::uint8_t>() <= 5, "has an unknown protocol"); break;
    case '(': marks_.push_back(stack_.size()); break;
    case 'N': push(Kind::kNone); break;
    case 0x88: push(Kind::kBool, 1); break;
    case 0x89: push(Kind::kBool, 0); break;
    case 'J':
    case 'K':
    case 'M': integer(op); break;
    case 0x8a: long1(); break;
    case 'G': cut(sizeof(double)), push(Kind::kFloat); break;
    case 'X':
    case 'T': push_text(take_text(take<std::uint32_t>())); break;
    case 'U': push_text(take_text(take<std::uint8_t>())); break;
    case '}': push_items(Kind::kDict, {}); break;
    case ']': push_items(Kind::kList, {}); break;
    case ')': push_items(Kind::kTuple, {}); break;
    case 't': push_items(Kind::kTuple, pop_to_mark()); break;
    case 0x85:
    case 0x86:
    case 0x87: tuple(op - 0x84u); break;
    case 'a': fill(Kind::kList, {pop()}); break;
    case 'e': fill(Kind::kList, pop_to_mark()); break;
    case 's': {
      const Value value = pop();
      fill(Kind::kDict, {pop(), value});
      break;
    }
    case 'u': fill(Kind::kDict, pop_to_mark()); break;
    case 'q': put(take<std::uint8_t>()); break;
    case 'r': put(take<std::uint32_t>()); break;
    case 'h': get(take<std::uint8_t>()); break;
    case 'j': get(take<std::uint32_t>()); break;
    case 'c': global(); break;
    case 'Q': persistent_id(); break;
    case 'R': reduce(); break;
    case 'b': build(); break;
    default:
      refuse(fmt::format("its pickle holds the opcode {} at byte {}, which no file of tensors needs and which can run "
                         "code",
                         opcode_name(op), op_at_),
             kSaveWeights);
  }
}

void Machine::integer(std::uint8_t op) {
  if (op == 'J') push(Kind::kInt, take<std::int32_t>());
  if (op == 'K') push(Kind::kInt, take<std::uint8_t>());
  if (op == 'M') push(Kind::kInt, take<std::uint16_t>());
}

void Machine::long1() {
  const std::size_t bytes = take<std::uint8_t>();
  expect(bytes <= sizeof(std::int64_t), "holds an integer of more than 64 bits");
  const Span raw = cut(bytes);
  // Two's complement, lowest byte first, as many bytes as it needs.
  const bool negative = !raw.empty() && (std::to_integer<unsigned>(raw.back()) & 0x80u) != 0;
  std::int64_t value = negative ? -1 : 0;
  if (!raw.empty()) std::memcpy(&value, raw.data(), raw.size());
  push(Kind::kInt, value);
}

void Machine::tuple(std::size_t count) {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  expect(stack_.size() - floor >= count, "takes more from its stack than is there");
  if (!error_) push_items(Kind::kTuple, pop_many(stack_.size() - count));
}

void Machine::fill(Kind kind, std::vector<Value> values) {
  const bool dict = kind == Kind::kDict;
  const Value target = pop(kind, dict ? "sets an item of what is no dictionary" : "appends to what is no list");
  expect(!dict || values.size() % 2 == 0, "sets a key without a value");
  if (error_) return;
  std::vector<Value>& items = out_.items[static_cast<std::size_t>(target.number)];
  items.insert(items.end(), values.begin(), values.end());
  stack_.push_back(target);
}

void Machine::put(std::uint32_t index) {
  expect(index < kMaxOpcodes, "remembers under too high a number");
  const Value top = pop();
  if (error_) return;
  stack_.push_back(top);
  if (index >= memo_.size()) memo_.resize(index + 1);
  memo_[index] = top;
}

void Machine::get(std::uint32_t index) {
  expect(index < memo_.size() && memo_[index], "recalls what it has not remembered");
  if (!error_) stack_.push_back(*memo_[index]);
}

void Machine::global() {
  const std::string_view module = take_line(), name = take_line();
  if (error_) return;
  if (const auto function = find_function(module, name)) {
    return push(Kind::kFunction, static_cast<std::int64_t>(*function));
  }
  if (const auto dtype = find_storage_type(module, name)) {
    return push(Kind::kStorageType, static_cast<std::int64_t>(*dtype));
  }
  const std::string full = printable(fmt::format("{}.{}", module, name));
  if (is_storage_type(module, name)) {
    return refuse(fmt::format("holds a {}, an element type that is not read", full), "convert it to float first");
  }
  refuse(fmt::format("asks for the Python object '{}' at byte {}: loading it would run code, and only tensors are read",
                     full, op_at_),
         kSaveWeights);
}

// ("storage", type, key, device, elements[, view])
void Machine::persistent_id() {
  const Value id = pop(Kind::kTuple, "refers to something that is no storage");
  if (error_) return;
  const std::span<const Value> parts = out_.list(id);
  expect((parts.size() == 5 || parts.size() == 6) && parts[0].kind == Kind::kText && out_.text(parts[0]) == "storage" &&
             parts[1].kind == Kind::kStorageType && parts[2].kind == Kind::kText && parts[4].kind == Kind::kInt &&
             parts[4].number >= 0,
         "refers to something that is no storage");
  if (error_) return;
  if (parts.size() == 6 && parts[5].kind != Kind::kNone) {
    return refuse("holds a storage that is a view of another, a form of PyTorch 0.3", "save it again with PyTorch");
  }
  const Storage storage{out_.text(parts[2]), static_cast<DType>(parts[1].number), parts[4].number};
  const auto [at, added] = storage_of_key_.try_emplace(storage.key, static_cast<std::uint32_t>(out_.storages.size()));
  if (added) out_.storages.push_back(storage);
  const Storage& known = out_.storages[at->second];
  expect(known.dtype == storage.dtype && known.elements == storage.elements, "describes one storage in two ways");
  push(Kind::kStorage, at->second);
}

void Machine::reduce() {
  const Value arguments = pop(Kind::kTuple, "calls with arguments that are no tuple");
  const Value callee = pop(Kind::kFunction, "calls what is no function");
  if (error_) return;
  // A copy: what is called adds to the vectors that a span would look into.
  const std::vector<Value> list = out_.items[static_cast<std::size_t>(arguments.number)];
  spent_ += list.size();
  switch (static_cast<Function>(callee.number)) {
    case Function::kOrderedDict: return ordered_dict(list);
    case Function::kRebuildTensor:
      expect(list.size() == 4, "makes a tensor with other than 4 arguments");
      return rebuild_tensor(list);
    case Function::kRebuildTensorV2:  // requires_grad, hooks and metadata follow
      expect(list.size() == 6 || list.size() == 7, "makes a tensor with other than 6 or 7 arguments");
      return rebuild_tensor(list);
    case Function::kRebuildParameter:  // tensor, requires_grad, hooks
      expect(list.size() == 3 && list[0].kind == Kind::kTensor, "makes a parameter of what is no tensor");
      if (!error_) stack_.push_back(list[0]);
  }
}

// Empty, filled later; or from a list of pairs, as Python 2 wrote it.
void Machine::ordered_dict(std::span<const Value> arguments) {
  std::vector<Value> items;
  expect(arguments.size() <= 1 && (arguments.empty() || arguments[0].kind == Kind::kList),
         "makes a dictionary of what is no list");
  if (!error_ && !arguments.empty()) {
    const std::span<const Value> pairs = out_.list(arguments[0]);
    spent_ += pairs.size();
    for (const Value& pair : pairs) {
      const bool sequence = pair.kind == Kind::kList || pair.kind == Kind::kTuple;
      expect(sequence && out_.list(pair).size() == 2 && spent_ <= kMaxOpcodes, "makes a dictionary of what is no pair");
      if (error_) return;
      items.insert(items.end(), out_.list(pair).begin(), out_.list(pair).end());
    }
  }
  push_items(Kind::kDict, std::move(items));
}

void Machine::extents_of(Value value, TensorView& view, bool strides) {
  expect(value.kind == Kind::kTuple || value.kind == Kind::kList, "makes a tensor whose shape is no tuple");
  if (error_) return;
  const std::span<const Value> list = out_.list(value);
  expect(list.size() <= kMaxRank, fmt::format("makes a tensor of more than {} axes", kMaxRank));
  expect(!strides || list.size() == static_cast<std::size_t>(view.rank), "makes a tensor with too few or many strides");
  if (error_) return;
  view.rank = static_cast<int>(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    expect(list[i].kind == Kind::kInt, "makes a tensor whose shape is no integer");
    (strides ? view.strides : view.extents)[i] = list[i].number;
  }
}

// storage, offset, extents, strides, ...
void Machine::rebuild_tensor(std::span<const Value> arguments) {
  if (error_) return;
  expect(arguments[0].kind == Kind::kStorage && arguments[1].kind == Kind::kInt,
         "makes a tensor of what is no storage");
  TensorView view{.storage = static_cast<std::uint32_t>(arguments[0].number), .offset = arguments[1].number};
  extents_of(arguments[2], view, false);
  extents_of(arguments[3], view, true);
  if (error_) return;
  push(Kind::kTensor, static_cast<std::int64_t>(out_.tensors.size()));
  out_.tensors.push_back(view);
}

// A dictionary's attributes (state_dict's _metadata): not needed, and nothing else has any.
void Machine::build() {
  const Value state = pop();
  const Value target = pop(Kind::kDict, "sets the state of an object");
  expect(state.kind == Kind::kDict, "sets a dictionary's attributes to what is no dictionary");
  if (!error_) stack_.push_back(target);
}

}  // namespace

const Value* Pickle::find(Value dict, std::string_view key) const {
  const std::span<const Value> entries = list(dict);
  for (std::size_t i = entries.size(); i >= 2; i -= 2) {
    const Value& name = entries[i - 2];
    if (name.kind == Kind::kText && text(name) == key) return &entries[i - 1];
  }
  return nullptr;
}

Result<Pickle> read_pickle(std::span<const std::byte> file, std::size_t& at, std::string_view where) {
  Machine machine(file, at, where);
  auto pickle = machine.run();
  at = machine.position();
  return pickle;
}

}  // namespace paw::pytorch
