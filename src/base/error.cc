#include "base/error.h"

namespace paw {

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
