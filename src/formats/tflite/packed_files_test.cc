#include "formats/tflite/packed_files.h"

#include <gtest/gtest.h>
#include <zip.h>

#include <cstring>

namespace paw::tflite::packed_files_test {

Bytes some_bytes(std::size_t size) {
  AlignedBuffer buffer(size);
  for (std::size_t i = 0; i < size; ++i) buffer.data()[i] = static_cast<std::byte>(i);
  return buffer;
}

std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
Bytes bytes_of(const std::string& text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

const std::vector<PackedFile> kFiles = {{"labels.txt", "cat\ndog\n"}, {"empty", ""}, {"gr\xC3\xBC\xC3\x9F.txt", "x"}};

TEST(PackedFiles, AreFoundAgainBehindTheFlatbuffer) {
  const Bytes all = pack_files(some_bytes(100), kFiles);
  EXPECT_EQ(all.slice(0, 100), some_bytes(100));
  for (const PackedFile& file : kFiles) {
    const auto found = packed_file(all, file.name, 100, "model.tflite");
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(*found, file.contents);
  }
  const auto missing = packed_file(all, "other", 100, "model.tflite");
  ASSERT_TRUE(missing);
  EXPECT_EQ(*missing, std::nullopt);
  EXPECT_EQ(pack_files(some_bytes(100), kFiles), all);
}

// Another reader of the format, on the whole file: offsets count from its start, entries are stored.
TEST(PackedFiles, AreAnArchiveForOthers) {
  const Bytes all = pack_files(some_bytes(33), kFiles);
  zip_error_t error;
  zip_error_init(&error);
  zip_t* archive =
      zip_open_from_source(zip_source_buffer_create(all.data(), all.size(), 0, &error), ZIP_CHECKCONS, &error);
  ASSERT_NE(archive, nullptr) << zip_error_strerror(&error);
  ASSERT_EQ(zip_get_num_entries(archive, 0), 3);
  zip_stat_t stat;
  ASSERT_EQ(zip_stat_index(archive, 0, 0, &stat), 0);
  EXPECT_EQ(stat.comp_method, ZIP_CM_STORE);
  EXPECT_EQ(text_of(all).find("PK\3\4"), 48u);  // the next multiple of 16
  zip_discard(archive);
}

TEST(PackedFiles, NoArchiveIsNoError) {
  const auto found = packed_file(some_bytes(500), "labels.txt", 100, "model.tflite");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(*found, std::nullopt);
}

TEST(PackedFiles, DamageIsAnError) {
  const std::string good = text_of(pack_files(some_bytes(64), kFiles));
  std::string flipped = good;
  flipped[good.find("cat\n")] = 'b';
  const auto crc = packed_file(bytes_of(flipped), "labels.txt", 100, "model.tflite");
  ASSERT_FALSE(crc);
  EXPECT_NE(crc.error().message.find("CRC"), std::string::npos) << crc.error().text();
  const auto large = packed_file(bytes_of(good), "labels.txt", 3, "model.tflite");
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().message.find("packed file of more than"), std::string::npos);
  std::string many = good;
  for (int i = 0; i < 2000; ++i) many += "PK\1\2";
  EXPECT_FALSE(packed_file(bytes_of(many), "labels.txt", 100, "model.tflite"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string broken = good;
    broken[i] = static_cast<char>(broken[i] ^ 0x55);
    const auto read = packed_file(bytes_of(broken), "labels.txt", 100, "model.tflite");
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::kUnsupported);
    }
  }
}

// What a packer of its own mind would write.
TEST(PackedFiles, CompressedEntriesAreRefused) {
  std::string good = text_of(pack_files({}, {{"labels.txt", std::string(200, 'a')}}));
  const auto method = [&](const char* signature, std::size_t at) { good[good.find(signature) + at] = ZIP_CM_DEFLATE; };
  method("PK\3\4", 8);
  method("PK\1\2", 10);
  const auto read = packed_file(bytes_of(good), "labels.txt", 1000, "model.tflite");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("compressed"), std::string::npos) << read.error().text();
}

}  // namespace paw::tflite::packed_files_test
