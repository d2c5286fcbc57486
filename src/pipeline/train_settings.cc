#include "pipeline/train_settings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/text.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "pipeline/setting_fields.h"

namespace paw {

namespace {

using Settings = TrainPhotosSettings;

// All that decide the model's bytes.
SettingFields fields_of(Settings& s) {
  return {{"net", &s.net},
          {"backbone", &s.backbone},
          {"epochs", &s.epochs},
          {"batch", &s.batch},
          {"fine_tune", &s.fine_tune},
          {"fine_tune_epochs", &s.fine_tune_epochs},
          {"size", &s.size},
          {"geometry", &s.geometry},
          {"seed", &s.seed},
          {"learning_rate", &s.learning_rate},
          {"class_weights", &s.class_weights},
          {"patience", &s.patience},
          {"ema", &s.ema},
          {"mixup", &s.mixup},
          {"cutmix", &s.cutmix}};
}

// A model file is recorded by its name, wherever it stands; its hash is among the run's inputs.
Settings recorded_form(Settings settings) {
  const std::size_t slash = settings.backbone.rfind('/');
  if (slash != std::string::npos) settings.backbone.erase(0, slash + 1);
  return settings;
}

std::unexpected<Error> usage(std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kUsage, "paw train", message, hint);
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
  Settings named = recorded_form(settings);
  return settings_json(fields_of(named));
}

Status adopt(TrainPhotosSettings& settings, const Json& recorded, const std::function<void(const std::string&)>& note) {
  Settings named = recorded_form(settings), defaults;
  const std::string backbone = named.backbone;
  PAW_RETURN_IF_ERROR(adopt_settings(fields_of(named), fields_of(defaults), recorded, settings.out, note));
  if (named.backbone == backbone) named.backbone = settings.backbone;
  settings = named;
  return {};
}

}  // namespace paw
