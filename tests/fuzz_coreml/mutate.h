// Mutations of Core ML files: of the structure of their protobuf, of weight.bin's records, of the manifest's values.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "formats/coreml/coreml_file.h"

namespace paw {

// One field of a protobuf message; what is a message itself has fields, whatever else a payload.
struct WireField {
  std::uint64_t number = 0;
  int type = 0;  // 0 varint, 1 and 5 fixed, 2 length-delimited
  std::uint64_t value = 0;
  std::string payload;
  std::vector<WireField> fields;
};

std::vector<WireField> parse_wire(std::string_view bytes);
std::string write_wire(const std::vector<WireField>& fields);

struct Mutation {
  MlPackage package;  // of a NeuralNetwork: the model alone
  std::string what;
};

class CoreMlMutator {
 public:
  explicit CoreMlMutator(MlPackage good);
  Mutation next(Random& random) const;

 private:
  MlPackage good_;
  std::vector<WireField> fields_;
};

// The text of a manifest with one value or key made hostile.
std::string mutated_manifest(std::string text, Random& random, std::string& what);

}  // namespace paw
