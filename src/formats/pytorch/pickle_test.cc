#include "formats/pytorch/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/pytorch/opcodes.h"
#include "formats/pytorch/pytorch_testing.h"

namespace paw::pytorch::pickle_test {

using namespace pytorch_testing;
using testing::HasSubstr;
using Kind = Value::Kind;

Result<Pickle> parse(const std::string& bytes) {
  std::size_t at = 0;
  return read_pickle(std::as_bytes(std::span(bytes)), at, "a.pth");
}

// The message for a pickle of this value; empty when it can be read.
std::string refusal(std::string_view value) {
  const auto p = parse(pickle(value));
  return p ? "" : p.error().text();
}

TEST(Pickle, ReadsNumbersTextsAndContainers) {
  const std::string bytes = pickle("(" + integer(7) + integer(-3) + integer(70'000) + integer(-(INT64_C(1) << 40)) +
                                   "\x8a" + std::string(1, '\0') + "\x8a\x01\xff" + "U\x02hi" + text("x") + kNone +
                                   kTrue + kFalse + "](K\x01K\x02" + "eK\x03" + "a)t");
  std::size_t at = 0;
  const auto p = read_pickle(std::as_bytes(std::span(bytes)), at, "a.pth");
  ASSERT_TRUE(p) << p.error().text();
  EXPECT_EQ(at, bytes.size());
  ASSERT_EQ(p->root.kind, Kind::kTuple);
  const auto items = p->list(p->root);
  ASSERT_EQ(items.size(), 13u);
  const std::int64_t numbers[] = {7, -3, 70'000, -(INT64_C(1) << 40), 0, -1};
  for (std::size_t i = 0; i < std::size(numbers); ++i) {
    EXPECT_EQ(items[i].kind, Kind::kInt);
    EXPECT_EQ(items[i].number, numbers[i]);
  }
  EXPECT_EQ(p->text(items[6]), "hi");
  EXPECT_EQ(p->text(items[7]), "x");
  EXPECT_EQ(items[8].kind, Kind::kNone);
  EXPECT_EQ(items[9].number, 1);
  EXPECT_EQ(items[10].number, 0);
  ASSERT_EQ(items[11].kind, Kind::kList);
  EXPECT_EQ(p->list(items[11]).size(), 3u);
  EXPECT_TRUE(p->list(items[12]).empty());
}

TEST(Pickle, RemembersAndRecalls) {
  const std::string bytes =
      pickle("(" + text("a") + "q\x05h\x05j" + le(5, 4) + "r" + le(300, 4) + "j" + le(300, 4) + "t");
  const auto p = parse(bytes);
  ASSERT_TRUE(p) << p.error().text();
  for (const Value& item : p->list(p->root)) EXPECT_EQ(p->text(item), "a");
  EXPECT_EQ(p->list(p->root).size(), 4u);
}

TEST(Pickle, ADictionarysLastEntryCounts) {
  const std::string bytes =
      pickle("}(" + text("a") + integer(1) + text("a") + integer(2) + "u" + text("b") + integer(3) + "s");
  const auto p = parse(bytes);
  ASSERT_TRUE(p) << p.error().text();
  EXPECT_EQ(p->find(p->root, "a")->number, 2);
  EXPECT_EQ(p->find(p->root, "b")->number, 3);
  EXPECT_EQ(p->find(p->root, "c"), nullptr);
}

// Everything that makes PyTorch's own loader run code, or that a file of tensors has no use for.
TEST(Pickle, RefusesOpcodesThatRunCodeByName) {
  for (const auto& [code, name] : std::vector<std::pair<std::string, std::string>>{{"i", "INST"},
                                                                                   {"o", "OBJ"},
                                                                                   {"\x81", "NEWOBJ"},
                                                                                   {"\x92", "NEWOBJ_EX"},
                                                                                   {"\x82", "EXT1"},
                                                                                   {"\x83", "EXT2"},
                                                                                   {"P", "PERSID"},
                                                                                   {"\x93", "STACK_GLOBAL"},
                                                                                   {"0", "POP"},
                                                                                   {"2", "DUP"},
                                                                                   {"\x94", "MEMOIZE"},
                                                                                   {"I", "INT"},
                                                                                   {"V", "UNICODE"},
                                                                                   {"\xf3", "0xF3"},
                                                                                   {"\x8f", "EMPTY_SET"}}) {
    EXPECT_THAT(refusal(code), HasSubstr("holds the opcode " + name +
                                         " at byte 2, which no file of tensors needs and "
                                         "which can run code; in Python: torch.save(model.state_dict(), path)"));
  }
}

TEST(Pickle, RefusesObjectsByName) {
  for (const auto& [module, name] :
       std::vector<std::pair<const char*, const char*>>{{"os", "system"},
                                                        {"posix", "system"},
                                                        {"builtins", "eval"},
                                                        {"__builtin__", "getattr"},
                                                        {"torch", "load"},
                                                        {"torch._utils", "_rebuild_tensor_v2.__globals__"},
                                                        {"collections", "OrderedDict.__init__"},
                                                        {"torch.nn.modules.conv", "Conv2d"},
                                                        {"runpy", "_run_code"},
                                                        {"", ""}}) {
    EXPECT_THAT(refusal(global(module, name)),
                HasSubstr("asks for the Python object '" + std::string(module) + "." + name +
                          "' at byte 2: loading it would run code, and only tensors are read"));
  }
  EXPECT_THAT(refusal(global("torch", "ComplexFloatStorage")),
              HasSubstr("holds a torch.ComplexFloatStorage, an element type that is not read"));
  EXPECT_THAT(refusal(global("o\x1b[2J", "x")), HasSubstr("'o\\x1b[2J.x'"));
  EXPECT_THAT(refusal("c" + std::string(500, 'a') + "\nb\n"), HasSubstr("a name without an end"));
}

TEST(Pickle, AllowedFunctionsAreNotValuesToPlayWith) {
  const std::string dict_type = global("collections", "OrderedDict");
  EXPECT_THAT(refusal(dict_type + "}b"), HasSubstr("sets the state of an object"));
  EXPECT_THAT(refusal("})R"), HasSubstr("calls what is no function"));
  EXPECT_THAT(refusal(global("torch", "FloatStorage") + ")R"), HasSubstr("calls what is no function"));
  EXPECT_THAT(refusal(dict_type + "]R"), HasSubstr("arguments that are no tuple"));
  EXPECT_THAT(refusal(dict_type + "K\1\x85R"), HasSubstr("a dictionary of what is no list"));
  EXPECT_THAT(refusal(dict_type + "](K\1e\x85R"), HasSubstr("a dictionary of what is no pair"));
  EXPECT_THAT(refusal(global("torch._utils", "_rebuild_tensor_v2") + ")R"), HasSubstr("other than 6 or 7 arguments"));
  EXPECT_THAT(refusal(global("torch._utils", "_rebuild_tensor") + "(NNNNtR"), HasSubstr("of what is no storage"));
  EXPECT_THAT(refusal(global("torch._utils", "_rebuild_parameter") + "(NNNtR"), HasSubstr("of what is no tensor"));
}

TEST(Pickle, RefusesBadStorageReferences) {
  const std::string type = global("torch", "FloatStorage");
  const std::string good = text("storage") + type + text("0") + text("cpu") + integer(4);
  EXPECT_EQ(refusal("(" + good + "tQ"), "");
  EXPECT_EQ(refusal("(" + good + "NtQ"), "");
  EXPECT_THAT(refusal("(" + good + tuple({text("1"), integer(0), integer(4)}) + "tQ"), HasSubstr("view of another"));
  for (const std::string& bad : {std::string("NQ"), std::string(")Q"), "(" + good + "NNtQ",
                                 "(" + text("module") + type + text("0") + text("cpu") + integer(4) + "tQ",
                                 "(" + text("storage") + text("x") + text("0") + text("cpu") + integer(4) + "tQ",
                                 "(" + text("storage") + type + integer(0) + text("cpu") + integer(4) + "tQ",
                                 "(" + text("storage") + type + text("0") + text("cpu") + integer(-4) + "tQ"}) {
    EXPECT_THAT(refusal(bad), HasSubstr("refers to something that is no storage"));
  }
}

TEST(Pickle, RefusesDamageWithThePlace) {
  EXPECT_EQ(refusal("a"),
            "[a.pth] its pickle takes more from its stack than is there (byte 2); copy or download it again");
  EXPECT_THAT(refusal("t"), HasSubstr("no mark"));
  EXPECT_THAT(refusal("K\1(e"), HasSubstr("appends to what is no list"));
  EXPECT_THAT(refusal("](K\1a"), HasSubstr("takes more from its stack"));  // not below a mark
  EXPECT_THAT(refusal("}(K\1u"), HasSubstr("a key without a value"));
  EXPECT_THAT(refusal("h\1"), HasSubstr("recalls what it has not remembered"));
  EXPECT_THAT(refusal("Nr\xff\xff\xff\xff"), HasSubstr("too high a number"));
  EXPECT_THAT(refusal("X\xff\xff\xff\xff"), HasSubstr("is cut off"));
  EXPECT_THAT(refusal("\x8a\x09" + std::string(9, '\1')), HasSubstr("more than 64 bits"));
  EXPECT_THAT(refusal("\x85"), HasSubstr("takes more from its stack"));
  EXPECT_NE(refusal(""), "");
  EXPECT_FALSE(parse("\x80\x09N."));
}

// Depth costs nothing, length is bounded, and what one step copies is counted.
TEST(Pickle, IsBoundedInDepthAndLength) {
  EXPECT_EQ(refusal(std::string(200'000, ']') + std::string(199'999, 'a')), "");
  EXPECT_THAT(refusal(std::string(600'000, 'N')), HasSubstr("is longer than 500000 steps"));
  std::string copies = "](";
  for (int i = 0; i < 100'000; ++i) copies += "](NNe";
  copies += "e\x85q" + std::string(1, '\0');
  for (int i = 0; i < 1'000; ++i) copies += global("collections", "OrderedDict") + "h" + std::string(1, '\0') + "R";
  EXPECT_THAT(refusal(copies), testing::AnyOf(HasSubstr("is longer than"), HasSubstr("no pair")));
}

TEST(Opcodes, HaveNames) {
  EXPECT_EQ(opcode_name('R'), "REDUCE");
  EXPECT_EQ(opcode_name(0x93), "STACK_GLOBAL");
  EXPECT_EQ(opcode_name(0xff), "0xFF");
}

}  // namespace paw::pytorch::pickle_test
