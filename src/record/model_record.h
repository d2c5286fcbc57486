// What every format carries of a model beside its graph, as JSON: the preprocessing record and the "not sure"
// threshold. The same text is the PREP section of .paw files, TFLite's custom metadata and Core ML's user-defined
// metadata.
#pragma once

#include <string>
#include <string_view>

#include "ir/model.h"

namespace paw {

// The key under which foreign formats hold the record.
inline constexpr std::string_view kModelRecordKey = "com.pawprint.model";

// {"width":224,...}: docs/paw-file.md, section 6.
std::string preprocess_to_json(const Preprocess& preprocess);
// kUnsupported, starting with `where`: not exactly those fields.
Result<Preprocess> preprocess_from_json(std::string_view json, std::string_view where);

// {"preprocess":{...},"threshold":0.6}; without preprocessing the first is left out.
std::string record_to_json(const Model& model);
// Sets both in `model`. kUnsupported as above; the model is unchanged then.
Status record_from_json(std::string_view json, std::string_view where, Model& model);

}  // namespace paw
