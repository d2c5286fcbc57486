// Writes the function of an ML Program: walks the graph, keeps for each value the forms it already has in the program
// (axis order, element type) and makes others on demand.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "formats/coreml/description.h"
#include "formats/coreml/program/block.h"
#include "formats/coreml/program/constants.h"
#include "formats/coreml/program/node_writer.h"
#include "formats/coreml/program/precision.h"

namespace paw::coreml {

struct ProgramSettings {
  MlProgramOptions options;
  bool forms_of_18 = false;
};

class ProgramWriter {
 public:
  ProgramWriter(const Model& model, const ProgramSettings& settings, BlockWriter& block);

  // All ops and outputs. Fills the inputs and outputs of `description`.
  Status run(Description& description);
  // What the function takes, in the order of the description.
  const std::vector<Var>& inputs() const { return inputs_; }
  IosVersion version() const { return version_; }
  const std::vector<std::string>& notes() const { return notes_; }

  // --- for NodeWriter ---
  const Graph& graph() const { return model_.graph; }
  BlockWriter& block() { return block_; }
  // `value` with its axes in home order or as in the graph. Reals come in `real`.
  Result<Var> form(ValueId value, bool home, MilType real);
  // The constant behind `value`: itself, or what a cast or dequantize node makes of one. Invalid: not constant.
  ValueId constant_behind(ValueId value) const;
  // `windows`: see FileConstant.
  Result<Var> constant(ValueId constant, std::span<const int> axes, std::optional<Shape> shape, MilType real,
                       bool windows = false);
  void define(ValueId value, Var var, bool home);
  // The name that the value's home form in `type` must have because the file's outputs say so; empty: any.
  std::string exact_name(ValueId value, MilType type, bool home);
  // What names made for the value are derived from.
  std::string wanted_name(ValueId value) const;
  bool is_pixels(ValueId value) const;
  Status needs(IosVersion version, std::string_view what, std::string_view where);
  // Each text once.
  void note(std::string text) {
    if (std::ranges::find(notes_, text) == notes_.end()) notes_.push_back(std::move(text));
  }

 private:
  struct Form {
    Var var;
    bool home;
  };
  struct Written {
    ValueId constant;
    std::vector<int> axes;
    std::string shape;
    MilType real;
    bool windows;
    auto operator<=>(const Written&) const = default;
  };

  Status write_inputs(Description& description);
  void normalise(ValueId input, Var pixels);
  Status write_nodes();
  Status write_outputs(Description& description);
  Status write_classifier(Description& description);
  Result<Var> converted(ValueId value, const Form& from, bool home, MilType type);
  MilType element_type(ValueId value, MilType real) const;
  bool is_stored(const Node& node) const;

  const Model& model_;
  const ProgramSettings& settings_;
  BlockWriter& block_;
  Uses uses_;
  std::vector<std::vector<Form>> forms_;  // per value
  std::map<Written, Var> constants_;
  std::map<std::uint32_t, std::string> output_names_;  // per value: the output feature made of it
  std::vector<Var> inputs_;
  std::vector<NodePrecision> precisions_;  // per node
  std::vector<std::string> notes_;
  IosVersion version_ = IosVersion::kIos15;
};

}  // namespace paw::coreml
