// What both readers do at their end, and the way between them.
#pragma once

#include "formats/coreml/coreml_file.h"
#include "formats/coreml/description.h"
#include "formats/coreml/program/file_values.h"

namespace paw::coreml {

namespace schema {
class Model;
}

// What writers need of a model that passes/export_form.h makes: no temperature, one image at a time.
Status check_export_form(const Model& model);

// Folds what stands behind the image into the preprocessing, takes the record, and verifies. `pixels`: what the file
// does to pixels before its graph. The graph's inputs are in the order of the description.
Status finish_model(const Description& description, PixelScale pixels, std::string_view where, ReadModel& read);

Result<ReadModel> read_program(const schema::Model& message, OpenWeights open, std::string_view where);
Result<ReadModel> read_network(const schema::Model& message, std::string_view where);
// Whatever of the two it is; a program without weight files.
Result<ReadModel> read_parsed(const schema::Model& message, std::string_view where);

}  // namespace paw::coreml
