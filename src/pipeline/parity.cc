#include "pipeline/parity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "apps/templates.h"
#include "host/file.h"
#include "host/scratch_folder.h"
#include "host/subprocess.h"
#include "host/text.h"
#include "pipeline/photo_model.h"
#include "vision/decode.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr double kSeconds = 120;  // that a helper may take

using Scores = std::vector<std::vector<double>>;  // [photo][class]

// A model file with our engine, and what it was given.
struct Answers {
  Scores scores;
  std::vector<float> inputs;  // of all photos, as the file takes them
};

Result<Answers> our_answers(const std::string& file, const std::vector<Image>& photos) {
  PAW_ASSIGN_OR_RETURN(PhotoModel model, PhotoModel::load(file, 1));
  Answers out;
  for (const Image& photo : photos) {
    PAW_ASSIGN_OR_RETURN(const std::span<const float> input, model.input(photo));
    out.inputs.insert(out.inputs.end(), input.begin(), input.end());
    out.scores.push_back(model.scores());
  }
  return out;
}

ParityRow compared(std::string file, std::string engine, const Scores& expected, const Scores& got, std::string note) {
  std::int64_t agree = 0;
  double largest = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto best = [](const std::vector<double>& scores) {
      return std::ranges::distance(scores.begin(), std::ranges::max_element(scores));
    };
    agree += best(got[i]) == best(expected[i]) ? 1 : 0;
    for (std::size_t c = 0; c < got[i].size(); ++c) largest = std::max(largest, std::abs(got[i][c] - expected[i][c]));
  }
  const auto images = std::ssize(got);
  return {std::move(file), std::move(engine), images, static_cast<double>(agree) / static_cast<double>(images),
          largest,         std::move(note)};
}

std::string helper(std::string_view name) {
  for (const TemplateFile& file : template_files()) {
    if (file.platform == "parity" && file.path == name) {
      return {reinterpret_cast<const char*>(file.data.data()), file.data.size()};
    }
  }
  return {};
}

// What a helper printed; nothing when it is not as many scores as there should be.
struct HelperAnswer {
  std::string version;
  Scores scores;
};

Result<HelperAnswer> helper_answer(const std::string& printed, const Scores& expected) {
  PAW_ASSIGN_OR_RETURN(const Json json, parse_json(printed, "what was printed"));
  HelperAnswer out{.version = json.value("version", ""), .scores = {}};
  for (const Json& row : json.value("scores", Json::array())) {
    std::vector<double>& scores = out.scores.emplace_back();
    for (const Json& score : row) scores.push_back(score.is_number() ? score.get<double>() : NAN);
  }
  const bool whole = std::ranges::equal(
      out.scores, expected, {}, [](const auto& r) { return r.size(); }, [](const auto& r) { return r.size(); });
  if (whole) return out;
  return fail(ErrorCode::kIo, "parity", "it answered with another number of scores");
}

// A row of an engine beside ours: what it answers, or why it does not.
ParityRow others_row(std::string file, std::string engine, const Scores& expected, const Result<std::string>& printed) {
  if (!printed) return {std::move(file), std::move(engine), 0, {}, {}, "not run: " + printed.error().message};
  const auto answer = helper_answer(*printed, expected);
  if (!answer) return {std::move(file), std::move(engine), 0, {}, {}, answer.error().message};
  return compared(std::move(file), std::move(engine), expected, answer->scores, answer->version);
}

Result<std::string> missing(const char* what) { return fail(ErrorCode::kIo, "", fmt::format("there is no {}", what)); }

Result<ParityRow> litert_row(const ParitySettings& settings, const std::string& file, const Answers& ours,
                             const Scores& expected) {
  const char* named = std::getenv("PAW_PYTHON");
  const fs::path python = named != nullptr && *named != 0 ? fs::path(named) : find_program("python3");
  if (python.empty()) return others_row(file, "LiteRT", expected, missing("python3"));
  PAW_ASSIGN_OR_RETURN(const ScratchFolder folder, ScratchFolder::make());
  PAW_ASSIGN_OR_RETURN(const std::string inputs, folder.write("inputs", std::as_bytes(std::span(ours.inputs))));
  return others_row(file, "LiteRT", expected,
                    run_program(python, {"-c", helper("litert.py"), (settings.run / file).string(), inputs}, kSeconds));
}

Result<ParityRow> wasm_row(const ParitySettings& settings, const std::vector<Image>& photos, const Scores& expected) {
  const std::string app = "apps/web";
  const fs::path node = find_program("node");
  if (node.empty()) return others_row(app, "WebAssembly", expected, missing("node"));
  Json list = Json::array();
  std::vector<std::uint8_t> pixels;
  for (const Image& photo : photos) {
    list.push_back({{"width", photo.width}, {"height", photo.height}, {"at", pixels.size()}});
    for (std::size_t i = 0; i + 2 < photo.rgb.size(); i += 3) {
      pixels.insert(pixels.end(), {photo.rgb[i], photo.rgb[i + 1], photo.rgb[i + 2], 255});
    }
  }
  const std::string text = to_text(list);
  PAW_ASSIGN_OR_RETURN(const ScratchFolder folder, ScratchFolder::make());
  PAW_RETURN_IF_ERROR(folder.write("photos.rgba", std::as_bytes(std::span(pixels))));
  PAW_ASSIGN_OR_RETURN(const std::string photo_list, folder.write("photos", std::as_bytes(std::span(text))));
  const std::vector<std::string> arguments{"--input-type=module",         "-e",      helper("wasm.mjs"), "--",
                                           (settings.run / app).string(), photo_list};
  return others_row(app, "WebAssembly", expected, run_program(node, arguments, kSeconds));
}

Result<std::vector<Image>> decoded(const std::vector<fs::path>& files) {
  std::vector<Image> photos;
  PhotoDecoder decoder;
  for (const fs::path& path : files) {
    PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
    PAW_ASSIGN_OR_RETURN(const Photo* photo, decoder.decode(file.span(), printable(path.string())));
    photos.push_back(photo->image);
  }
  return photos;
}

}  // namespace

Result<std::vector<ParityRow>> parity(const ParitySettings& settings, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Image> photos, decoded(settings.photos));
  PAW_ASSIGN_OR_RETURN(const Answers trained, our_answers((settings.run / "model.paw").string(), photos));
  std::vector<ParityRow> rows;
  progress.start("comparing engines", settings.files.size(), "files");
  for (const std::string& file : settings.files) {
    PAW_ASSIGN_OR_RETURN(const Answers ours, our_answers((settings.run / file).string(), photos));
    rows.push_back(compared(file, "pawprint", trained.scores, ours.scores, ""));
    if (settings.others && file.ends_with(".tflite")) {
      PAW_ASSIGN_OR_RETURN(ParityRow row, litert_row(settings, file, ours, trained.scores));
      rows.push_back(std::move(row));
    }
    progress.advance();
  }
  std::error_code error;
  if (settings.others && fs::exists(settings.run / "apps/web", error)) {
    PAW_ASSIGN_OR_RETURN(ParityRow row, wasm_row(settings, photos, trained.scores));
    rows.push_back(std::move(row));
  }
  progress.finish();
  return rows;
}

Json to_json(const std::vector<ParityRow>& rows) {
  Json out = Json::array();
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  for (const ParityRow& row : rows) {
    out.push_back({{"file", row.file},
                   {"engine", row.engine},
                   {"images", row.images},
                   {"agreement", number(row.agreement)},
                   {"max_abs_diff", number(row.max_abs_diff)},
                   {"note", row.note}});
  }
  return out;
}

}  // namespace paw
