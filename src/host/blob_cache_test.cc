#include "host/blob_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

namespace paw::blob_cache_test {

namespace fs = std::filesystem;

class BlobCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("paw_blobs_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  static std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
  static std::string text(const std::optional<Bytes>& blob) {
    return blob ? std::string(reinterpret_cast<const char*>(blob->data()), blob->size()) : "none";
  }
  fs::path folder_;
};

TEST_F(BlobCacheTest, KeepsPartsAsOneAndFindsThemLater) {
  BlobCache cache(folder_, 1000);
  ASSERT_TRUE(cache.usable());
  EXPECT_EQ(text(cache.get("a")), "none");
  cache.put("a", {bytes("one "), bytes("two")});
  EXPECT_EQ(text(cache.get("a")), "one two");
  EXPECT_EQ(text(BlobCache(folder_, 1000).get("a")), "one two");
}

TEST_F(BlobCacheTest, DamageIsNotBelieved) {
  BlobCache cache(folder_, 1000);
  cache.put("a", {bytes("one two")});
  std::ofstream(folder_ / "a", std::ios::in | std::ios::binary).seekp(26).put('X');
  EXPECT_EQ(text(cache.get("a")), "none");
  fs::resize_file(folder_ / "a", 27);
  EXPECT_EQ(text(cache.get("a")), "none");
  fs::resize_file(folder_ / "a", 3);
  EXPECT_EQ(text(cache.get("a")), "none");
  cache.put("a", {bytes("again")});
  EXPECT_EQ(text(cache.get("a")), "again");
}

TEST_F(BlobCacheTest, WhatWasUsedLongestAgoGoes) {
  const std::string large(400, 'x');
  {
    BlobCache cache(folder_, 10'000);
    for (const char* name : {"old", "middle", "new"}) cache.put(name, {bytes(large)});
  }
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(folder_ / "old", now - std::chrono::hours(2));
  fs::last_write_time(folder_ / "middle", now - std::chrono::hours(1));
  EXPECT_NE(text(BlobCache(folder_, 10'000).get("old")), "none");  // used: now the newest
  BlobCache small(folder_, 900);
  EXPECT_EQ(text(small.get("middle")), "none");
  EXPECT_EQ(text(small.get("old")), large);
  small.put("more", {bytes(large)});
  small.put("too much", {bytes(large)});
  EXPECT_EQ(text(small.get("too much")), "none");
}

TEST_F(BlobCacheTest, AFullFolderTakesNewBlobsForOldOnes) {
  const std::string large(400, 'x');
  BlobCache cache(folder_, 900);
  for (const char* name : {"a", "b"}) {
    cache.put(name, {bytes(large)});
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }
  cache.put("c", {bytes(large)});
  EXPECT_EQ(text(cache.get("c")), large);
  cache.put("d", {bytes(large)});
  cache.put("e", {bytes(large)});
  EXPECT_EQ(text(cache.get("e")), "none") << "c and d were used by this process";
  EXPECT_EQ(text(cache.get("c")), large);
  EXPECT_EQ(text(cache.get("d")), large);
}

TEST_F(BlobCacheTest, AReaderFindsAndLeavesAllAsItIs) {
  EXPECT_FALSE(BlobCache(folder_).usable());
  EXPECT_FALSE(fs::exists(folder_));
  BlobCache(folder_, 1000).put("a", {bytes("one")});
  BlobCache reader(folder_);
  EXPECT_EQ(text(reader.get("a")), "one");
  reader.put("b", {bytes("two")});
  EXPECT_EQ(text(reader.get("b")), "none");
}

TEST_F(BlobCacheTest, NoFolderNoHarm) {
  BlobCache nowhere({}, 1000), refused("/proc/none/such", 1000);
  for (BlobCache* cache : {&nowhere, &refused}) {
    EXPECT_FALSE(cache->usable());
    cache->put("a", {bytes("x")});
    EXPECT_EQ(text(cache->get("a")), "none");
  }
}

}  // namespace paw::blob_cache_test
