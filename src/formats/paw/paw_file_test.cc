#include "formats/paw/paw_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "formats/paw/paw_testing.h"
#include "host/file.h"
#include "nets/nets.h"

namespace paw::paw_file_test {

using namespace paw_testing;
using testing::HasSubstr;

Bytes written(const Model& model) {
  auto bytes = write_paw(model);
  EXPECT_TRUE(bytes) << bytes.error().text();
  return bytes ? *bytes : Bytes{};
}

// Writes, reads, compares, writes again.
void expect_round_trip(const Model& model) {
  const Bytes file = written(model);
  const auto back = read_paw(file, "a.paw", all_ops());
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_TRUE(equal(*back, model));
  EXPECT_EQ(written(*back), file);
}

std::string refusal(const Bytes& file) {
  const auto model = read_paw(file, "a.paw", all_ops());
  if (model) return {};
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(model.error().where, testing::StartsWith("a.paw"));
  return model.error().text();
}

std::string write_refusal(const Model& model) {
  const auto bytes = write_paw(model);
  if (bytes) return {};
  EXPECT_EQ(bytes.error().code, ErrorCode::kUnsupported);
  return bytes.error().text();
}

TEST(PawFile, RoundTripsByteForByte) {
  expect_round_trip(small_model());
  expect_round_trip(quantized_model());
  expect_round_trip(full_model());
  EXPECT_EQ(written(full_model()), written(full_model()));
}

// The bytes themselves, on every compiler and for good: files out there must stay readable. A change of this number is
// a change of the format and needs a new version (docs/paw-file.md, section 13).
TEST(PawFile, BytesStayAsTheyAre) {
  const Bytes file = written(full_model());
  EXPECT_EQ(crc32_z(0, reinterpret_cast<const Bytef*>(file.data()), file.size()), 0x86EE9873u)
      << file.size() << " bytes";
}

TEST(PawFile, RoundTripsBuiltInNets) {
  for (const std::string_view name : {"pawnet", "mobilenet_v3_small", "resnet18"}) {
    auto model = build_net(name, {.weights = NetOptions::Weights::kZero});
    ASSERT_TRUE(model) << name << ": " << model.error().text();
    const Bytes file = written(*model);
    const auto back = read_paw(file, "a.paw", all_ops());
    ASSERT_TRUE(back) << name << ": " << back.error().text();
    EXPECT_TRUE(equal(*back, *model)) << name;
  }
}

TEST(PawFile, RoundTripsRandomWeights) {
  const auto model = build_net("pawnet", {.seed = 7});
  ASSERT_TRUE(model) << model.error().text();
  expect_round_trip(*model);
}

TEST(PawFile, UsesConstantsInPlaceFromTheMapping) {
  const auto path = std::filesystem::temp_directory_path() / "paw-file-in-place-test.paw";
  ASSERT_TRUE(write_file(path, written(quantized_model()).span()));
  const auto file = map_file(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(file) << file.error().text();
  const auto model = read_paw(*file, "a.paw", all_ops());
  ASSERT_TRUE(model) << model.error().text();
  int constants = 0;
  for (const Value& value : model->graph.values) {
    if (!value.constant) continue;
    ++constants;
    const std::ptrdiff_t at = value.constant->data() - file->data();
    EXPECT_GE(at, 0);
    EXPECT_LE(static_cast<std::size_t>(at) + value.constant->size(), file->size());
    EXPECT_EQ(at % 64, 0) << value.name;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(value.constant->data()) % 64, 0u);
  }
  EXPECT_EQ(constants, 4);
}

TEST(PawFile, ConstantsOutliveTheCallersBytes) {
  Bytes file = written(small_model());
  auto model = read_paw(file, "a.paw", all_ops());
  ASSERT_TRUE(model);
  file = {};
  EXPECT_TRUE(equal(*model, small_model()));
}

TEST(PawFile, ReadsBytesAtAnyAddress) {
  const Bytes file = written(full_model());
  AlignedBuffer shifted(file.size() + 1);
  std::memcpy(shifted.data() + 1, file.data(), file.size());
  const Bytes holder(std::move(shifted));
  const auto model = read_paw(holder.slice(1, file.size()), "a.paw", all_ops());
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(equal(*model, full_model()));
}

TEST(PawFile, StoresEqualConstantsOnce) {
  const Bytes file = written(small_model());
  const auto model = read_paw(file, "a.paw", all_ops());
  ASSERT_TRUE(model);
  std::vector<const std::byte*> biases;
  for (const Value& value : model->graph.values) {
    if (value.constant && value.type.shape == Shape{4}) biases.push_back(value.constant->data());
  }
  ASSERT_EQ(biases.size(), 2u);
  EXPECT_EQ(biases[0], biases[1]);
  // 4*27 + 4 + 16 + 8 floats, each constant at a multiple of 64 bytes.
  EXPECT_EQ(section_text(file, "WGHT").size(), 448 + 64 + 64 + 32u);
}

TEST(PawFile, KeepsUnknownSections) {
  Bytes file = with_section(written(small_model()), "zzzz", "later");
  file = with_section(file, "AAAA", std::string(100, 'a'));
  const auto model = read_paw(file, "a.paw", all_ops());
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->opaque.size(), 2u);
  EXPECT_EQ(model->opaque[0].tag, "AAAA");
  EXPECT_EQ(model->opaque[1].tag, "zzzz");
  const Bytes copy = written(*model);
  EXPECT_EQ(section_text(copy, "AAAA"), std::string(100, 'a'));
  EXPECT_EQ(section_text(copy, "zzzz"), "later");
  Model reordered = *model;
  std::swap(reordered.opaque[0], reordered.opaque[1]);
  EXPECT_EQ(written(reordered), copy);
}

TEST(PawFile, ReadsSectionsInAnyOrder) {
  const Bytes file = written(full_model());
  std::vector<paw_file::NewSection> sections;
  for (const paw_file::Section& section : sections_of(file)) {
    sections.insert(sections.begin(), {section.tag, {{0, section.data}}});
  }
  const auto model = read_paw(paw_file::pack(sections), "a.paw", all_ops());
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(equal(*model, full_model()));
  EXPECT_EQ(written(*model), file);
}

TEST(PawFile, OptionalSectionsMayBeAbsent) {
  Model bare = small_model();
  bare.labels.clear();
  const Bytes file = written(bare);
  const auto sections = paw_file::unpack(file, "a.paw");
  ASSERT_TRUE(sections);
  EXPECT_EQ(sections->size(), 4u);
  expect_round_trip(bare);
  bare.preprocess.reset();
  expect_round_trip(bare);
  EXPECT_EQ(written(bare), without_section(file, "PREP"));
  for (const char* tag : {"GRPH", "WGHT", "META"}) {
    EXPECT_EQ(refusal(without_section(file, tag)), std::string("[a.paw: ") + tag + "] the section is missing");
  }
}

TEST(PawFile, RefusesADamagedByteInEachSection) {
  const Bytes file = written(full_model());
  const Raw original(file);
  ASSERT_EQ(original.count(), 9u);
  for (std::size_t i = 0; i < original.count(); ++i) {
    if (original.length(i) == 0) continue;
    Raw raw(file);
    char& byte = raw.data()[original.offset(i) + original.length(i) / 2];
    byte = static_cast<char>(byte ^ 0x10);
    EXPECT_EQ(refusal(raw.bytes()),
              "[a.paw: " + raw.tag(i) + "] its bytes are damaged (CRC); copy or download it again");
  }
}

TEST(PawFile, RefusesANewerVersion) {
  Raw raw(written(small_model()));
  raw.set<std::uint32_t>(kVersionAt, paw_file::kVersion + 1);
  EXPECT_THAT(refusal(raw.bytes()), HasSubstr("written by a newer paw"));
  EXPECT_THAT(refusal(raw.bytes()), HasSubstr("update paw to read it"));
}

TEST(PawFile, NamesTheLineOfAGraphError) {
  const Bytes file = written(small_model());
  const std::string graph = section_text(file, "GRPH");
  const auto after = [&](std::string_view from, std::string_view to) {
    std::string changed = graph;
    changed.replace(changed.find(from), from.size(), to);
    return refusal(with_section(file, "GRPH", changed));
  };
  EXPECT_THAT(after("relu6", "relu7"), testing::StartsWith("[a.paw: GRPH line 5:"));
  EXPECT_THAT(after("ref 0", "ref 4"), HasSubstr("not 64-byte aligned"));
  EXPECT_THAT(after("ref 0", "ref 99968"), HasSubstr("reaches past the section"));
  EXPECT_THAT(after("ref 0", "fill 1"), HasSubstr("[a.paw: GRPH line 2:"));  // constants stand in WGHT only
  EXPECT_THAT(after("graph", "\xFF"), HasSubstr("[a.paw: GRPH line 1:"));
  EXPECT_NE(refusal(with_section(file, "GRPH", "")), "");
}

TEST(PawFile, RefusesWeightsThatNothingNames) {
  const Bytes file = written(small_model());
  const std::string weights = section_text(file, "WGHT");
  EXPECT_THAT(refusal(with_section(file, "WGHT", weights + "more")),
              HasSubstr("[a.paw: WGHT] no constant names its bytes from"));
  EXPECT_THAT(refusal(with_section(file, "WGHT", weights.substr(0, weights.size() - 1))),
              HasSubstr("reaches past the section"));
  EXPECT_THAT(refusal(with_section(file, "WGHT", "")), HasSubstr("reaches past the section"));
}

TEST(PawFile, RefusesModelsThatDoNotVerify) {
  const Bytes file = written(small_model());
  EXPECT_THAT(refusal(with_section(file, "META", R"({"temperature":0,"threshold":0})")),
              HasSubstr("[a.paw: model] temperature must be positive"));
  EXPECT_THAT(refusal(with_section(file, "LABL", std::string(4, '\0'))), "");  // no labels: allowed
  EXPECT_THAT(refusal(with_section(file, "LABL", std::string("\x03\0\0\0", 4) + std::string(12, '\0'))),
              HasSubstr("3 labels for scores [1,2]"));
  std::string prep = section_text(file, "PREP");
  prep.replace(prep.find("\"width\":8"), 9, "\"width\":7");
  EXPECT_THAT(refusal(with_section(file, "PREP", prep)), HasSubstr("does not match the preprocessing"));
}

TEST(PawFile, WriterRefusesWhatItCouldNotReadBack) {
  Model model = small_model();
  model.temperature = 0;
  EXPECT_THAT(write_refusal(model), HasSubstr("temperature must be positive"));
  model = small_model();
  model.labels[1] = "\xFF";
  EXPECT_EQ(write_refusal(model), "[model] label 1 is not UTF-8 at its byte 0");
  model = small_model();
  model.provenance.origin = std::string(5000, 'x');
  EXPECT_THAT(write_refusal(model), HasSubstr("provenance: the origin is longer"));
  model = small_model();
  model.calibration.push_back({.value = "a", .min = 1, .max = 0});
  EXPECT_THAT(write_refusal(model), HasSubstr("calibration: entry 0"));
  for (const auto& [tag, message] : std::vector<std::pair<const char*, const char*>>{
           {"abc", "four printable"}, {"a\nbc", "four printable"}, {"WGHT", "tag of a known one"}}) {
    model = small_model();
    model.opaque = {{tag, {}}};
    EXPECT_THAT(write_refusal(model), HasSubstr(message)) << tag;
  }
  model.opaque = {{"same", {}}, {"same", {}}};
  EXPECT_THAT(write_refusal(model), HasSubstr("'same' is there twice"));
}

}  // namespace paw::paw_file_test
