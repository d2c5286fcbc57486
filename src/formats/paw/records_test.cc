#include "formats/paw/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "formats/paw/byte_stream.h"

namespace paw::paw_file::records_test {

using testing::HasSubstr;

Bytes text(std::string_view s) { return Bytes::copy_of(std::as_bytes(std::span(s))); }
std::string text(const Bytes& b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

// The message with which `result` fails, with its place; empty when it does not.
template <class T>
std::string refusal(const Result<T>& result) {
  if (result) return {};
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  return result.error().text();
}

// Every shorter section is refused, and one that is longer.
template <class Decode>
void expect_exact_length(const Bytes& section, const Decode& decode) {
  ASSERT_EQ(refusal(decode(section, "f")), "");
  for (std::size_t n = 0; n < section.size(); ++n) EXPECT_NE(refusal(decode(section.slice(0, n), "f")), "") << n;
  EXPECT_NE(refusal(decode(text(text(section) + '\0'), "f")), "");
}

// --- PREP and META ---

TEST(Preprocess, RoundTripsExactly) {
  Preprocess p{.width = 96, .height = 64, .geometry = Geometry::kStretch, .resize_short = 0};
  p.filter = ResizeFilter::kBicubic;
  p.color = ColorOrder::kGray;
  p.scale = {0.1, std::nextafter(1.0, 2.0), 5e-324};
  p.bias = {-0.0, 1e300, -1.0 / 3};
  p.pad_value = 255;
  const auto back = decode_preprocess(encode_preprocess(p), "f");
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(*back, p);
  EXPECT_TRUE(std::signbit(back->bias[0]));
}

TEST(Preprocess, HasTheDocumentedText) {
  EXPECT_EQ(text(encode_preprocess({})),
            R"({"width":224,"height":224,"geometry":"crop","resize_short":256,"filter":"bilinear","color":"rgb",)"
            R"("scale":[0.00392156862745098,0.00392156862745098,0.00392156862745098],"bias":[0.0,0.0,0.0],)"
            R"("pad_value":0})");
}

TEST(Preprocess, NamesTheFieldThatIsWrong) {
  const std::string good = text(encode_preprocess({}));
  const auto after = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    return refusal(decode_preprocess(text(changed), "f"));
  };
  EXPECT_EQ(after("\"width\":224,", ""), "[f: PREP] field \"width\" is missing");
  EXPECT_THAT(after("\"width\":224", "\"width\":224.5"), HasSubstr("\"width\" is not an integer"));
  EXPECT_THAT(after("\"width\":224", "\"width\":18446744073709551615"), HasSubstr("\"width\" is not an integer"));
  EXPECT_THAT(after("\"width\":224", "\"width\":\"224\""), HasSubstr("\"width\" is not an integer"));
  EXPECT_THAT(after("\"crop\"", "\"squash\""), HasSubstr("\"geometry\" \"squash\" is not a known choice"));
  EXPECT_THAT(after("\"rgb\"", "0"), HasSubstr("\"color\" is not a text"));
  EXPECT_THAT(after("[0.0,0.0,0.0]", "[0.0,0.0]"), HasSubstr("\"bias\" is not 3 numbers"));
  EXPECT_THAT(after("[0.0,0.0,0.0]", "[0.0,null,0.0]"), HasSubstr("\"bias\" is not a number"));
  EXPECT_THAT(after("\"pad_value\":0", "\"pad_value\":0,\"gamma\":2"), HasSubstr("\"gamma\" is not known"));
  EXPECT_THAT(after("\"pad_value\":0", "\"pad_value\":0,\"pad_value\":0"), HasSubstr("appears twice"));
  EXPECT_THAT(after("{", "[{"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(decode_preprocess(text("[]"), "f")), HasSubstr("is not a JSON object"));
  EXPECT_THAT(refusal(decode_preprocess({}, "f")), HasSubstr("[f: PREP:1:1] not valid JSON"));
  EXPECT_THAT(refusal(decode_preprocess(text(std::string(70'000, ' ')), "f")), HasSubstr("at most 65.5 kB"));
}

TEST(Decision, RoundTripsAndRefuses) {
  const auto back = decode_decision(encode_decision({.temperature = 1.0 / 3, .threshold = 0.7}), "f");
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->temperature, 1.0 / 3);
  EXPECT_EQ(back->threshold, 0.7);
  EXPECT_TRUE(decode_decision(text(R"({"threshold":0,"temperature":1})"), "f"));  // any order, integers too
  EXPECT_THAT(refusal(decode_decision(text(R"({"temperature":1})"), "f")), HasSubstr("\"threshold\" is missing"));
  // What JSON cannot hold is written as null, so it never comes back as a number.
  const Decision infinite{.temperature = std::numeric_limits<double>::infinity()};
  EXPECT_THAT(refusal(decode_decision(encode_decision(infinite), "f")), HasSubstr("is not a number"));
}

// --- LABL ---

TEST(Labels, RoundTrip) {
  const std::vector<std::string> labels = {"cat", "", "dog/\n\x1b[31m", std::string("nul\0!", 5), "\xF0\x9F\x90\xBE"};
  const Bytes section = encode_labels(labels);
  EXPECT_EQ(decode_labels(section, "f"), labels);
  expect_exact_length(section, decode_labels);
}

TEST(Labels, RefusesInvalidTextWithItsIndex) {
  EXPECT_EQ(check_labels({"a", "b\xFF"}), "label 1 is not UTF-8 at its byte 1");
  EXPECT_EQ(refusal(decode_labels(encode_labels({"a", "b", "\xC3("}), "f")),
            "[f: LABL] label 2 is not UTF-8 at its byte 0");
  EXPECT_EQ(check_labels({std::string(4096, 'x')}), "");
  EXPECT_EQ(check_labels({std::string(4097, 'x')}), "label 0 is longer than 4096 bytes");
  EXPECT_THAT(check_labels(std::vector<std::string>(1'000'001)), HasSubstr("1000001 labels"));
}

TEST(Labels, BelievesCountsOnlyAsFarAsBytesFollow) {
  for (const std::uint32_t count : {2u, 1'000'000u, UINT32_MAX}) {
    ByteWriter out;
    out.put(count);
    out.put_text("");
    EXPECT_NE(refusal(decode_labels(out.finish(), "f")), "") << count;
  }
  ByteWriter out;
  out.put(std::uint32_t{1});
  out.put(UINT32_MAX);
  out.put_text("x");
  EXPECT_THAT(refusal(decode_labels(out.finish(), "f")), HasSubstr("length does not agree"));
}

// --- PROV ---

SeenPhoto photo(std::uint8_t first, Split split) {
  SeenPhoto p{.sha256 = {}, .split = split};
  p.sha256[0] = first;
  return p;
}

TEST(Provenance, RoundTripsSorted) {
  const Provenance sorted{.origin = "net pawnet",
                          .photos = {photo(1, Split::kVal), photo(2, Split::kTrain), photo(2, Split::kTest)}};
  const Bytes section = encode_provenance(sorted);
  EXPECT_EQ(section.size(), 4 + 10 + 8 + 3 * 33u);
  EXPECT_EQ(decode_provenance(section, "f"), sorted);
  expect_exact_length(section, decode_provenance);
  const Provenance mixed{.origin = sorted.origin, .photos = {sorted.photos[2], sorted.photos[0], sorted.photos[1]}};
  EXPECT_EQ(encode_provenance(mixed), section);
}

TEST(Provenance, RefusesDisorderUnknownSplitsAndBadText) {
  std::string section = text(encode_provenance({.origin = "", .photos = {photo(1, Split::kVal), photo(2, {})}}));
  std::string changed = section;
  changed[12] = 3;
  EXPECT_EQ(refusal(decode_provenance(text(changed), "f")), "[f: PROV] photo 1 is out of order");
  changed = section;
  changed.back() = 3;
  EXPECT_EQ(refusal(decode_provenance(text(changed), "f")), "[f: PROV] photo 1 is of an unknown split");
  changed = section;
  changed[4 + 7] = 1;  // 2^56 more photos
  EXPECT_THAT(refusal(decode_provenance(text(changed), "f")), HasSubstr("length does not agree"));
  EXPECT_EQ(refusal(decode_provenance(encode_provenance({.origin = "\xFF", .photos = {}}), "f")),
            "[f: PROV] the origin is not UTF-8 at its byte 0");
}

// --- CALB ---

TEST(Calibration, KeepsTheBitsOfEveryNumber) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const double odd_nan = std::bit_cast<double>(0x7FF8000000000123u);
  const std::vector<ValueStats> stats = {{"a", -kInf, kInf, -0.0, 5e-324, UINT64_MAX, {0, UINT64_MAX, 7}},
                                         {"b", std::nanf(""), 1.f, odd_nan, odd_nan, 0, {}}};
  const Bytes section = encode_calibration(stats);
  EXPECT_EQ(section.size(), 4 + (41 + 3 * 8) + 41u);
  const auto back = decode_calibration(section, "f");
  ASSERT_TRUE(back) << back.error().text();
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ((*back)[0], stats[0]);
  EXPECT_TRUE(std::signbit((*back)[0].mean));
  EXPECT_EQ(std::bit_cast<std::uint64_t>((*back)[1].variance), 0x7FF8000000000123u);
  EXPECT_EQ(encode_calibration(*back), section);
  expect_exact_length(section, decode_calibration);
}

TEST(Calibration, RefusesImpossibleStatistics) {
  const auto message = [](const ValueStats& stats) {
    return refusal(decode_calibration(encode_calibration({stats}), "f"));
  };
  EXPECT_THAT(message({.value = "\xFF"}), HasSubstr("entry 0: the name is not UTF-8"));
  EXPECT_THAT(message({.value = "a", .min = 1, .max = 0}), HasSubstr("least value is above its greatest"));
  EXPECT_THAT(message({.value = "a", .variance = -1}), HasSubstr("variance is negative"));
}

TEST(Calibration, BelievesCountsOnlyAsFarAsBytesFollow) {
  const std::string section = text(encode_calibration({{.value = "a", .histogram = {1}}}));
  for (const std::size_t at : {0u, 4u, 41u}) {  // number of entries, length of the name, number of bins
    std::string changed = section;
    changed[at + 3] = '\x7F';
    EXPECT_EQ(refusal(decode_calibration(text(changed), "f")), "[f: CALB] its length does not agree with what it holds")
        << at;
  }
}

}  // namespace paw::paw_file::records_test
