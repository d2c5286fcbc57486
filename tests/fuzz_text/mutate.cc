#include "fuzz_text/mutate.h"

#include <algorithm>
#include <vector>

#include "ir/text_lexer.h"

namespace paw::fuzz_text {

namespace {

constexpr std::string_view kExtremes[] = {
    "0",  "-1",  "2147483647", "-2147483648", "9223372036854775808", "1e308", "4294967296",
    "-0", "nan", "0xffffffff", "1e-400",
};
// With and without more elements than a graph may have, and than its constants may hold.
constexpr std::string_view kHugeShapes[] = {
    "[2147483647]",
    "[1048576,1048576]",
    "[1073741824,1024,1073741824]",
    "[16777216]",
    "[67108864]",
    "[1,1,1,1,1,1,1]",
    "[65536,64]",
    "[]",
};

std::size_t pick(Random& random, std::size_t n) { return static_cast<std::size_t>(random.below(n)); }

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  Lexer lexer(text);
  for (Token t = lexer.next(); t.kind != Token::Kind::kEnd; t = lexer.next()) tokens.push_back(t);
  return tokens;
}

std::string replaced(std::string_view text, const Token& token, std::string_view with) {
  std::string out(text.substr(0, token.offset));
  out += with;
  out += text.substr(token.offset + token.text.size());
  return out;
}

std::string swap_tokens(std::string_view text, const Token& a, const Token& b) {
  const Token& first = a.offset <= b.offset ? a : b;
  const Token& second = a.offset <= b.offset ? b : a;
  if (first.offset == second.offset) return std::string(text);
  return replaced(replaced(text, second, first.text), first, second.text);
}

// Another token of the kind of `like`: the text often stays grammatical, so that the later checks are reached.
const Token& tokens_like(const std::vector<Token>& tokens, const Token& like, Random& random) {
  const std::size_t first = pick(random, tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& candidate = tokens[(first + i) % tokens.size()];
    if (candidate.kind == like.kind) return candidate;
  }
  return like;
}

std::string mutate_tokens(std::string_view text, Random& random) {
  const std::vector<Token> tokens = tokens_of(text);
  if (tokens.empty()) return std::string(text);
  const std::size_t at = pick(random, tokens.size());
  const Token& token = tokens[at];
  const std::string own(token.text);
  const Token& other = tokens[pick(random, tokens.size())];
  const Token& alike = tokens_like(tokens, token, random);
  switch (random.below(8)) {
    case 0: return replaced(text, token, "");
    case 1: return replaced(text, token, own + " " + own);
    case 2: return swap_tokens(text, token, tokens[(at + 1) % tokens.size()]);
    case 3: return swap_tokens(text, token, other);
    case 4: return replaced(text, token, other.text);
    case 5: return swap_tokens(text, token, alike);
    default: return replaced(text, token, alike.text);
  }
}

// By an extreme, by another number of the text, or by a neighbour.
std::string mutate_number(std::string_view text, Random& random) {
  std::vector<Token> numbers = tokens_of(text);
  std::erase_if(numbers, [](const Token& t) { return t.kind != Token::Kind::kNumber; });
  if (numbers.empty()) return std::string(text);
  const Token& number = numbers[pick(random, numbers.size())];
  switch (random.below(3)) {
    case 0: return replaced(text, number, numbers[pick(random, numbers.size())].text);
    case 1: return replaced(text, number, std::to_string(random.below(10)));
    default: return replaced(text, number, kExtremes[pick(random, std::size(kExtremes))]);
  }
}

// The brackets behind a type, as one piece.
std::string mutate_shape(std::string_view text, Random& random) {
  std::vector<std::size_t> starts;
  for (std::size_t at = text.find("f32["); at != std::string_view::npos; at = text.find("f32[", at + 1)) {
    starts.push_back(at + 3);
  }
  if (starts.empty()) return std::string(text);
  const std::size_t begin = starts[pick(random, starts.size())];
  const std::size_t end = std::min(text.find(']', begin), text.size() - 1);
  return replaced(text, {Token::Kind::kPunct, text.substr(begin, end + 1 - begin), begin},
                  kHugeShapes[pick(random, std::size(kHugeShapes))]);
}

std::string mutate_lines(std::string_view text, Random& random) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  if (lines.empty()) return {};
  const std::size_t a = pick(random, lines.size());
  switch (random.below(3)) {
    case 0: lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(a)); break;
    case 1: lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(a), lines[pick(random, lines.size())]); break;
    default: std::swap(lines[a], lines[pick(random, lines.size())]);
  }
  std::string out;
  for (const std::string_view line : lines) out += line;
  return out;
}

std::string flip_bits(std::string text, Random& random) {
  for (std::uint64_t i = 1 + random.below(4); i > 0 && !text.empty(); --i) {
    char& c = text[pick(random, text.size())];
    c = static_cast<char>(static_cast<unsigned char>(c) ^ (1u << random.below(8)));
  }
  return text;
}

std::string mutate_once(std::string text, Random& random) {
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2: return mutate_tokens(text, random);
    case 3:
    case 4: return mutate_number(text, random);
    case 5: return mutate_shape(text, random);
    case 6: return mutate_lines(text, random);
    case 7: return text.substr(0, pick(random, text.size() + 1));
    default: return flip_bits(std::move(text), random);
  }
}

}  // namespace

std::string mutate(std::string_view text, Random& random) {
  std::string out(text);
  const std::uint64_t count = random.below(3) == 0 ? 2 + random.below(2) : 1;
  for (std::uint64_t i = 0; i < count; ++i) out = mutate_once(std::move(out), random);
  return out;
}

}  // namespace paw::fuzz_text
