#include "pipeline/photo_model.h"

#include "host/text.h"
#include "pipeline/load.h"
#include "train/calibration.h"

namespace paw {

Result<PhotoModel> PhotoModel::load(const std::string& path, int threads) {
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model({.path = path, .net = {}}));
  auto model = std::make_unique<Model>(std::move(loaded.model));
  PAW_ASSIGN_OR_RETURN(const Preprocess record, photo_preprocess(*model, printable(path)));
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(record));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(*model, threads, false));
  return PhotoModel(printable(path), std::move(model), std::move(preprocessor), std::move(net));
}

Result<std::span<const float>> PhotoModel::input(const Image& photo) {
  PAW_RETURN_IF_ERROR(preprocessor_.run(photo, net_.input(), name_));
  return net_.input();
}

Result<std::vector<double>> PhotoModel::scores(const Image& photo) {
  PAW_RETURN_IF_ERROR(input(photo));
  return scores();
}

std::vector<double> PhotoModel::scores() {
  net_.run();
  std::vector<float> scores(net_.scores().begin(), net_.scores().end());
  apply_temperature(scores, model_->temperature);
  return {scores.begin(), scores.end()};
}

}  // namespace paw
