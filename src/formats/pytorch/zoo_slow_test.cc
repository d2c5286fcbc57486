// Files that others wrote, in the folder that PAW_ZOO names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "formats/pytorch/pytorch_file.h"
#include "host/file.h"

namespace paw::zoo_slow_test {

using testing::ElementsAre;

class PytorchZoo : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* zoo = std::getenv("PAW_ZOO");
    if (zoo == nullptr) GTEST_SKIP() << "no PAW_ZOO";
    folder_ = std::filesystem::path(zoo) / "models";
  }
  PytorchWeights read(const char* name) const {
    const auto file = map_file(folder_ / name);
    EXPECT_TRUE(file) << file.error().text();
    auto weights = file ? read_pytorch(*file, name) : fail(ErrorCode::kIo, name, "not there");
    EXPECT_TRUE(weights) << weights.error().text();
    return weights ? std::move(*weights) : PytorchWeights{};
  }
  static const NamedTensor* find(const PytorchWeights& weights, std::string_view name) {
    const auto found = std::ranges::find(weights.tensors, name, &NamedTensor::name);
    return found == weights.tensors.end() ? nullptr : &*found;
  }
  static std::int64_t elements(const PytorchWeights& weights) {
    std::int64_t sum = 0;
    for (const NamedTensor& named : weights.tensors) {
      sum += named.tensor.type.shape.elements();
      for (const double value : stored_values(named.tensor)) EXPECT_TRUE(std::isfinite(value)) << named.name;
    }
    return sum;
  }

  std::filesystem::path folder_;
};

TEST_F(PytorchZoo, ReadsResnet20) {
  const PytorchWeights weights = read("pytorch-resnet-cifar10/resnet20-12fca82f.th");
  EXPECT_THAT(weights.wrappers, ElementsAre("state_dict"));
  EXPECT_THAT(weights.skipped, ElementsAre("best_prec1"));
  ASSERT_EQ(weights.tensors.size(), 97u);
  EXPECT_EQ(weights.tensors[0].name, "module.conv1.weight");
  EXPECT_EQ(weights.tensors[0].tensor.type, TensorType(DType::kF32, {16, 3, 3, 3}));
  const NamedTensor* last = find(weights, "module.linear.weight");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->tensor.type, TensorType(DType::kF32, {10, 64}));
  EXPECT_EQ(elements(weights), 269'722 + 1'376);  // published parameters, and running means and variances
}

TEST_F(PytorchZoo, ReadsUltraface) {
  const PytorchWeights weights = read("ultraface/slim-320.pth");
  EXPECT_THAT(weights.wrappers, ElementsAre());
  EXPECT_THAT(weights.skipped, ElementsAre());
  ASSERT_EQ(weights.tensors.size(), 184u);
  EXPECT_EQ(weights.tensors[0].name, "base_net.0.0.weight");
  EXPECT_EQ(weights.tensors[0].tensor.type, TensorType(DType::kF32, {16, 3, 3, 3}));
  const NamedTensor* counter = find(weights, "base_net.0.1.num_batches_tracked");
  ASSERT_NE(counter, nullptr);
  EXPECT_EQ(counter->tensor.type, TensorType(DType::kI64, {}));
  elements(weights);
}

}  // namespace paw::zoo_slow_test
