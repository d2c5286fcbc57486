#include "ir/text_lexer.h"

#include <algorithm>

namespace paw {

namespace {

constexpr std::size_t kShownBytes = 40;
constexpr std::string_view kHexDigits = "0123456789abcdef";

// Not <cctype>: its answers depend on the locale.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '.'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_escaped(std::string& out, std::string_view bytes, char quote) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(c) || byte >= 0x80) {
      out += "\\x";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    } else {
      out += c;
    }
  }
}

}  // namespace

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

Token Lexer::bad(std::string_view problem, std::size_t begin) {
  problem_ = problem;
  at_ = std::min(std::max(at_, begin + 1), text_.size());
  return take(Token::Kind::kBad, begin);
}

// Stands on the opening quote; ends behind the closing one.
bool Lexer::skip_string() {
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c == '\\') {
      const char next = peek(1);
      if (next == 'x' && hex_value(peek(2)) >= 0 && hex_value(peek(3)) >= 0) {
        at_ += 3;
      } else if (next == '"' || next == '\\') {
        ++at_;
      } else {
        problem_ = "a backslash in a string must be followed by \", \\ or x and two hex digits";
        return false;
      }
    } else if (is_control(c)) {
      problem_ = "a string must end on its line and hold control bytes as \\xHH";
      return false;
    }
  }
  problem_ = "the string has no closing quote";
  return false;
}

// Stands behind the %.
Token Lexer::value(std::size_t begin) {
  if (peek() == '"') {
    if (!skip_string()) return bad(problem_, begin);
    if (at_ - begin == 3) return bad("a value's name must not be empty", begin);
    return take(Token::Kind::kValue, begin);
  }
  const bool numbered = is_digit(peek());
  bool digits = true;
  if (!is_letter(peek()) && !numbered) return bad("expected a value's name after %", begin);
  while (is_name_char(peek())) digits = is_digit(text_[at_++]) && digits;
  if (numbered && !digits) return bad("a name that starts with a digit must be quoted, as in %\"2nd\"", begin);
  return take(Token::Kind::kValue, begin);
}

// Takes everything that could belong to a number: whether it is one is checked where its type is known.
Token Lexer::number(std::size_t begin) {
  const bool hex = peek() == '0' && peek(1) == 'x';
  while (is_name_char(peek())) {
    const char c = text_[at_++];
    const bool exponent = !hex && (c == 'e' || c == 'E');
    if (exponent && (peek() == '-' || peek() == '+')) ++at_;
  }
  return take(Token::Kind::kNumber, begin);
}

Token Lexer::next() {
  skip_blanks();
  const std::size_t begin = at_;
  if (at_ >= text_.size()) return {Token::Kind::kEnd, {}, text_.size()};
  const char c = text_[at_];
  if (is_letter(c)) {
    while (is_name_char(peek())) ++at_;
    return take(Token::Kind::kWord, begin);
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(begin);
  if (c == '"') return skip_string() ? take(Token::Kind::kString, begin) : bad(problem_, begin);
  ++at_;
  if (c == '%') return value(begin);
  if (c == '-' && peek() == '>') {
    ++at_;
    return take(Token::Kind::kPunct, begin);
  }
  if (c == '-' && is_name_char(peek())) return number(begin);
  if (std::string_view("()[]{},:=@").contains(c)) return take(Token::Kind::kPunct, begin);
  return bad("unexpected character", begin);
}

std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t last = before.rfind('\n');
  const std::size_t column = last == std::string_view::npos ? before.size() : before.size() - last - 1;
  return "line " + std::to_string(lines + 1) + ":" + std::to_string(column + 1);
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && is_letter(name[0]) && std::ranges::all_of(name, is_name_char);
}

void append_quoted(std::string& out, std::string_view bytes) {
  out += '"';
  append_escaped(out, bytes, '"');
  out += '"';
}

std::string unquote(std::string_view token) {
  std::string out;
  token = token.substr(1, token.size() - 2);
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '\\') {
      out += token[i];
    } else if (token[i + 1] == 'x') {
      out += static_cast<char>(hex_value(token[i + 2]) * 16 + hex_value(token[i + 3]));
      i += 3;
    } else {
      out += token[++i];
    }
  }
  return out;
}

std::string shown(std::string_view text) {
  std::string out = "'";
  append_escaped(out, text.substr(0, kShownBytes), '\'');
  if (text.size() > kShownBytes) out += "...";
  return out + "'";
}

}  // namespace paw
