#include <gtest/gtest.h>

#include "ir/ops_testing.h"
#include "ir/text.h"
#include "ir/verify.h"

namespace paw::text_parse_test {

namespace ops = testing_ops;

ParseOptions options(std::size_t max_constant_bytes = 1 << 20) {
  return {.ops = ops::kAll, .max_constant_bytes = max_constant_bytes, .resolve = {}};
}

// The error's text; "" when the graph parses.
std::string verdict(std::string_view text) {
  const Result<Graph> graph = parse_graph(text, options());
  if (graph) return "";
  EXPECT_EQ(graph.error().code, ErrorCode::kUnsupported);
  return graph.error().text();
}
// Of one statement on line 2, column 1, with %x: f32[2] and %q: i8[2]{scale=0.5, zero_point=3} defined.
std::string statement(const std::string& line) {
  return verdict("graph g(%x: f32[2], %q: i8[2]{scale=0.5, zero_point=3}) -> () {\n" + line + "\n}");
}

TEST(Parse, WhitespaceAndCommentsAreFree) {
  const Result<Graph> graph =
      parse_graph("// a net\r\n graph\n\tg ( % // the sign and the name belong together\n) -> () {}", options());
  EXPECT_FALSE(graph);
  EXPECT_EQ(verdict("// a net\r\ngraph g (%x:f32[2])->(%y){%y=copy(%x):f32[2]@\"a\"} // end"), "");
  EXPECT_EQ(verdict("graph() -> () {}"), "");
}

TEST(Parse, ReadsEveryPart) {
  const Graph g = parse_graph(
                      "graph \"my net\"(%x: f32[2]) -> (%y, %\"a b\") {\n"
                      "  %0 = many(%x) {flag=true, count=-1, rate=1e-3, dtype=i4, color=green, pair=[3,4], "
                      "list=[]} : f32[2] @ \"in/\\x41\\\"\"\n"
                      "  %y, %\"a b\" = split(%0) : f32[2], f32[2]\n"
                      "}",
                      options())
                      .value();
  EXPECT_EQ(g.name, "my net");
  const auto& attrs = g.nodes[0].attrs.as<ops::AllAttrs>();
  EXPECT_EQ(attrs, (ops::AllAttrs{true, -1, 1e-3, DType::kI4, ops::Color::kGreen, {3, 4}, {}}));
  EXPECT_EQ(g.nodes[0].source, "in/A\"");
  EXPECT_EQ(g.nodes[0].op, &ops::many);
  EXPECT_EQ(g[g.nodes[0].outputs[0]].name, "");
  EXPECT_EQ(g[g.outputs[1]].name, "a b");
}

TEST(Parse, DeclaredQuantisationIsUsed) {
  const Graph g = parse_graph(
                      "graph g(%x: f32[2,4]) -> (%q) {\n"
                      "  %q = declares(%x) : i8[2,4]{scale=[1,0.5], zero_point=[0,-1], axis=0}\n}",
                      options())
                      .value();
  EXPECT_EQ(*g.type(g.outputs[0]).quant, (QuantParams{{1, 0.5f}, {0, -1}, 0, 0}));
}

TEST(ParseError, Syntax) {
  EXPECT_EQ(verdict(""), "[line 1:1] expected 'graph' at the start, found the end of the text");
  EXPECT_EQ(verdict("net g() -> () {}"), "[line 1:1] expected 'graph' at the start, found 'net'");
  EXPECT_EQ(verdict("graph g"), "[line 1:8] expected '(', found the end of the text");
  EXPECT_EQ(verdict("graph g() {"), "[line 1:11] expected '->', found '{'");
  EXPECT_EQ(verdict("graph g(%x f32[2]) -> () {}"), "[line 1:12] expected ':', found 'f32'");
  EXPECT_EQ(verdict("graph g(x: f32[2]) -> () {}"), "[line 1:9] expected an input such as %x, found 'x'");
  EXPECT_EQ(verdict("graph g() -> () {\n"),
            "[line 2:1] expected a statement such as %y = relu(%x) : f32[1,8], or '}', found the end of the text");
  EXPECT_EQ(verdict("graph g() -> () {} graph"),
            "[line 1:20] expected the end of the text after the graph's '}', found 'graph'");
  EXPECT_EQ(statement("%y = copy(%x : f32[2]"), "[line 2:14] expected ',', found ':'");
  EXPECT_EQ(statement("%y copy(%x) : f32[2]"), "[line 2:4] expected ',', found 'copy'");
  EXPECT_EQ(statement("%y = copy(%x)"), "[line 3:1] expected ':', found '}'");
  EXPECT_EQ(statement("%y = copy(%x) : f32[2] @ a"), "[line 2:26] expected the source note in quotes, found 'a'");
}

TEST(ParseError, Tokens) {
  EXPECT_EQ(statement("%y = copy(%x) : f32[2] @ \"a"),
            "[line 2:26] a string must end on its line and hold control bytes as \\xHH");
  EXPECT_EQ(verdict("graph \"g"), "[line 1:7] the string has no closing quote");
  EXPECT_EQ(verdict("graph \"\\n\""),
            "[line 1:7] a backslash in a string must be followed by \", \\ or x and two hex digits");
  EXPECT_EQ(statement("%2a = copy(%x) : f32[2]"),
            "[line 2:1] a name that starts with a digit must be quoted, as in %\"2nd\"");
  EXPECT_EQ(statement("%\"\" = copy(%x) : f32[2]"), "[line 2:1] a value's name must not be empty");
  EXPECT_EQ(statement("% y = copy(%x) : f32[2]"), "[line 2:1] expected a value's name after %");
  EXPECT_EQ(statement("%y = copy(%x) ; f32[2]"), "[line 2:15] unexpected character");
  EXPECT_EQ(statement("%y = copy(\xff)"), "[line 2:11] unexpected character");
  EXPECT_EQ(statement(std::string("%y = \0", 6)), "[line 2:6] unexpected character");
}

TEST(ParseError, Names) {
  EXPECT_EQ(statement("%x = copy(%x) : f32[2]"), "[line 2:1] '%x' is defined twice; first at line 1:9");
  EXPECT_EQ(statement("%y, %y = split(%x) : f32[2], f32[2]"), "[line 2:5] '%y' is defined twice; first at line 2:1");
  EXPECT_EQ(statement("%y = copy(%y) : f32[2]"), "[line 2:11] copy reads '%y', which is not defined above");
  EXPECT_EQ(statement("%\"12\" = copy(%x) : f32[2]"), "[line 2:1] a name of digits only is kept for unnamed values");
  EXPECT_EQ(verdict("graph g() -> (%y) {}"), "[line 1:15] the graph outputs '%y', which it never defines");
  EXPECT_EQ(statement("%" + std::string(4097, 'a') + " = copy(%x) : f32[2]"), "[line 2:1] this name is too long");
  EXPECT_EQ(statement("%" + std::string(4096, 'a') + " = copy(%x) : f32[2]"), "");
}

TEST(ParseError, Ops) {
  EXPECT_EQ(statement("%y = cpoy(%x) : f32[2]"), "[line 2:6] unknown op 'cpoy'; did you mean 'copy'?");
  EXPECT_EQ(statement("%y = cop(%x) : f32[2]"), "[line 2:6] unknown op 'cop'; did you mean 'copy'?");
  EXPECT_EQ(statement("%y = coppy(%x) : f32[2]"), "[line 2:6] unknown op 'coppy'; did you mean 'copy'?");
  EXPECT_EQ(statement("%y = kopy(%x) : f32[2]"), "[line 2:6] unknown op 'kopy'; did you mean 'copy'?");
  EXPECT_EQ(statement("%y = sharse2(%x) : f32[2]"), "[line 2:6] unknown op 'sharse2'; did you mean 'shares'?");
  EXPECT_EQ(statement("%y = frobnicate(%x) : f32[2]"),
            "[line 2:6] unknown op 'frobnicate'; docs/op-support.md lists the known ones");
  EXPECT_EQ(statement("%y = split(%x) : f32[2]"), "[line 2:1] split has 2 outputs, 1 are named");
  EXPECT_EQ(statement("copy(%x)"), "[line 2:1] copy has 1 outputs, 0 are named");
  const Result<Graph> none = parse_graph("graph g(%x: f32[2]) -> () { %y = copy(%x) : f32[2] }", {});
  EXPECT_EQ(none.error().message, "unknown op 'copy'");
}

TEST(ParseError, Attributes) {
  const auto with = [](const std::string& attrs) { return statement("%y = many(%x) {" + attrs + "} : f32[2]"); };
  EXPECT_EQ(with(""), "");
  EXPECT_EQ(with("cont=1"),
            "[line 2:16] many has no attribute 'cont'; it has flag, count, rate, dtype, color, pair, list");
  EXPECT_EQ(with("count=1, count=1"), "[line 2:25] 'count' is given twice; remove one of them");
  EXPECT_EQ(with("count=1.5"), "[line 2:22] count: '1.5' is not an integer");
  EXPECT_EQ(with("count=[1]"), "[line 2:22] expected a number for count, found '['");
  EXPECT_EQ(with("count=9223372036854775808"), "[line 2:22] count: '9223372036854775808' is out of range");
  EXPECT_EQ(with("rate=fast"), "[line 2:21] rate: 'fast' is not a number");
  EXPECT_EQ(with("rate=1e999"), "[line 2:21] rate: '1e999' is out of range");
  EXPECT_EQ(with("flag=1"), "[line 2:21] expected true or false for flag, found '1'");
  EXPECT_EQ(with("color=pink"), "[line 2:22] expected color as one of red, green, blue, found 'pink'");
  EXPECT_EQ(with("dtype=f31"),
            "[line 2:22] expected an element type for dtype, found 'f31'; known: f32, f64, f16, bf16, i4, u4, i8, u8, "
            "i16, u16, i32, u32, i64, u64, bool");
  EXPECT_EQ(with("pair=[1]"), "[line 2:21] pair needs 2 integers, got 1");
  EXPECT_EQ(with("pair=1"), "[line 2:21] expected '[', found '1'");
  EXPECT_EQ(with("list=[1,]"), "[line 2:24] expected a number for list, found ']'");
  EXPECT_EQ(with("count 1"), "[line 2:22] expected '=', found '1'");
  EXPECT_EQ(with("count=1 flag=true"), "[line 2:24] expected ',', found 'flag'");
  std::string list = "list=[0";
  for (int i = 0; i < 4096; ++i) list += ",0";
  EXPECT_EQ(with(list + "]"), "[line 2:8214] list has more than 4096 entries");
  EXPECT_EQ(statement("%y = copy(%x) {a=1} : f32[2]"), "[line 2:16] copy takes no attributes");
}

TEST(ParseError, Types) {
  const auto type = [](const std::string& t) { return verdict("graph g(%x: " + t + ") -> () {}"); };
  EXPECT_EQ(type("f33[2]"),
            "[line 1:13] expected a type such as f32[1,8], found 'f33'; known: f32, f64, f16, bf16, i4, u4, i8, u8, "
            "i16, u16, i32, u32, i64, u64, bool");
  EXPECT_EQ(type("f32"), "[line 1:16] expected '[', found ')'");
  EXPECT_EQ(type("f32[1,1,1,1,1,1,1]"), "[line 1:29] shape has more than 6 entries");
  const char* shape =
      "[line 1:13] this shape is not supported; extents must be between 1 and 2147483647, the tensor at most 2^40 "
      "elements";
  EXPECT_EQ(type("f32[0]"), shape);
  EXPECT_EQ(type("f32[-1]"), shape);
  EXPECT_EQ(type("f32[2147483648]"), shape);
  EXPECT_EQ(type("f32[1073741824,1024,1073741824]"), shape);
  EXPECT_EQ(type("f32[1.5]"), "[line 1:17] shape: '1.5' is not an integer");
  EXPECT_EQ(type("f32[2]{scale=1, zero_point=0}"), "[line 1:13] quantisation needs an integer type of at most 32 bits");
  EXPECT_EQ(type("i8[2]{scale=1}"), "[line 1:13] scales and zero points differ in number");
  EXPECT_EQ(type("i8[2]{size=1}"),
            "[line 1:19] quantisation has no field 'size'; it has scale, zero_point, axis, block");
  EXPECT_EQ(type("i8[2]{scale=1, scale=1}"), "[line 1:28] 'scale' is given twice; remove one of them");
  EXPECT_EQ(type("i8[2]{scale=1, zero_point=2147483648}"), "[line 1:39] zero_point: '2147483648' is out of range");
  EXPECT_EQ(type("i8[2]{scale=nan, zero_point=0}"), "[line 1:13] a scale is not a positive finite number");
}

TEST(ParseError, Constants) {
  EXPECT_EQ(statement("%c = const fill 1 : f32[2]"), "");
  EXPECT_EQ(statement("%c = const dense [1,nan] : f32[2]"), "");
  EXPECT_EQ(statement("%c = const elided : f32[2]"),
            "[line 2:12] the elements of this constant were left out when the graph was printed; print it with all "
            "weights (paw dump --weights)");
  EXPECT_EQ(statement("%c = const full 1 : f32[2]"),
            "[line 2:12] unknown form of constant 'full'; use fill, dense or ref");
  EXPECT_EQ(statement("%c = const ref 0 : f32[2]"),
            "[line 2:16] 'const ref' has a meaning inside a .paw file only; use fill or dense");
  EXPECT_EQ(statement("%c = const ref -1 : f32[2]"), "[line 2:16] ref: '-1' is not an integer");
  EXPECT_EQ(statement("%c = const fill [1] : f32[2]"), "[line 2:17] expected a number, found '['");
  EXPECT_EQ(statement("%c = const fill 128 : i8[2]"),
            "[line 2:17] element '128' of a constant of type i8 is out of range");
  EXPECT_EQ(statement("%c = const dense [1,2,x] : f32[3]"),
            "[line 2:23] element 'x' of a constant of type f32 is not a number");
  EXPECT_EQ(statement("%c = const dense [1,2] : f32[3]"), "[line 2:18] the list has 2 elements, f32[3] needs 3");
  EXPECT_EQ(statement("%c = const dense [1,2,3,4] : f32[3]"), "[line 2:18] the list has 4 elements, f32[3] needs 3");
  EXPECT_EQ(statement("%c = const dense [1,,2] : f32[3]"), "[line 2:21] expected a number, found ','");
  EXPECT_EQ(statement("%c = const dense 1 : f32[3]"), "[line 2:18] expected '[', found '1'");
  EXPECT_EQ(statement("%c, %d = const fill 1 : f32[3]"), "[line 2:1] a constant defines exactly one value");
  EXPECT_EQ(statement("%c = const fill 1 : f32[2] palette(bit=1)"),
            "[line 2:36] an encoding has no field 'bit'; it has bits, axis, group");
  EXPECT_EQ(statement("%c = const dense [1,2,3] : f32[3] palette(bits=1, axis=0)"),
            "[line 2:1] its elements do not have the form that its encoding states");
}

TEST(ParseError, ConstantsAreCountedTogetherBeforeAllocation) {
  const auto sized = [](const std::string& line) {
    const Result<Graph> g = parse_graph("graph g() -> () {\n" + line + "\n}", options(100));
    return g ? "" : g.error().text();
  };
  EXPECT_EQ(sized("%a = const fill 1 : f32[25]"), "");
  EXPECT_EQ(sized("%a = const fill 1 : f32[26]"),
            "[line 2:17] the constants of this graph need more than 100 bytes; weights of that size belong into a .paw "
            "file");
  EXPECT_EQ(sized("%a = const fill 1 : f32[20] %b = const dense [1,2] : f64[2] %c = const fill 0 : i4[8]"), "");
  EXPECT_NE(sized("%a = const fill 1 : f32[20] %b = const dense [1,2] : f64[2] %c = const fill 0 : i4[9]"), "");
  EXPECT_NE(sized("%a = const fill 0 : f64[1048576,1048576]"), "");  // 8 TB
}

TEST(ParseError, ReferencesThatDoNotResolve) {
  const std::string text = "graph g() -> () {\n  %c = const ref 5 : f32[2]\n}";
  ParseOptions o = options();
  o.resolve = [](std::uint64_t, std::uint64_t) -> Result<Bytes> {
    return fail(ErrorCode::kIo, "weights", "past the end", "re-export");
  };
  const Error error = parse_graph(text, o).error();
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.text(), "[line 2:18] past the end; re-export");
  o.resolve = [](std::uint64_t, std::uint64_t) -> Result<Bytes> { return Bytes{}; };
  EXPECT_EQ(parse_graph(text, o).error().text(),
            "[line 2:18] the referenced data has another length than the type [2]");
}

TEST(ParseError, StatedTypesAreChecked) {
  EXPECT_EQ(statement("%y = copy(%x) : f32[3]"), "[line 2:1] copy: computes f32[2], the text states f32[3]");
  EXPECT_EQ(statement("%y = copy(%q) : i8[2]"),
            "[line 2:1] copy: a quantised result needs its scale and zero point declared");
  EXPECT_EQ(statement("%y = shares(%q) : i8[2] @ \"head\""),
            "[line 2:1] shares 'head': computes i8[2]{scale=0.5, zero_point=3}, the text states i8[2]");
  EXPECT_EQ(statement("%a = copy(%x) : f32[2]\n%y = plus(%a) : f32[2]"), "[line 3:1] plus: input 'b' is missing");
  EXPECT_EQ(statement("%y = many(%x) {count=2147483649} : f32[2]"),
            "[line 2:1] many: attribute count is out of range: 2147483649");
}

TEST(ParseError, MessagesStayShort) {
  std::string type = "i8[3000]{scale=[1";
  std::string zeros = "0";
  for (int i = 1; i < 3000; ++i) {
    type += ",1";
    zeros += ",0";
  }
  type += "], zero_point=[" + zeros + "], axis=0}";
  const std::string text = verdict("graph g(%x: " + type + ") -> () {\n%y = copy(%x) : i8[3001]\n}");
  EXPECT_LT(text.size(), 600u);
  EXPECT_TRUE(text.starts_with("[line 2:1] copy: ")) << text;
}

// Time and memory grow with the text: these would take minutes if anything were quadratic or recursive.
TEST(ParseLimits, LongTexts) {
  const auto repeat = [](const std::string& unit, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += unit;
    return out;
  };
  EXPECT_NE(verdict(repeat("(", 1 << 18)), "");
  EXPECT_NE(verdict("graph g(" + repeat("[", 1 << 18)), "");
  EXPECT_NE(statement("%c = const dense [" + repeat("1,", 1 << 17)), "");
  EXPECT_NE(statement("%y = join(" + repeat("%x,", 1 << 16) + "%x) : f32[3]"), "");
  EXPECT_NE(statement("%y = copy(%x) : i8[2]{scale=[" + repeat("1,", 1 << 17)), "");
  EXPECT_NE(verdict("graph \"" + repeat("\\x41", 1 << 16)), "");
  std::string chain;
  for (int i = 0; i < 10000; ++i) {
    chain += "%" + std::to_string(i + 1) + "=copy(%" + (i == 0 ? "x" : std::to_string(i)) + "):f32[2]\n";
  }
  EXPECT_EQ(statement(chain), "");
}

TEST(ParseLimits, NumberOfValues) {
  std::string text = "graph g(";
  for (int i = 0; i < (1 << 18); ++i) text += "%" + std::to_string(i) + ":f32[],";
  EXPECT_EQ(verdict(text + "\n%x: f32[]) -> () {}"), "[line 2:1] the graph has more than 262144 values");
}

}  // namespace paw::text_parse_test
