// The small sections: PREP and META (JSON), LABL, PROV and CALB (binary). docs/paw-file.md, sections 6 to 10.
// check_* says what the format cannot hold; the writer asks before, the reader after. Empty: nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ir/model.h"

namespace paw::paw_file {

// Temperature and threshold.
struct Decision {
  double temperature = 1.0;
  double threshold = 0.0;
};

Bytes encode_preprocess(const Preprocess& preprocess);
Result<Preprocess> decode_preprocess(const Bytes& section, std::string_view file);

Bytes encode_decision(const Decision& decision);
Result<Decision> decode_decision(const Bytes& section, std::string_view file);

std::string check_labels(const std::vector<std::string>& labels);
Bytes encode_labels(const std::vector<std::string>& labels);
Result<std::vector<std::string>> decode_labels(const Bytes& section, std::string_view file);

// Photos are written sorted by hash, then split.
std::string check_provenance(const Provenance& provenance);
Bytes encode_provenance(const Provenance& provenance);
Result<Provenance> decode_provenance(const Bytes& section, std::string_view file);

// Floating-point numbers keep their bits, infinities and NaN included.
std::string check_calibration(const std::vector<ValueStats>& calibration);
Bytes encode_calibration(const std::vector<ValueStats>& calibration);
Result<std::vector<ValueStats>> decode_calibration(const Bytes& section, std::string_view file);

}  // namespace paw::paw_file
