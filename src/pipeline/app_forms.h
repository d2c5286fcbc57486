// The forms in which apps hold a model: what each is made of, and how it is opened again to answer photos here. A form
// that a platform names (apps/platforms.h) is one entry.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/project.h"
#include "host/progress.h"
#include "pipeline/net_runner.h"
#include "pipeline/why_plan.h"

namespace paw {

struct AppModel {
  Model model;  // in export form, with preprocessing and labels
  AppGraph graph;
  std::string name;  // of the app
};

// A form ready to answer.
struct OpenedForm {
  NetRunner net;
  Values values = {};  // AppContent::values: what the platform has to know of the file
};

struct AppForm {
  std::string_view name;  // ModelSlot::form
  // The files, as AppContent::models has them. None: the model has no such thing. `notes`: a sentence for everything
  // that is not as in the model.
  Result<std::vector<AppFile>> (*make)(const AppModel& model, const Platform& platform, Progress& progress,
                                       std::vector<std::string>& notes);
  // The files, read again. Null: it is something beside the model.
  Result<OpenedForm> (*open)(const std::vector<AppFile>& files) = nullptr;
  // The largest difference of a score that the form itself may make, and that for a model of integers.
  double tolerance = 1e-4, integer_tolerance = 1e-4;
};

// kInternal: there is none.
Result<const AppForm*> app_form(std::string_view name);

}  // namespace paw
