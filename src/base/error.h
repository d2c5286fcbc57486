// Typed errors and Result<T>: what every boundary that sees user data returns.
// Knows exit codes (docs/architecture.md), not how an error is shown.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace paw {

enum class ErrorCode : std::uint8_t {
  kUsage,          // exit 2: wrong flags or arguments
  kBadData,        // exit 3: photos or data that cannot be used
  kUnsupported,    // exit 4: a model file that is broken or holds what we do not support
  kGateFailed,     // exit 5: accuracy or parity below what was asked
  kIo,             // exit 6: not found, permission, disk full, missing tool
  kDiverged,       // exit 7: training ended in NaN or an exploding loss
  kResumeRefused,  // exit 8: settings, data or machine differ from the run to resume
  kInternal,       // exit 4: a graph that our own code made invalid; always a bug of ours
};

// One sentence for a person: where it happened, what is wrong, what to do. Errors are made and passed on everywhere and
// happen rarely: what that takes is compiled once, in error.cc.
struct Error {
  Error();
  Error(ErrorCode code, std::string_view where, std::string_view message, std::string_view hint = {});
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&);
  Error& operator=(Error&&) noexcept;
  ~Error();

  ErrorCode code = ErrorCode::kInternal;
  std::string where;    // "conv2d 'block3/dw'", "model.paw", "line 3:14"; may be empty
  std::string message;  // "expected 4-D weights, got f32[3,3,96]"
  std::string hint;     // "re-export the model with ..."; may be empty

  // "[where] message; hint"
  std::string text() const;
};

// The process exit code of docs/architecture.md for `code`.
int exit_code(ErrorCode code);
// The stable name used in JSON error objects: "bad_data", "io", ...
std::string_view code_name(ErrorCode code);

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

std::unexpected<Error> fail(ErrorCode code, std::string_view where, std::string_view message,
                            std::string_view hint = {});

}  // namespace paw

#define PAW_CONCAT_INNER(a, b) a##b
#define PAW_CONCAT(a, b) PAW_CONCAT_INNER(a, b)
#define PAW_ASSIGN_OR_RETURN_IMPL(result, declaration, ...)       \
  auto result = (__VA_ARGS__);                                    \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = std::move(result).value()

// PAW_ASSIGN_OR_RETURN(auto graph, parse(text));
#define PAW_ASSIGN_OR_RETURN(declaration, ...) \
  PAW_ASSIGN_OR_RETURN_IMPL(PAW_CONCAT(paw_result_, __LINE__), declaration, __VA_ARGS__)

// PAW_RETURN_IF_ERROR(verify(graph));
#define PAW_RETURN_IF_ERROR(...)                                                                             \
  do {                                                                                                       \
    if (auto paw_status = (__VA_ARGS__); !paw_status) return std::unexpected(std::move(paw_status).error()); \
  } while (false)
