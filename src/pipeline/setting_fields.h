// Settings as a table of fields: written into a run's record, and compared when the run goes on. Knows no setting.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "host/json.h"

namespace paw {

template <class S>
struct SettingField {
  const char* name;  // in run.json; as a flag with "--" and '-' for '_'
  std::variant<std::string S::*, std::int64_t S::*, double S::*, bool S::*> member;

  Json value(const S& settings) const {
    return std::visit([&](auto of) { return Json(settings.*of); }, member);
  }

  // False: it is not of the field's type.
  bool set(S& settings, const Json& to) const {
    const auto assign = [&](auto of) {
      using Type = std::remove_cvref_t<decltype(settings.*of)>;
      constexpr bool kText = std::is_same_v<Type, std::string>, kSwitch = std::is_same_v<Type, bool>;
      constexpr bool kReal = std::is_same_v<Type, double>;
      if (kText ? !to.is_string() : kSwitch ? !to.is_boolean() : kReal ? !to.is_number() : !to.is_number_integer()) {
        return false;
      }
      settings.*of = to.get<Type>();
      return true;
    };
    return std::visit(assign, member);
  }

  std::string flag() const {
    std::string text = "--";
    for (const char* c = name; *c != 0; ++c) text += *c == '_' ? '-' : *c;
    return text;
  }
};

template <class S>
Json settings_json(std::span<const SettingField<S>> fields, const S& settings) {
  Json json = Json::object();
  for (const SettingField<S>& field : fields) json[field.name] = field.value(settings);
  return json;
}

// For going on with a run that was started with `recorded`: settings that stand at their defaults take its values, told
// to `note` when they change. kResumeRefused, with `where`: a setting differs; all that do are named.
template <class S>
Status adopt_settings(std::span<const SettingField<S>> fields, S& settings, const Json& recorded,
                      const std::string& where, const std::function<void(const std::string&)>& note) {
  const S defaults;
  std::vector<std::string> differences;
  for (const SettingField<S>& field : fields) {
    const Json now = field.value(settings);
    const Json then = recorded.is_object() ? recorded.value(field.name, Json()) : Json();
    if (now == then) continue;
    S changed = settings;
    if (now != field.value(defaults) || !field.set(changed, then)) {
      differences.push_back(fmt::format("{} was {}, now is {}", field.flag(), to_text(then), to_text(now)));
      continue;
    }
    settings = changed;
    note(fmt::format("going on with {} {}", field.flag(), to_text(then)));
  }
  if (differences.empty()) return {};
  return fail(ErrorCode::kResumeRefused, where, fmt::format("{}", fmt::join(differences, "; ")),
              "leave the flags as they were, or start again with --force");
}

}  // namespace paw
