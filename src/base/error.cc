#include "base/error.h"

namespace paw {

Error::Error() = default;
Error::Error(ErrorCode c, std::string_view w, std::string_view m, std::string_view h)
    : code(c), where(w), message(m), hint(h) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

std::unexpected<Error> fail(ErrorCode code, std::string_view where, std::string_view message, std::string_view hint) {
  return std::unexpected<Error>(std::in_place, code, where, message, hint);
}

std::string Error::text() const {
  std::string out;
  if (!where.empty()) out += "[" + where + "] ";
  out += message;
  if (!hint.empty()) out += "; " + hint;
  return out;
}

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage: return 2;
    case ErrorCode::kBadData: return 3;
    case ErrorCode::kUnsupported: return 4;
    case ErrorCode::kGateFailed: return 5;
    case ErrorCode::kIo: return 6;
    case ErrorCode::kDiverged: return 7;
    case ErrorCode::kResumeRefused: return 8;
    case ErrorCode::kInternal: return 4;
  }
  return 4;
}

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage: return "usage";
    case ErrorCode::kBadData: return "bad_data";
    case ErrorCode::kUnsupported: return "unsupported_model";
    case ErrorCode::kGateFailed: return "gate_failed";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kDiverged: return "diverged";
    case ErrorCode::kResumeRefused: return "resume_refused";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace paw
