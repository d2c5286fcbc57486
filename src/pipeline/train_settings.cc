#include "pipeline/train_settings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

#include "host/text.h"
#include "nets/nets.h"
#include "ops/ops.h"

namespace paw {

namespace {

using Settings = TrainPhotosSettings;

struct SettingField {
  const char* name;  // in run.json; as a flag with "--" and '-' for '_'
  std::variant<std::string Settings::*, std::int64_t Settings::*, double Settings::*, bool Settings::*> member;
};

// All that decide the model's bytes.
const SettingField kFields[] = {
    {"net", &Settings::net},
    {"backbone", &Settings::backbone},
    {"epochs", &Settings::epochs},
    {"batch", &Settings::batch},
    {"fine_tune", &Settings::fine_tune},
    {"fine_tune_epochs", &Settings::fine_tune_epochs},
    {"size", &Settings::size},
    {"geometry", &Settings::geometry},
    {"seed", &Settings::seed},
    {"learning_rate", &Settings::learning_rate},
    {"class_weights", &Settings::class_weights},
    {"patience", &Settings::patience},
    {"ema", &Settings::ema},
    {"mixup", &Settings::mixup},
    {"cutmix", &Settings::cutmix},
};

Json value(const Settings& settings, const SettingField& field) {
  return std::visit([&](auto member) { return Json(settings.*member); }, field.member);
}

// False: it is not of the field's type.
bool set(Settings& settings, const SettingField& field, const Json& to) {
  const auto assign = [&](auto member) {
    using Type = std::remove_cvref_t<decltype(settings.*member)>;
    constexpr bool kText = std::is_same_v<Type, std::string>, kSwitch = std::is_same_v<Type, bool>;
    constexpr bool kReal = std::is_same_v<Type, double>;
    if (kText ? !to.is_string() : kSwitch ? !to.is_boolean() : kReal ? !to.is_number() : !to.is_number_integer()) {
      return false;
    }
    settings.*member = to.get<Type>();
    return true;
  };
  return std::visit(assign, field.member);
}

std::string flag(const SettingField& field) {
  std::string text = "--";
  for (const char* c = field.name; *c != 0; ++c) text += *c == '_' ? '-' : *c;
  return text;
}

std::unexpected<Error> usage(std::string message, std::string hint = {}) {
  return fail(ErrorCode::kUsage, "paw train", std::move(message), std::move(hint));
}

}  // namespace

Status check(const TrainPhotosSettings& s) {
  struct Range {
    const char* flag;
    std::int64_t value, low, high;
  };
  for (const Range& r : {Range{"--epochs", s.epochs, 1, 100'000}, Range{"--batch", s.batch, 1, kMaxNetBatch},
                         Range{"--fine-tune-epochs", s.fine_tune_epochs, 1, 100'000},
                         Range{"--threads", s.threads, 0, 256}, Range{"--patience", s.patience, 0, 100'000}}) {
    if (r.value < r.low || r.value > r.high) return usage(fmt::format("{} must be {} to {}", r.flag, r.low, r.high));
  }
  if (!(s.learning_rate >= 0 && s.learning_rate <= 1e9)) return usage("--learning-rate must be at least 0");
  if (!(s.mixup >= 0 && s.mixup <= 100) || !(s.cutmix >= 0 && s.cutmix <= 100)) {
    return usage("--mixup and --cutmix must be 0 to 100, such as 0.2");
  }
  if (!(s.ema >= 0 && s.ema < 1)) return usage("--ema must be 0 to below 1, such as 0.99");
  if (!s.class_weights.empty() && s.class_weights != "none" && s.class_weights != "balanced") {
    return usage(fmt::format("--class-weights must be none or balanced, not '{}'", printable(s.class_weights)));
  }
  if (!s.geometry.empty() && !enum_named<Geometry>(s.geometry)) {
    return usage(fmt::format("--geometry must be crop, stretch or fit, not '{}'", printable(s.geometry)));
  }
  if (s.force && s.resume) return usage("--force and --resume exclude each other");
  const bool from_scratch = !s.net.empty() || s.backbone == "none";
  if (!s.net.empty() && !s.backbone.empty() && s.backbone != "none") {
    return usage("--net trains from scratch, --backbone on a trained net", "leave out one of them");
  }
  if (s.fine_tune && from_scratch) return usage("--fine-tune needs a backbone", "leave out --net and --backbone none");
  if (s.cutmix > 0 && !from_scratch && !s.fine_tune) {
    return usage("--cutmix mixes images: features of a frozen backbone are none", "use --mixup, or add --fine-tune");
  }
  if (s.size != 0 && !from_scratch) {
    return usage("--size is for training from scratch: a backbone has its own", "name a net with --net");
  }
  return {};
}

Json to_json(const TrainPhotosSettings& settings) {
  Json json = Json::object();
  for (const SettingField& field : kFields) json[field.name] = value(settings, field);
  return json;
}

Status adopt(TrainPhotosSettings& settings, const Json& recorded, const std::function<void(const std::string&)>& note) {
  const TrainPhotosSettings defaults;
  std::vector<std::string> differences;
  for (const SettingField& field : kFields) {
    const Json now = value(settings, field);
    const Json then = recorded.is_object() ? recorded.value(field.name, Json()) : Json();
    if (now == then) continue;
    TrainPhotosSettings changed = settings;
    if (now != value(defaults, field) || !set(changed, field, then)) {
      differences.push_back(fmt::format("{} was {}, now is {}", flag(field), to_text(then), to_text(now)));
      continue;
    }
    settings = changed;
    note(fmt::format("going on with {} {}", flag(field), to_text(then)));
  }
  if (differences.empty()) return {};
  return fail(ErrorCode::kResumeRefused, settings.out, fmt::format("{}", fmt::join(differences, "; ")),
              "leave the flags as they were, or start again with --force");
}

}  // namespace paw
