#include "formats/paw/paw_file.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "formats/paw/container.h"
#include "formats/paw/records.h"
#include "formats/paw/weights.h"
#include "host/text.h"
#include "ir/text.h"

namespace paw {

using namespace paw_file;

namespace {

constexpr std::array<std::string_view, 7> kKnownTags = {"GRPH", "WGHT", "PREP", "META", "LABL", "PROV", "CALB"};
constexpr std::string_view kRequiredTags[] = {"GRPH", "WGHT", "META"};

bool known(std::string_view tag) { return std::ranges::find(kKnownTags, tag) != kKnownTags.end(); }

// What a model may hold but the format may not. Empty: nothing.
std::string not_writable(const Model& model) {
  if (std::string problem = check_labels(model.labels); !problem.empty()) return problem;
  if (std::string problem = check_provenance(model.provenance); !problem.empty()) return "provenance: " + problem;
  if (std::string problem = check_calibration(model.calibration); !problem.empty()) return "calibration: " + problem;
  std::vector<std::string_view> tags;
  for (const OpaqueSection& section : model.opaque) {
    const std::string name = "the unknown section '" + printable(section.tag) + "'";
    if (!valid_tag(section.tag)) return name + " needs a tag of four printable ASCII characters";
    if (known(section.tag)) return name + " has the tag of a known one";
    if (std::ranges::find(tags, section.tag) != tags.end()) return name + " is there twice";
    tags.push_back(section.tag);
  }
  if (kKnownTags.size() + tags.size() > kMaxSections) return "too many unknown sections";
  return {};
}

std::string graph_text(const Graph& graph, WeightWriter& weights) {
  std::unordered_map<std::uint32_t, std::uint64_t> placed;  // value -> offset, however often the printer asks
  PrintOptions options;
  options.reference = [&](ValueId id) {
    const auto [at, fresh] = placed.try_emplace(id.index);
    if (fresh) at->second = weights.place(*graph[id].constant);
    return at->second;
  };
  return print_graph(graph, options);
}

void add(std::vector<NewSection>& sections, std::string_view tag, Bytes data) {
  sections.push_back({std::string(tag), {{0, std::move(data)}}});
}

// The known sections of a file by tag, the others as they are.
struct Contents {
  std::unordered_map<std::string_view, Bytes> known;
  std::vector<OpaqueSection> opaque;                         // by tag
  std::vector<std::pair<std::string, std::uint64_t>> sizes;  // of all, in the file's order
};

Result<Contents> sort_out(const Bytes& bytes, std::string_view file) {
  PAW_ASSIGN_OR_RETURN(std::vector<Section> sections, unpack(bytes, file));
  Contents contents;
  for (Section& section : sections) {
    contents.sizes.emplace_back(section.tag, section.data.size());
    const auto tag = std::ranges::find(kKnownTags, section.tag);
    if (tag != kKnownTags.end()) {
      contents.known.emplace(*tag, std::move(section.data));
    } else {
      contents.opaque.push_back({std::move(section.tag), std::move(section.data)});
    }
  }
  std::ranges::sort(contents.opaque, {}, &OpaqueSection::tag);
  for (const std::string_view tag : kRequiredTags) {
    if (!contents.known.contains(tag)) return section_error(file, tag, "the section is missing");
  }
  return contents;
}

Result<Graph> read_graph(const Bytes& text, const Bytes& weights, std::string_view file, OpList ops) {
  WeightReader reader(weights);
  ParseOptions options;
  options.ops = ops;
  options.max_constant_bytes = 0;  // every constant is a reference
  options.resolve = [&](std::uint64_t offset, std::uint64_t bytes) { return reader.resolve(offset, bytes); };
  auto graph = parse_graph({reinterpret_cast<const char*>(text.data()), text.size()}, options);
  if (!graph) {
    Error error = std::move(graph).error();
    error.where = std::string(file) + ": GRPH" + (error.where.empty() ? "" : " ") + error.where;
    return std::unexpected(std::move(error));
  }
  if (std::string problem = reader.unclaimed(); !problem.empty()) {
    return section_error(file, "WGHT", std::move(problem));
  }
  return graph;
}

}  // namespace

Result<Bytes> write_paw(const Model& model) {
  PAW_RETURN_IF_ERROR(verify(model));
  if (std::string problem = not_writable(model); !problem.empty()) {
    return fail(ErrorCode::kUnsupported, "model", problem);
  }
  WeightWriter weights;
  const std::string text = graph_text(model.graph, weights);
  std::vector<NewSection> sections;
  add(sections, "GRPH", Bytes::copy_of(std::as_bytes(std::span(text))));
  sections.push_back({"WGHT", weights.parts()});
  if (model.preprocess) add(sections, "PREP", encode_preprocess(*model.preprocess));
  add(sections, "META", encode_decision({model.temperature, model.threshold}));
  if (!model.labels.empty()) add(sections, "LABL", encode_labels(model.labels));
  if (model.provenance != Provenance{}) add(sections, "PROV", encode_provenance(model.provenance));
  if (!model.calibration.empty()) add(sections, "CALB", encode_calibration(model.calibration));
  const auto own = static_cast<std::ptrdiff_t>(sections.size());
  for (const OpaqueSection& section : model.opaque) add(sections, section.tag, section.data);
  std::sort(sections.begin() + own, sections.end(),
            [](const NewSection& a, const NewSection& b) { return a.tag < b.tag; });
  return pack(sections);
}

Result<ReadModel> read_paw_parts(const Bytes& bytes, std::string_view where, OpList ops) {
  // Constants are aligned within the file; to be so in memory, the file must be, as a mapped one is.
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment != 0) {
    return read_paw_parts(Bytes::copy_of(bytes.span()), where, ops);
  }
  PAW_ASSIGN_OR_RETURN(Contents contents, sort_out(bytes, where));
  auto& known = contents.known;
  ReadModel out{.parts = std::move(contents.sizes)};
  Model& model = out.model;
  if (known.contains("PREP")) {
    PAW_ASSIGN_OR_RETURN(model.preprocess, decode_preprocess(known["PREP"], where));
  }
  PAW_ASSIGN_OR_RETURN(const Decision decision, decode_decision(known["META"], where));
  model.temperature = decision.temperature;
  model.threshold = decision.threshold;
  if (known.contains("LABL")) {
    PAW_ASSIGN_OR_RETURN(model.labels, decode_labels(known["LABL"], where));
  }
  if (known.contains("PROV")) {
    PAW_ASSIGN_OR_RETURN(model.provenance, decode_provenance(known["PROV"], where));
  }
  if (known.contains("CALB")) {
    PAW_ASSIGN_OR_RETURN(model.calibration, decode_calibration(known["CALB"], where));
  }
  model.opaque = std::move(contents.opaque);
  PAW_ASSIGN_OR_RETURN(model.graph, read_graph(known["GRPH"], known["WGHT"], where, ops));
  if (Status status = verify(model); !status) {
    Error error = std::move(status).error();
    error.where = std::string(where) + ": " + error.where;
    return std::unexpected(std::move(error));
  }
  return out;
}

Result<Model> read_paw(const Bytes& bytes, std::string_view where, OpList ops) {
  PAW_ASSIGN_OR_RETURN(ReadModel read, read_paw_parts(bytes, where, ops));
  return std::move(read.model);
}

}  // namespace paw
