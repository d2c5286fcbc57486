// Settings as a list of fields: written into a run's record, and compared when the run goes on. Knows no setting.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "host/json.h"

namespace paw {

struct SettingField {
  const char* name;  // in run.json; as a flag with "--" and '-' for '_'
  std::variant<std::string*, std::int64_t*, double*, bool*> value;
};

using SettingFields = std::vector<SettingField>;

Json settings_json(const SettingFields& fields);

// For going on with a run that was started with `recorded`: fields that stand at their defaults take its values, told
// to `note` when they change. `defaults`: the same fields of other settings. kResumeRefused, with `where`: a field
// differs; all that do are named.
Status adopt_settings(const SettingFields& fields, const SettingFields& defaults, const Json& recorded,
                      const std::string& where, const std::function<void(const std::string&)>& note);

}  // namespace paw
