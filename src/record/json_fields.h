// One JSON object with exactly the fields that are asked for: one that this version does not know could change what a
// model answers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "host/json.h"

namespace paw {

class JsonFields {
 public:
  // At most 65,536 bytes, nested at most 4 deep. Errors start with `where`.
  static Result<JsonFields> parse(std::string_view text, std::string_view where);
  explicit JsonFields(Json object);
  JsonFields(JsonFields&&) noexcept;
  JsonFields& operator=(JsonFields&&) noexcept;
  ~JsonFields();

  // Each takes a required field; the first that is missing or wrong is remembered.
  void real(std::string_view name, double& value);
  void integer(std::string_view name, std::int64_t& value);
  void reals(std::string_view name, std::span<double> values);
  template <class E>
  void choice(std::string_view name, E& value) {
    const int at = choice(name, enum_names(value));
    if (at >= 0) value = static_cast<E>(at);
  }
  // The object under `name`.
  JsonFields object(std::string_view name);
  bool has(std::string_view name) const;
  // What is wrong; empty when every field was there and no other.
  std::string problem();

 private:
  std::unique_ptr<Json> take(std::string_view name);
  double number(const Json* field, std::string_view name);
  int choice(std::string_view name, std::span<const std::string_view> names);  // -1: none
  void note(std::string_view name, std::string_view what);

  std::unique_ptr<Json> object_;
  std::string problem_;
};

}  // namespace paw
