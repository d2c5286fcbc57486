#include "ir/text_cursor.h"

namespace paw {

Status Cursor::expect(std::string_view punct) {
  if (accept(punct)) return {};
  return unexpected("'" + std::string(punct) + "'");
}

Result<Token> Cursor::expect(Token::Kind kind, std::string_view wanted) {
  if (token_.kind != kind) return unexpected(wanted);
  return take();
}

std::unexpected<Error> Cursor::error(std::size_t offset, std::string_view message, std::string_view hint) const {
  return fail(ErrorCode::kUnsupported, place(text_, offset), message, hint);
}

std::unexpected<Error> Cursor::unexpected(std::string_view wanted, std::string_view hint) const {
  if (token_.kind == Token::Kind::kBad) return error(token_.offset, lexer_.problem());
  const std::string found = token_.kind == Token::Kind::kEnd ? "the end of the text" : shown(token_.text);
  return error(token_.offset, "expected " + std::string(wanted) + ", found " + found, hint);
}

std::unexpected<Error> Cursor::misread(std::string_view what, std::string_view problem) const {
  return error(token_.offset, std::string(what) + ": " + shown(token_.text) + " " + std::string(problem));
}

std::unexpected<Error> Cursor::too_long(std::string_view what, std::size_t limit) const {
  return error(token_.offset, std::string(what) + " has more than " + std::to_string(limit) + " entries");
}

}  // namespace paw
