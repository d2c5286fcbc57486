#include "formats/coreml/network/rules.h"

#include "coreml/network.pb.h"
#include "ops/ops.h"

namespace paw::coreml {

namespace {

constexpr LayerWriteRule kWriteRules[] = {
#define PAW_WRITES(name) {&op::name, network::write_##name, {}},
#define PAW_REFUSES(name, reason) {&op::name, nullptr, reason},
#define PAW_READS(kind, function)
#include "formats/coreml/network/ops.inc"
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS
};

constexpr LayerReadRule kReadRules[] = {
#define PAW_WRITES(name)
#define PAW_REFUSES(name, reason)
#define PAW_READS(kind, function) {schema::Layer::kind, network::read_##function},
#include "formats/coreml/network/ops.inc"
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS
};

}  // namespace

std::span<const LayerWriteRule> layer_write_rules() { return kWriteRules; }
std::span<const LayerReadRule> layer_read_rules() { return kReadRules; }

}  // namespace paw::coreml
