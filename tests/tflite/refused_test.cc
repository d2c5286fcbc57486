// What LiteRT computes wrongly is not written. That it does so: tests/interop_tflite.
#include <gtest/gtest.h>

#include "forced.h"
#include "formats/tflite/tflite_file.h"

namespace paw::tflite_refused_test {

TEST(TfliteRefused, WhatLiteRtComputesWronglyIsNotWritten) {
  const auto forced = tflite_testing::forced_files();
  ASSERT_TRUE(forced) << forced.error().text();
  EXPECT_EQ(forced->size(), 13u);
  for (const auto& f : *forced) {
    if (!f.graph) continue;  // no graph says it
    const auto file = write_tflite({.graph = *f.graph});
    ASSERT_FALSE(file) << f.name;
    EXPECT_EQ(file.error().code, ErrorCode::kUnsupported) << f.name;
    EXPECT_NE(file.error().message.find(f.refusal), std::string::npos) << f.name << ": " << file.error().text();
    EXPECT_TRUE(file.error().where.starts_with("tflite: ")) << file.error().text();
  }
}

// Reading is another matter: what such a file means is clear, or it is refused by name.
TEST(TfliteRefused, ForcedFilesAreReadOrRefused) {
  const auto forced = tflite_testing::forced_files();
  ASSERT_TRUE(forced);
  for (const auto& f : *forced) {
    const auto read = read_tflite(f.file, f.name);
    if (read) continue;
    EXPECT_EQ(read.error().code, ErrorCode::kUnsupported) << f.name;
    EXPECT_TRUE(read.error().where.starts_with(f.name)) << read.error().text();
  }
}

}  // namespace paw::tflite_refused_test
