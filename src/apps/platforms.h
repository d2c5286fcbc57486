// The platforms that apps are made for. What differs between them is in their templates and in a row of this table.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace paw {

// What the pipeline makes of the model for a project: a file, or a folder of files.
struct ModelSlot {
  std::string_view form;  // what the pipeline calls it: "plan", "tflite", "mlpackage"
  std::string_view path;  // in the project
  bool optional = false;  // left out when the model has none
};

struct Platform {
  std::string_view name;                   // the flag, the template's folder and the project's
  std::string_view title;                  // for people
  std::string_view next;                   // what they do with the project: its folder follows
  std::span<const std::string_view> open;  // the same as sentences of a page; commands stand between backquotes
  std::string_view target;                 // the engine's, of plans: runtime/plan.h; empty: the app has another engine
  std::string_view data;              // folder of model.json and golden photos in the project; empty: the project's own
  std::span<const ModelSlot> models;  // the first one answers photos; the others go with it
  bool package = false;  // the project becomes one file that is installed (apps/apk): by tools, so on demand
};

std::span<const Platform> all_platforms();

// Those that need no tools of others, which is what "all" asks for: without packages.
std::vector<const Platform*> project_platforms();

// The path of a slot as the app knows it, from the folder of its data; empty: it is elsewhere, and model.json does not
// tell of it.
std::string_view path_in_data(const Platform& platform, const ModelSlot& slot);

}  // namespace paw
