// Real photos, when the environment variable PAW_ZOO names the folder of test data.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "host/file.h"
#include "vision/decode.h"

namespace paw::decode_slow_test {

TEST(DecodeRealPhotos, AllAreWholeAndWithoutComplaint) {
  const char* zoo = std::getenv("PAW_ZOO");
  if (zoo == nullptr) GTEST_SKIP() << "no PAW_ZOO";
  PhotoDecoder decoder;
  int count = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(zoo) / "photos/cats-dogs")) {
    if (!entry.is_regular_file()) continue;
    const auto file = map_file(entry.path());
    ASSERT_TRUE(file.has_value()) << file.error().text();
    const auto photo = decoder.decode(file->span(), entry.path().string());
    ASSERT_TRUE(photo.has_value()) << photo.error().text();
    EXPECT_EQ((*photo)->warning, "") << entry.path();
    EXPECT_EQ((*photo)->missing, 0) << entry.path();
    EXPECT_EQ((*photo)->header.format, PhotoFormat::kJpeg);
    EXPECT_LE(std::min((*photo)->image.width, (*photo)->image.height), 256) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 1'000);
}

}  // namespace paw::decode_slow_test
