// A model file ready to answer photos, through its own preprocessing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/model.h"
#include "pipeline/net_runner.h"
#include "vision/image.h"
#include "vision/preprocess.h"

namespace paw {

class PhotoModel {
 public:
  // Errors: those of load_model, photo_preprocess and NetRunner.
  static Result<PhotoModel> load(const std::string& path, int threads);

  const Model& model() const { return *model_; }
  // A score for each class, at the model's temperature. kBadData, naming the file: the photo has no size it takes.
  Result<std::vector<double>> scores(const Image& photo);
  // The same in two steps: what the photo becomes, [height][width][channels], which stands until its scores are asked
  // for.
  Result<std::span<const float>> input(const Image& photo);
  std::vector<double> scores();

 private:
  PhotoModel(std::string name, std::unique_ptr<Model> model, Preprocessor preprocessor, NetRunner net)
      : name_(std::move(name)),
        model_(std::move(model)),
        preprocessor_(std::move(preprocessor)),
        net_(std::move(net)) {}
  std::string name_;
  std::unique_ptr<Model> model_;
  Preprocessor preprocessor_;
  NetRunner net_;
};

}  // namespace paw
