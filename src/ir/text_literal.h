// Numbers of the text form: shortest decimal text that reads back to the same bits, in both directions.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tensor/dtype.h"

namespace paw {

void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, double value);

// Whole token -> value. Floats also take inf, -inf and nan. Empty when it worked, else the reason:
// "is not an integer", "is out of range", ...
std::string read_number(std::string_view token, std::int64_t& value);
std::string read_number(std::string_view token, std::int32_t& value);
std::string read_number(std::string_view token, std::uint64_t& value);
std::string read_number(std::string_view token, double& value);
std::string read_number(std::string_view token, float& value);

// Element `i` of packed storage. Integers exactly; floats in the shortest form of their own precision; a NaN other
// than the default one, which is `nan`, as its bits: 0x7fc00001.
void append_element(std::string& out, DType dtype, const std::byte* data, std::int64_t i);
// The reverse; float types take any 0x bits. Returns the reason when `token` does not stand for such an element.
std::string read_element(std::string_view token, DType dtype, std::byte* data, std::int64_t i);

// All elements have the same bits. Requires at least one element.
bool all_elements_equal(DType dtype, const std::byte* data, std::int64_t elements);
// Repeats element 0 over all `elements`; the rest of a last half-used byte stays zero.
void repeat_first_element(DType dtype, std::byte* data, std::int64_t elements);

}  // namespace paw
