#include "pipeline/setting_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace paw {

namespace {

Json value_of(const SettingField& field) {
  return std::visit([](const auto* value) { return Json(*value); }, field.value);
}

// False: it is not of the field's type.
bool assign_field(const SettingField& field, const Json& to) {
  const auto assign = [&](auto* value) {
    using Type = std::remove_pointer_t<decltype(value)>;
    constexpr bool kText = std::is_same_v<Type, std::string>, kSwitch = std::is_same_v<Type, bool>;
    constexpr bool kReal = std::is_same_v<Type, double>;
    if (kText ? !to.is_string() : kSwitch ? !to.is_boolean() : kReal ? !to.is_number() : !to.is_number_integer()) {
      return false;
    }
    *value = to.get<Type>();
    return true;
  };
  return std::visit(assign, field.value);
}

std::string flag_of(const SettingField& field) {
  std::string text = "--";
  for (const char* c = field.name; *c != 0; ++c) text += *c == '_' ? '-' : *c;
  return text;
}

}  // namespace

Json settings_json(const SettingFields& fields) {
  Json json = Json::object();
  for (const SettingField& field : fields) json[field.name] = value_of(field);
  return json;
}

Status adopt_settings(const SettingFields& fields, const SettingFields& defaults, const Json& recorded,
                      const std::string& where, const std::function<void(const std::string&)>& note) {
  std::vector<std::string> differences;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const SettingField& field = fields[i];
    const Json now = value_of(field);
    const Json then = recorded.is_object() ? recorded.value(field.name, Json()) : Json();
    if (now == then) continue;
    if (now != value_of(defaults[i]) || !assign_field(field, then)) {
      differences.push_back(fmt::format("{} was {}, now is {}", flag_of(field), to_text(then), to_text(now)));
      continue;
    }
    note(fmt::format("going on with {} {}", flag_of(field), to_text(then)));
  }
  if (differences.empty()) return {};
  return fail(ErrorCode::kResumeRefused, where, fmt::format("{}", fmt::join(differences, "; ")),
              "leave the flags as they were, or start again with --force");
}

}  // namespace paw
