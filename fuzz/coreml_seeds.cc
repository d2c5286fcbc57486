// coreml_seeds FOLDER: a small model in every form that a Core ML file can have.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "compare.h"

namespace {

void save(const std::filesystem::path& path, const paw::Bytes& model, const paw::Bytes& weights) {
  const auto size = static_cast<std::uint32_t>(model.size());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&size), sizeof size);
  file.write(reinterpret_cast<const char*>(model.data()), static_cast<std::streamsize>(model.size()));
  file.write(reinterpret_cast<const char*>(weights.data()), static_cast<std::streamsize>(weights.size()));
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  const std::filesystem::path folder = words[1];
  for (const auto form : paw::coreml_testing::kAllStored) {
    const paw::Model model = paw::coreml_testing::with_weights(paw::coreml_testing::tiny_model(), form);
    const std::string name(paw::coreml_testing::name(form));
    const auto package = paw::write_ml_program(model, {.at_least = paw::IosVersion::kIos18});
    const auto network = paw::write_neural_network(model);
    if (!package || !network) return 1;
    save(folder / (name + "-program"), package->model, package->weights);
    save(folder / (name + "-network"), *network, {});
  }
  return 0;
}
