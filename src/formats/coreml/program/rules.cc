#include "formats/coreml/program/rules.h"

#include "ops/ops.h"

namespace paw::coreml {

namespace {

constexpr ProgramWriteRule kWriteRules[] = {
#define PAW_WRITES(name) {&op::name, program::write_##name, {}},
#define PAW_REFUSES(name, reason) {&op::name, nullptr, reason},
#define PAW_READS(type, function)
#include "formats/coreml/program/ops.inc"
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS
};

constexpr ProgramReadRule kReadRules[] = {
#define PAW_WRITES(name)
#define PAW_REFUSES(name, reason)
#define PAW_READS(type, function) {type, program::read_##function},
#include "formats/coreml/program/ops.inc"
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS
};

}  // namespace

std::span<const ProgramWriteRule> program_write_rules() { return kWriteRules; }
std::span<const ProgramReadRule> program_read_rules() { return kReadRules; }

}  // namespace paw::coreml
