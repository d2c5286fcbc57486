// A position in a text form: the current token, what may follow, and errors that name the place. Shared by the
// parsers of types, attributes and graphs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ir/text_lexer.h"
#include "ir/text_literal.h"

namespace paw {

class Cursor {
 public:
  // Views `text`, standing on its first token at or after `offset`.
  explicit Cursor(std::string_view text, std::size_t offset = 0) : text_(text), lexer_(text, offset) { advance(); }

  const Token& token() const { return token_; }
  std::string_view text() const { return text_; }
  Token take() {
    Token taken = token_;
    advance();
    return taken;
  }
  void advance() { token_ = lexer_.next(); }
  // Steps over `punct` if it stands here.
  bool accept(std::string_view punct) {
    if (!token_.is(punct)) return false;
    advance();
    return true;
  }
  Status expect(std::string_view punct);
  // The current token when it is of that kind, else an error "expected WANTED, found ...".
  Result<Token> expect(Token::Kind kind, std::string_view wanted);

  // One number; `what` starts the message when it is none: "scale: 'x' is not a number".
  template <class T>
  Result<T> number(std::string_view what) {
    T value{};
    if (token_.kind != Token::Kind::kNumber && token_.kind != Token::Kind::kWord) return unexpected(numbers_of(what));
    if (const std::string problem = read_number(token_.text, value); !problem.empty()) return misread(what, problem);
    advance();
    return value;
  }
  // [1,2,3], at most `limit` of them.
  template <class T>
  Result<std::vector<T>> number_list(std::string_view what, std::size_t limit) {
    std::vector<T> values;
    PAW_RETURN_IF_ERROR(expect("["));
    while (!token_.is("]")) {
      if (!values.empty()) PAW_RETURN_IF_ERROR(expect(","));
      if (values.size() == limit) return too_long(what, limit);
      PAW_ASSIGN_OR_RETURN(const T value, number<T>(what));
      values.push_back(value);
    }
    advance();
    return values;
  }

  // An error at `offset`, code kUnsupported, `where` "line L:C".
  std::unexpected<Error> error(std::size_t offset, std::string_view message, std::string_view hint = {}) const;
  // "expected WANTED, found ..." at the current token, or why there is no token here.
  std::unexpected<Error> unexpected(std::string_view wanted, std::string_view hint = {}) const;

 private:
  static std::string numbers_of(std::string_view what) { return "a number for " + std::string(what); }
  std::unexpected<Error> misread(std::string_view what, std::string_view problem) const;
  std::unexpected<Error> too_long(std::string_view what, std::size_t limit) const;

  std::string_view text_;
  Lexer lexer_;
  Token token_;
};

}  // namespace paw
