#include "pipeline/epochs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "ir/text.h"
#include "train/stripes_testing.h"
#include "train/transfer.h"

namespace paw::epochs_test {

namespace fs = std::filesystem;
using testing_stripes::kSize;
using testing_stripes::Stripes;

class EpochsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("paw_epochs_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  struct Ran {
    std::string model, error;  // as text
    ErrorCode code = ErrorCode::kInternal;
    TrainHistory history;
    std::vector<std::string> notes;
  };
  // Dies after `deadly` epochs in all, if it gets there.
  Ran run(const char* folder, std::int64_t deadly = 1000, int threads = 1, const std::string& identity = "{}") {
    Ran ran;
    Phase phase{
        .name = "net",
        .settings =
            {.epochs = 5, .batch = 8, .seed = 5, .threads = threads, .learning_rate = 0.1, .warm_up = 0.5, .step = {}},
        .checkpoints = folder_ / folder,
        .identity = identity,
        .epoch_done = {},
        .note = {}};
    phase.patience = patience_;
    phase.settings.step.statistics_momentum = 0.8;
    phase.epoch_done = [&](const TrainHistory& history) -> Status {
      if (history.rows.back().epoch < deadly) return {};
      return fail(ErrorCode::kIo, "the test", "dies here");
    };
    phase.note = [&](const std::string& text) { ran.notes.push_back(text); };
    Progress silent(ProgressStyle::kSilent);
    const Model net = *classifier(kSize * kSize * 3, 2, 0.1, 3);
    const auto model = run_epochs(phase, net, Stripes(24, 1), Stripes(16, 2), ran.history, silent);
    if (model) {
      ran.model = print_graph(model->graph);
    } else {
      ran.error = model.error().text();
      ran.code = model.error().code;
    }
    return ran;
  }

  fs::path folder_;
  std::int64_t patience_ = 0;
};

TEST_F(EpochsTest, EndsInTheSameBytesHoweverOftenItDies) {
  const Ran whole = run("whole");
  ASSERT_FALSE(whole.model.empty()) << whole.error;
  ASSERT_EQ(whole.history.rows.size(), 5u);
  for (const int deadly : {1, 3, 4})
    EXPECT_THAT(run("parts", deadly, 1 + deadly % 2).error, testing::HasSubstr("dies here"));
  const Ran last = run("parts", 1000, 2);
  EXPECT_TRUE(last.model == whole.model);
  EXPECT_EQ(last.history.best.epoch, whole.history.best.epoch);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(last.history.rows[i].epoch, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(last.history.rows[i].step, static_cast<std::int64_t>(3 * (i + 1)));
    EXPECT_EQ(last.history.rows[i].val_loss, whole.history.rows[i].val_loss);
  }
  // A finished phase runs no epoch again.
  const Ran again = run("parts", 1);
  EXPECT_TRUE(again.model == whole.model);
}

TEST_F(EpochsTest, GoesOnFromTheCheckpointBeforeADamagedOne) {
  const Ran whole = run("whole");
  EXPECT_FALSE(run("torn", 3).error.empty());
  std::ofstream(folder_ / "torn/net-000003.ckpt", std::ios::trunc) << "0";
  const Ran ran = run("torn");
  EXPECT_TRUE(ran.model == whole.model);
  ASSERT_EQ(ran.notes.size(), 1u);
  EXPECT_THAT(ran.notes[0], testing::HasSubstr("net-000003.ckpt"));
}

TEST_F(EpochsTest, CheckpointsOfAnotherRunAreRefused) {
  EXPECT_FALSE(run("one", 2).error.empty());
  EXPECT_EQ(run("one", 1000, 1, R"({"seed":6})").code, ErrorCode::kResumeRefused);
}

TEST_F(EpochsTest, StopsWhenValidationGetsNoBetter) {
  patience_ = 1;
  const Ran ran = run("patient");
  ASSERT_FALSE(ran.model.empty());
  const auto& rows = ran.history.rows;
  for (std::size_t i = 1; i + 1 < rows.size(); ++i) EXPECT_LT(rows[i].val_loss, rows[i - 1].val_loss);
  EXPECT_TRUE(rows.size() == 5 || rows.back().val_loss >= rows[rows.size() - 2].val_loss);
}

TEST(TrainHistory, ComesBackFromJsonAndRefusesWhatIsNone) {
  const TrainHistory history{.rows = {{.epoch = 1,
                                       .step = 3,
                                       .loss = 0.1,
                                       .accuracy = 1,
                                       .val_loss = 0.3,
                                       .val_accuracy = 0.5,
                                       .learning_rate = 1e-3,
                                       .images_per_s = 7,
                                       .seconds = 2}},
                             .best = {.epoch = 1, .loss = 0.3}};
  Json json = to_json(history);
  const auto back = history_from(json);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json(*back), json);
  json["epochs"][0].erase("lr");
  EXPECT_FALSE(history_from(json));
  for (const char* text : {"null", "[]", "{}", R"({"best_epoch":1,"best_val_loss":"x","epochs":[]})",
                           R"({"best_epoch":1,"best_val_loss":1,"epochs":[3]})"}) {
    EXPECT_FALSE(history_from(Json::parse(text))) << text;
  }
}

}  // namespace paw::epochs_test
