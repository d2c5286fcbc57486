#include "op_cases/attr_visitors.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace paw {

bool ChangeOne::here(std::string_view name) {
  if (places_++ != target_) return false;
  changed_ = name;
  return true;
}

void ChangeOne::on_bool(std::string_view name, bool& value) {
  if (here(name)) value = !value;
}
void ChangeOne::on_int(std::string_view name, std::int64_t& value) {
  if (here(name)) ++value;
}
// The neighbouring double, so that printing must keep every bit.
void ChangeOne::on_real(std::string_view name, double& value) {
  if (here(name)) value = std::isinf(value) ? std::nextafter(value, 0) : std::nextafter(value, HUGE_VAL);
}
void ChangeOne::on_dtype(std::string_view name, DType& value) {
  if (here(name)) value = static_cast<DType>((static_cast<int>(value) + 1) % kDTypeCount);
}
void ChangeOne::on_enum(std::string_view name, std::span<const std::string_view> names, int& index) {
  if (here(name)) index = (index + 1) % static_cast<int>(names.size());
}
void ChangeOne::on_ints(std::string_view name, std::span<std::int64_t> values) {
  for (std::int64_t& v : values) on_int(name, v);
}
void ChangeOne::on_int_list(std::string_view name, std::vector<std::int64_t>& values) {
  on_ints(name, values);
  if (here(name)) values.push_back(0);
}

void Scramble::on_bool(std::string_view, bool& value) {
  if (hit()) value = !value;
}
void Scramble::on_int(std::string_view, std::int64_t& value) {
  constexpr std::int64_t k31 = std::int64_t{1} << 31;
  constexpr std::array<std::int64_t, 16> kPool = {0,
                                                  -1,
                                                  1,
                                                  2,
                                                  3,
                                                  7,
                                                  -7,
                                                  4096,
                                                  k31 - 1,
                                                  -k31,
                                                  k31,
                                                  k31 + 1,
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  46341,
                                                  65536};
  if (hit()) value = kPool[random_.below(kPool.size())];
}
void Scramble::on_real(std::string_view, double& value) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  constexpr std::array<double, 10> kPool = {0,     -1,     1,    7,     -0.5,
                                            1e300, 1e-320, kInf, -kInf, std::numeric_limits<double>::quiet_NaN()};
  if (hit()) value = kPool[random_.below(kPool.size())];
}
void Scramble::on_dtype(std::string_view, DType& value) {
  if (hit()) value = static_cast<DType>(random_.below(kDTypeCount));
}
void Scramble::on_enum(std::string_view, std::span<const std::string_view> names, int& index) {
  if (hit()) index = static_cast<int>(random_.below(names.size() + 1));  // one past the end too
}
void Scramble::on_ints(std::string_view name, std::span<std::int64_t> values) {
  for (std::int64_t& v : values) on_int(name, v);
}
void Scramble::on_int_list(std::string_view name, std::vector<std::int64_t>& values) {
  if (hit()) values.resize(random_.below(8), static_cast<std::int64_t>(random_.below(4)));
  if (random_.below(50) == 0) values.resize(5000, 1);
  on_ints(name, values);
}

namespace {

class WriteJson final : public FieldVisitor {
 public:
  std::string out = "{";

  void on_bool(std::string_view name, bool& value) override { field(name) += value ? "true" : "false"; }
  void on_int(std::string_view name, std::int64_t& value) override { field(name) += std::to_string(value); }
  void on_real(std::string_view name, double& value) override {
    std::array<char, 40> text{};
    char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    const std::string number(text.data(), end);
    field(name) += std::isfinite(value) ? number : "\"" + number + "\"";
  }
  void on_dtype(std::string_view name, DType& value) override { quoted(name, paw::name(value)); }
  void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) override {
    quoted(name, names[static_cast<std::size_t>(index)]);
  }
  void on_ints(std::string_view name, std::span<std::int64_t> values) override {
    field(name) += "[";
    for (std::size_t i = 0; i < values.size(); ++i) out += (i > 0 ? "," : "") + std::to_string(values[i]);
    out += "]";
  }
  void on_int_list(std::string_view name, std::vector<std::int64_t>& values) override { on_ints(name, values); }

 private:
  std::string& field(std::string_view name) {
    if (out.size() > 1) out += ",";
    return out += "\"" + std::string(name) + "\":";
  }
  void quoted(std::string_view name, std::string_view text) { field(name) += "\"" + std::string(text) + "\""; }
};

}  // namespace

std::string attrs_json(const Attrs& attrs) {
  WriteJson json;
  attrs.inspect(json);
  return json.out + "}";
}

}  // namespace paw
