#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/cpu.h"
#include "cli/cli_testing.h"
#include "ir/text.h"
#include "nets/nets.h"
#include "ops/ops.h"

namespace paw::cli_test {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(Cli, VersionAndHelp) {
  EXPECT_THAT(paw("--version").out, StartsWith("paw 0."));
  const Outcome help = paw("help");
  EXPECT_EQ(help.exit, 0);
  for (const char* verb : {"demo", "run", "data draw", "data check", "train", "eval", "predict", "convert", "optimize",
                           "inspect", "dump", "bench"}) {
    EXPECT_THAT(help.out, HasSubstr(verb));
    const Outcome one = paw(std::string("help ") + verb);
    EXPECT_EQ(one.exit, 0);
    EXPECT_THAT(one.out, HasSubstr("--json"));
    EXPECT_THAT(one.out, HasSubstr("example:"));
    EXPECT_EQ(one.out, paw(std::string(verb) + " --help").out);
  }
}

TEST_F(Cli, UsageErrorsNameTheNearestAndExit2) {
  Outcome outcome = paw("inspekt x 2>&1");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out, HasSubstr("did you mean 'inspect'?"));
  outcome = paw("dump --net pawnet --aftr fold_pad 2>&1");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out, HasSubstr("did you mean '--after'?"));
  outcome = paw("dump --net pawnet --after fold_batchnorm 2>&1");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out, HasSubstr("did you mean 'fold_batch_norm'?"));
  outcome = paw("inspect --net mobilenetv2 2>&1");
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_THAT(outcome.out, HasSubstr("did you mean 'mobilenet_v2'?"));
  EXPECT_EQ(paw("2>/dev/null").exit, 2);
  EXPECT_EQ(paw("inspect 2>/dev/null").exit, 2);
  EXPECT_EQ(paw("inspect a.paw b.paw 2>/dev/null").exit, 2);
  EXPECT_EQ(paw("inspect a.paw --net pawnet 2>/dev/null").exit, 2);
  EXPECT_EQ(paw("dump --net 2>/dev/null").exit, 2);
}

TEST_F(Cli, ErrorsAreJsonObjectsWithJson) {
  const Outcome missing = paw("inspect --json " + path("missing.paw"));
  EXPECT_EQ(missing.exit, 6);
  const Json error = Json::parse(missing.out).at("error");
  EXPECT_EQ(error.at("code"), "io");
  EXPECT_EQ(error.at("exit"), 6);
  EXPECT_THAT(error.at("where").get<std::string>(), HasSubstr("missing.paw"));
  EXPECT_FALSE(error.at("message").get<std::string>().empty());
  EXPECT_FALSE(error.at("hint").get<std::string>().empty());
  EXPECT_EQ(Json::parse(paw("inspect --json --nte x").out).at("error").at("exit"), 2);
}

TEST_F(Cli, BrokenModelExits4) {
  std::ofstream(path("model.paw")) << "not a model";
  const Outcome outcome = paw("inspect " + path("model.paw") + " 2>&1");
  EXPECT_EQ(outcome.exit, 4);
  EXPECT_THAT(outcome.out, HasSubstr("model.paw"));
  EXPECT_EQ(paw("dump " + folder_.string() + " 2>/dev/null").exit, 4)
      << "a folder, as some models are, but none of those";
}

TEST_F(Cli, InspectsEveryNet) {
  for (const NetInfo& net : all_nets()) {
    const Outcome outcome = paw("inspect --json --layers --net " + std::string(net.name));
    ASSERT_EQ(outcome.exit, 0) << net.name;
    const Json json = Json::parse(outcome.out);
    EXPECT_GT(json.at("parameters"), 100'000) << net.name;
    EXPECT_GT(json.at("macs"), 10'000'000) << net.name;
    EXPECT_EQ(json.at("inputs").at(0).at("shape").size(), 4u);
    EXPECT_EQ(json.at("preprocess").at("width"), json.at("inputs").at(0).at("shape").at(2));
    std::int64_t nodes = 0;
    for (const auto& [op, count] : json.at("ops").items()) nodes += count.get<std::int64_t>();
    EXPECT_EQ(static_cast<std::size_t>(nodes), json.at("layers").size());
  }
}

TEST_F(Cli, DumpIsTheTextForm) {
  const Outcome outcome = paw("dump --weights --net pawnet --after fold_batch_norm");
  ASSERT_EQ(outcome.exit, 0);
  const auto graph = parse_graph(outcome.out, {.ops = all_ops()});
  ASSERT_TRUE(graph) << graph.error().text();
  for (const Node& node : graph->nodes) EXPECT_NE(node.op->name, "batch_norm");
  EXPECT_EQ(print_graph(*graph), outcome.out);

  const Json json = Json::parse(paw("dump --json --net pawnet --trace-passes").out);
  EXPECT_EQ(json.at("model"), "pawnet");
  EXPECT_THAT(json.at("graph").get<std::string>(), StartsWith("graph pawnet("));
  EXPECT_FALSE(json.at("passes").empty());
  EXPECT_THAT(paw("dump --net pawnet --trace-passes 2>&1 >/dev/null").out, HasSubstr("fold_batch_norm"));
}

TEST_F(Cli, BenchMeasuresNetsAndFiles) {
  const Outcome net = paw("bench --json --net pawnet --size 32 --threads 1,2 --seconds 0 --profile");
  ASSERT_EQ(net.exit, 0) << net.out;
  const Json json = Json::parse(net.out);
  EXPECT_GT(json.at("machine").at("peak_gmac_s"), 0.0);
  ASSERT_EQ(json.at("models").size(), 2u);
  for (const Json& row : json.at("models")) {
    EXPECT_EQ(row.at("path"), "pawnet");
    EXPECT_EQ(row.at("dtype"), "f32");
    EXPECT_GT(row.at("ms_min"), 0.0);
    EXPECT_GE(row.at("ms_median"), row.at("ms_min"));
    EXPECT_GT(row.at("arena_bytes"), 1000);
    EXPECT_GT(row.at("load_ms"), 0.0);
    EXPECT_GT(row.at("lower_ms"), 0.0);
    const double speed = row.at("gmac_s"), share = row.at("share_of_peak");
    EXPECT_GT(speed, 0.0);
    EXPECT_GT(share, 0.0);
    std::int64_t macs = 0;
    for (const Json& step : row.at("steps")) macs += step.at("macs").get<std::int64_t>();
    EXPECT_EQ(macs, row.at("macs"));
  }
  EXPECT_EQ(json.at("models").at(1).at("threads"), 2);

  EXPECT_THAT(paw("bench --net pawnet --size 32 --seconds 0 --profile").out, HasSubstr("conv_f32"));
}

TEST_F(Cli, PawIsaForcesATierOfInstructions) {
  const auto bench = [&](const std::string& isa) {
    return paw("--version >/dev/null; PAW_ISA=" + isa +
               " '" PAW_BINARY "' bench --net pawnet --size 32 --seconds 0 --json");
  };
  for (const Isa isa : available_isas()) {
    const Outcome outcome = bench(std::string(name(isa)));
    ASSERT_EQ(outcome.exit, 0) << outcome.out;
    EXPECT_EQ(Json::parse(outcome.out).at("machine").at("isa"), name(isa));
  }
  std::vector<std::string> refusals = {"sse9"};
  if (available_isas().back() != Isa::kAvx512) refusals.emplace_back("avx512");
  for (const std::string& refused : refusals) {
    const Outcome outcome = bench(refused);
    EXPECT_EQ(outcome.exit, 2);
    const Json error = Json::parse(outcome.out).at("error");
    EXPECT_EQ(error.at("code"), "usage");
    EXPECT_EQ(error.at("where"), "PAW_ISA");
    EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr(refused));
  }
  EXPECT_THAT(paw("help").out, HasSubstr("PAW_ISA"));
}

TEST_F(Cli, BenchRefusesWhatItCannotMeasure) {
  for (const char* arguments : {"", "--net nothing", "--net pawnet --threads 0", "--net pawnet --threads 1,",
                                "--net pawnet --threads two", "--net pawnet --batch 0", "x.paw --batch 2"}) {
    EXPECT_EQ(paw(std::string("bench 2>/dev/null ") + arguments).exit, 2) << arguments;
  }
  EXPECT_EQ(paw("bench 2>/dev/null " + path("missing.plan")).exit, 6);
  std::ofstream(path("short.plan")).write("PAWPLAN", 8);
  EXPECT_EQ(paw("bench 2>/dev/null " + path("short.plan")).exit, 4);
}

TEST_F(Cli, BashCompletesVerbsFlagsAndChoices) {
  ASSERT_EQ(paw("help --completions bash > " + path("script")).exit, 0);
  // What bash offers for the last of the words.
  const auto offered = [&](const std::string& words) {
    const std::string script = "source " + path("script") + "; COMP_WORDS=(paw " + words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _paw; echo ${COMPREPLY[*]}";
    return paw("--version >/dev/null; bash -c '" + script + "'").out;
  };
  EXPECT_EQ(offered("ev"), "eval\n");
  EXPECT_EQ(offered("data dr"), "draw\n");
  EXPECT_EQ(offered("help insp"), "inspect\n");
  EXPECT_EQ(offered("eval model.paw --sp"), "--split\n");
  EXPECT_EQ(offered("eval --split t"), "train test\n");
  EXPECT_EQ(offered("data draw --co"), "--count\n");
  EXPECT_EQ(offered("help --completions z"), "zsh\n");
  EXPECT_EQ(offered("train photos --net pawn"), "pawnet\n");
  EXPECT_EQ(offered("optimize model.paw --recipe palette"), "palette1 palette2 palette3 palette4 palette6 palette8\n");
  EXPECT_EQ(offered("predict model.paw pho"), "\n") << "file names are left to bash";
  EXPECT_THAT(offered("predict -"), HasSubstr("--trace-images --threads --force --json --quiet --help"));
  EXPECT_EQ(paw("help --completions 2>/dev/null").exit, 2);
  EXPECT_EQ(paw("help --completions tcsh 2>/dev/null").exit, 2);
}

TEST_F(Cli, TheManualPageIsTheOneOfTheseFlags) {
  const Outcome page = paw("help --man");
  EXPECT_EQ(page.exit, 0);
  std::ifstream file(PAW_SOURCE_DIR "/docs/paw.1");
  const std::string kept{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(page.out, kept) << "paw help --man > docs/paw.1";
  EXPECT_THAT(page.out, HasSubstr("\\fB\\-\\-max\\-drop\\fR \\fID\\fR"));
}

TEST_F(Cli, VerbsOfAGroupAreFoundByTwoWords) {
  for (const char* arguments : {"data 2>&1", "data --json", "data --quiet 2>&1", "help data 2>&1"}) {
    const Outcome outcome = paw(arguments);
    EXPECT_EQ(outcome.exit, 2) << arguments;
    EXPECT_THAT(outcome.out, HasSubstr("'data' needs one more word: draw")) << arguments;
  }
  const Outcome near = paw("data darw -o x 2>&1");
  EXPECT_EQ(near.exit, 2);
  EXPECT_THAT(near.out, HasSubstr("did you mean 'draw'?"));
  EXPECT_THAT(paw("dta draw 2>&1").out, HasSubstr("did you mean 'data'?"));
  EXPECT_EQ(Json::parse(paw("data drow --json").out).at("error").at("code"), "usage");
  EXPECT_THAT(paw("data draw 2>&1").out, HasSubstr("paw data draw"));
}

TEST_F(Cli, DataDrawWritesClassFolders) {
  const std::string out = path("drawn");
  const Outcome drawn = paw("data draw --json --count 5 --size 32 --seed 3 -o " + out + " 2>/dev/null");
  ASSERT_EQ(drawn.exit, 0) << drawn.out;
  const Json result = Json::parse(drawn.out);
  EXPECT_EQ(result.at("output"), out);
  EXPECT_EQ(result.at("count"), 5);
  EXPECT_EQ(result.at("classes"), (Json{{"cat", 3}, {"dog", 2}}));
  EXPECT_EQ(result.at("size"), 32);
  EXPECT_EQ(result.at("seed"), 3);
  EXPECT_TRUE(std::filesystem::exists(out + "/cat/cat_0002.png"));
  EXPECT_TRUE(std::filesystem::exists(out + "/dog/dog_0001.png"));

  const Outcome again = paw("data draw --count 5 -o " + out + " 2>&1");
  EXPECT_EQ(again.exit, 6);
  EXPECT_THAT(again.out, HasSubstr("--force"));
  EXPECT_THAT(paw("data draw --count 2 --size 32 --force --quiet -o " + out).out,
              HasSubstr("1 cats and 1 dogs, 32 x 32"));
  EXPECT_EQ(paw("data draw --count 0 -o " + path("none") + " 2>/dev/null").exit, 2);
  EXPECT_EQ(paw("data draw --size 8 -o " + path("none") + " 2>/dev/null").exit, 2);
  EXPECT_FALSE(std::filesystem::exists(path("none")));
}

TEST_F(Cli, AFullDiskIsSaid) {
  const Outcome outcome = paw("dump --net pawnet 2>&1 >/dev/full");
  EXPECT_EQ(outcome.exit, 6);
  EXPECT_THAT(outcome.out, HasSubstr("cannot write"));
}

TEST_F(Cli, AFileSizeLimitIsSaidAndNothingIsLeft) {
  const Outcome outcome =
      paw("--version >/dev/null; ulimit -f 16; '" PAW_BINARY "' data draw --count 2 -o " + path("photos") + " 2>&1");
  EXPECT_EQ(outcome.exit, 6);
  EXPECT_THAT(outcome.out, HasSubstr("_0000.png"));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path("photos"))) {
    EXPECT_TRUE(entry.is_directory()) << entry.path();
  }
}

}  // namespace paw::cli_test
