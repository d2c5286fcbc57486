// Names of the pickle opcodes, for messages about those that are refused.
#pragma once

#include <cstdint>
#include <string>

namespace paw::pytorch {

// "REDUCE", or "0xF3" for a byte that is none.
std::string opcode_name(std::uint8_t opcode);

}  // namespace paw::pytorch
