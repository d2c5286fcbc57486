#include "vision/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "host/file.h"
#include "host/text.h"

namespace paw {

namespace {

constexpr std::string_view kHeader = "path,sha256,class,split,verdict,reason";
constexpr std::size_t kColumns = 6;

void append_field(std::string& out, std::string_view raw) {
  const std::string text = invalid_utf8(raw) ? printable(raw) : std::string(raw);
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// Cuts text into records; a quoted field may hold line breaks.
class Reader {
 public:
  Reader(std::string_view text, std::string_view where) : text_(text), where_(where) {}

  bool done() const { return at_ == text_.size(); }
  std::unexpected<Error> bad(std::string_view what) const {
    return fail(ErrorCode::kBadData, fmt::format("{}:{}", printable(where_), line_), what,
                "write the manifest anew with `paw data check`");
  }

  Result<std::vector<std::string>> record() {
    line_ = next_line_;
    std::vector<std::string> fields;
    for (;;) {
      PAW_ASSIGN_OR_RETURN(std::string field, this->field());
      fields.push_back(std::move(field));
      if (fields.size() > kColumns) return bad(fmt::format("has more than {} fields", kColumns));
      if (done()) return fields;
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (text_[at_] == '\r') ++at_;
      if (done() || text_[at_] != '\n') return bad("text follows a closing quote, or a line ends in CR alone");
      ++at_;
      ++next_line_;
      return fields;
    }
  }

 private:
  Result<std::string> field() {
    if (!done() && text_[at_] == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string field(text_.substr(at_, end - at_));
    if (field.find('"') != std::string::npos) return bad("a quote stands within a field that is not quoted");
    at_ = end;
    return field;
  }

  Result<std::string> quoted() {
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') {
          ++at_;
          return field;
        }
        ++at_;
      }
      next_line_ += text_[at_] == '\n' ? 1u : 0u;
      field += text_[at_];
    }
    return bad("a quoted field does not end");
  }

  std::string_view text_, where_;
  std::size_t at_ = 0;
  std::size_t line_ = 1, next_line_ = 1;  // of the record being read, and where the next begins
};

bool is_verdict(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// The columns as a row; an error says what is wrong.
std::expected<ManifestRow, std::string> to_row(std::vector<std::string>& fields) {
  if (fields.size() != kColumns)
    return std::unexpected(fmt::format("has {} fields in place of {}", fields.size(), kColumns));
  ManifestRow row{.path = std::move(fields[0]),
                  .sha256 = {},
                  .label = std::move(fields[2]),
                  .split = {},
                  .verdict = std::move(fields[4]),
                  .reason = std::move(fields[5])};
  if (row.path.empty()) return std::unexpected("has no path");
  row.sha256 = sha256_from_hex(fields[1]);
  if (!row.sha256 && !fields[1].empty()) return std::unexpected("its SHA-256 is not 64 hexadecimal digits");
  row.split = enum_named<Split>(fields[3]);
  if (!row.split && !fields[3].empty()) return std::unexpected("its split is none of train, val, test");
  if (!is_verdict(row.verdict)) return std::unexpected("its verdict is not a word of small letters");
  if (row.verdict == "ok" && !row.sha256) return std::unexpected("it is ok but has no SHA-256");
  return row;
}

}  // namespace

std::string manifest_text(std::span<const ManifestRow> rows) {
  std::vector<const ManifestRow*> sorted;
  for (const ManifestRow& row : rows) sorted.push_back(&row);
  std::ranges::sort(sorted, {}, [](const ManifestRow* row) -> const std::string& { return row->path; });
  std::string out(kHeader);
  out += '\n';
  for (const ManifestRow* row : sorted) {
    const std::string hash = row->sha256 ? to_hex(*row->sha256) : "";
    const std::string_view split = row->split ? enum_name(*row->split) : "";
    const std::array<std::string_view, kColumns> fields = {row->path, hash,         row->label,
                                                           split,     row->verdict, row->reason};
    for (std::size_t i = 0; i < kColumns; ++i) {
      if (i > 0) out += ',';
      append_field(out, fields[i]);
    }
    out += '\n';
  }
  return out;
}

Result<std::vector<ManifestRow>> parse_manifest(std::string_view text, std::string_view where) {
  Reader reader(text, where);
  if (invalid_utf8(text)) return reader.bad("holds bytes that are not UTF-8");
  PAW_ASSIGN_OR_RETURN(const std::vector<std::string> header, reader.record());
  if (fmt::format("{}", fmt::join(header, ",")) != kHeader)
    return reader.bad(fmt::format("the header is not {}", kHeader));
  std::vector<ManifestRow> rows;
  std::set<std::string> paths;
  while (!reader.done()) {
    PAW_ASSIGN_OR_RETURN(std::vector<std::string> fields, reader.record());
    auto row = to_row(fields);
    if (!row) return reader.bad(std::move(row).error());
    if (!paths.insert(row->path).second) return reader.bad("its path was there before");
    rows.push_back(*std::move(row));
  }
  return rows;
}

Result<std::vector<ManifestRow>> read_manifest(const std::filesystem::path& path) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  return parse_manifest({reinterpret_cast<const char*>(file.data()), file.size()}, printable(path.string()));
}

}  // namespace paw
