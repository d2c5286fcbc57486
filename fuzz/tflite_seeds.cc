// paw_fuzz_tflite_seeds FOLDER: a small net in every form, and every case of every op.
#include <filesystem>
#include <fstream>

#include "formats/tflite/tflite_file.h"
#include "forms.h"
#include "ops/ops.h"
#include "reference/op_cases.h"

namespace paw {
namespace {

bool save(const std::filesystem::path& path, const Model& model) {
  const auto file = write_tflite(model);
  if (!file) return false;
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(file->data()), static_cast<std::streamsize>(file->size()));
  return out.good();
}

int run(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto forms = tflite_testing::all_forms(tflite_testing::tiny_net());
  if (!forms) return 1;
  for (const auto& form : *forms) {
    Model model{.graph = form.graph};
    model.preprocess = Preprocess{.width = 6, .height = 6};
    model.labels = {"a", "b", "c"};
    if (!save(folder / form.name, model)) return 1;
  }
  for (const OpDef* op : all_ops()) {
    for (const OpCase& c : op->cases()) {
      const auto made = case_graph(*op, c);
      if (made) save(folder / (std::string(op->name) + "_" + c.name), {.graph = made->graph});  // some are not held
    }
  }
  return 0;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) { return argc == 2 ? paw::run(argv[1]) : 2; }
