// Visitors over attributes for tests that know no op: change one place, scramble many, write as JSON text.
#pragma once

#include <string>

#include "base/random.h"
#include "ir/attrs.h"

namespace paw {

// Changes the scalar number `target`, counting through all fields; a list also counts one place for its length.
class ChangeOne final : public FieldVisitor {
 public:
  explicit ChangeOne(std::size_t target) : target_(target) {}
  std::size_t places() const { return places_; }           // seen in all
  const std::string& changed() const { return changed_; }  // name of the field, empty when target is past the end

  void on_bool(std::string_view name, bool& value) override;
  void on_int(std::string_view name, std::int64_t& value) override;
  void on_real(std::string_view name, double& value) override;
  void on_dtype(std::string_view name, DType& value) override;
  void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) override;
  void on_ints(std::string_view name, std::span<std::int64_t> values) override;
  void on_int_list(std::string_view name, std::vector<std::int64_t>& values) override;

 private:
  bool here(std::string_view name);
  std::size_t target_, places_ = 0;
  std::string changed_;
};

// Replaces about every third scalar by a hostile one: 0, -1, limits of 32 bits, NaN, infinities, lists of any length.
class Scramble final : public FieldVisitor {
 public:
  explicit Scramble(Random& random) : random_(random) {}
  void on_bool(std::string_view name, bool& value) override;
  void on_int(std::string_view name, std::int64_t& value) override;
  void on_real(std::string_view name, double& value) override;
  void on_dtype(std::string_view name, DType& value) override;
  void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) override;
  void on_ints(std::string_view name, std::span<std::int64_t> values) override;
  void on_int_list(std::string_view name, std::vector<std::int64_t>& values) override;

 private:
  bool hit() { return random_.below(3) == 0; }
  Random& random_;
};

// {"stride":[2,2],"padding":"same"}; infinities as strings "inf", "-inf".
std::string attrs_json(const Attrs& attrs);

}  // namespace paw
