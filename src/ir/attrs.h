// Attributes of a node: a plain struct with one field visitor and a defaulted ==, held type-erased.
//
//   struct ConcatAttrs {
//     std::int64_t axis = 0;
//     void fields(auto& v) { v("axis", axis); }
//     bool operator==(const ConcatAttrs&) const = default;
//   };
//
// The text form, equality tests, hashing and files all work through fields(); a field that is not listed
// there does not exist.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tensor/dtype.h"

namespace paw {

// An enum used as a field names its enumerators, in order from 0, by a function found by ADL:
//   std::span<const std::string_view> enum_names(Padding);
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
  { enum_names(e) } -> std::convertible_to<std::span<const std::string_view>>;
};

template <NamedEnum E>
std::string_view enum_name(E value) {
  return enum_names(value)[static_cast<std::size_t>(value)];
}
// The enumerator of that name.
template <NamedEnum E>
std::optional<E> enum_named(std::string_view name) {
  const std::span<const std::string_view> names = enum_names(E{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

// Sees each field by name. Visitors that only read must not write through the references.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void on_bool(std::string_view name, bool& value) = 0;
  virtual void on_int(std::string_view name, std::int64_t& value) = 0;
  virtual void on_real(std::string_view name, double& value) = 0;
  virtual void on_dtype(std::string_view name, DType& value) = 0;
  virtual void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) = 0;
  virtual void on_ints(std::string_view name, std::span<std::int64_t> values) = 0;         // fixed length
  virtual void on_int_list(std::string_view name, std::vector<std::int64_t>& values) = 0;  // any length

  void operator()(std::string_view name, bool& value) { on_bool(name, value); }
  void operator()(std::string_view name, std::int64_t& value) { on_int(name, value); }
  void operator()(std::string_view name, double& value) { on_real(name, value); }
  void operator()(std::string_view name, DType& value) { on_dtype(name, value); }
  void operator()(std::string_view name, std::vector<std::int64_t>& value) { on_int_list(name, value); }
  template <std::size_t N>
  void operator()(std::string_view name, std::array<std::int64_t, N>& value) {
    on_ints(name, value);
  }
  template <NamedEnum E>
  void operator()(std::string_view name, E& value) {
    int index = static_cast<int>(value);
    on_enum(name, enum_names(value), index);
    value = static_cast<E>(index);
  }
};

// Value-semantic holder of one attribute struct, or of nothing (ops without attributes).
class Attrs {
 public:
  Attrs() = default;
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, Attrs>)
  Attrs(T value)  // NOLINT(google-explicit-constructor): builder.call(op, {x}, ConcatAttrs{1})
      : held_(std::make_unique<Held<T>>(std::move(value))) {}
  Attrs(const Attrs& other) : held_(other.held_ ? other.held_->clone() : nullptr) {}
  Attrs(Attrs&&) noexcept = default;
  Attrs& operator=(Attrs other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~Attrs() = default;

  bool empty() const { return held_ == nullptr; }
  // Same struct type held (or both nothing).
  bool same_type(const Attrs& other) const { return tag() == other.tag(); }
  bool operator==(const Attrs& other) const {
    if (!same_type(other)) return false;
    return held_ == nullptr || held_->equals(*other.held_);
  }
  // The held struct. Requires that exactly T is held: an op reads its own attributes only.
  template <class T>
  const T& as() const {
    return static_cast<const Held<T>&>(*held_).value;
  }
  template <class T>
  const T* get_if() const {
    return tag() == &kTag<T> ? &as<T>() : nullptr;
  }
  void visit(FieldVisitor& visitor) {
    if (held_) held_->visit(visitor);
  }
  // For visitors that only read.
  void inspect(FieldVisitor& visitor) const { const_cast<Attrs*>(this)->visit(visitor); }

 private:
  template <class T>
  static constexpr char kTag = 0;

  struct Base {
    virtual ~Base() = default;
    virtual std::unique_ptr<Base> clone() const = 0;
    virtual bool equals(const Base& other) const = 0;  // requires the same type
    virtual void visit(FieldVisitor& visitor) = 0;
    virtual const void* tag() const = 0;
  };
  template <class T>
  struct Held final : Base {
    explicit Held(T v) : value(std::move(v)) {}
    std::unique_ptr<Base> clone() const override { return std::make_unique<Held>(value); }
    bool equals(const Base& other) const override { return value == static_cast<const Held&>(other).value; }
    void visit(FieldVisitor& visitor) override { value.fields(visitor); }
    const void* tag() const override { return &kTag<T>; }
    T value;
  };
  const void* tag() const { return held_ ? held_->tag() : nullptr; }

  std::unique_ptr<Base> held_;
};

}  // namespace paw
