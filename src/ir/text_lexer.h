// Tokens of the text form (docs/text-form.md). Knows no grammar above them and nothing of graphs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace paw {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kWord,    // conv2d, const, f32, inf, _
    kNumber,  // 12, -0.5, 1e-3, -inf, 0x7fc00001
    kString,  // "block1/conv", quotes included
    kValue,   // %x, %12, %"a name", sign included
    kPunct,   // ( ) [ ] { } , : = @ ->
    kBad,     // no token: Lexer::problem() says why
  };
  Kind kind = Kind::kEnd;
  std::string_view text;   // as written
  std::size_t offset = 0;  // of its first byte

  bool is(std::string_view punct) const { return kind == Kind::kPunct && text == punct; }
  bool is_word(std::string_view word) const { return kind == Kind::kWord && text == word; }
};

class Lexer {
 public:
  // Views `text`, starting at `offset`.
  explicit Lexer(std::string_view text, std::size_t offset = 0) : text_(text), at_(offset) {}
  // Skips blanks and comments. After the last token: kEnd, again and again.
  Token next();
  // Why the last token was kBad.
  std::string_view problem() const { return problem_; }

 private:
  Token take(Token::Kind kind, std::size_t begin) const { return {kind, text_.substr(begin, at_ - begin), begin}; }
  Token bad(std::string_view problem, std::size_t begin);
  void skip_blanks();
  bool skip_string();  // false: problem_ is set
  Token value(std::size_t begin);
  Token number(std::size_t begin);
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  std::size_t at_;
  std::string_view problem_;
};

// "line 3:14", both counted from 1, columns in bytes. Linear in `offset`: for errors only.
std::string place(std::string_view text, std::size_t offset);

// [A-Za-z_][A-Za-z0-9_.]*: may stand without quotes.
bool is_plain_name(std::string_view name);
// Appends "name" with quotes; quote, backslash, control and non-ASCII bytes as \", \\ and \xHH.
void append_quoted(std::string& out, std::string_view bytes);
// The bytes that a kString token stands for.
std::string unquote(std::string_view token);
// `text` fit for a message: quoted like append_quoted in '', at most 40 bytes.
std::string shown(std::string_view text);

}  // namespace paw
