#include "host/sha256.h"

#include <gtest/gtest.h>

namespace paw::sha256_test {

std::string hex_of(std::string_view text) { return to_hex(sha256(std::as_bytes(std::span(text)))); }

// The examples of FIPS 180-4's validation set.
TEST(Sha256Test, KnownValues) {
  EXPECT_EQ(hex_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Test, HexRoundTripAndRefusals) {
  const std::string hex = hex_of("abc");
  EXPECT_EQ(to_hex(sha256_from_hex(hex).value()), hex);
  EXPECT_FALSE(sha256_from_hex(hex.substr(1)));
  EXPECT_FALSE(sha256_from_hex(hex + "0"));
  EXPECT_FALSE(sha256_from_hex("g" + hex.substr(1)));
}

}  // namespace paw::sha256_test
