"""tools/size finds functions where they are, and fails on what is too large."""

import unittest

from house import ROOT, TreeTest, load_tool

size = load_tool("size")

SOURCE = '''
#include <vector>
namespace paw {
namespace {
constexpr int kTable[] = {1, 2, 3};
struct Pair { int a = 0, b{1}; };
}  // namespace

template <class T, class U = std::vector<int>>
  requires(sizeof(T) > 1)
std::vector<T> make(const T& value,
                    int count = 3) {
  if (count > 2) {  // }
    return {value, value};
  }
  auto f = [](int x) { return "}" + x; };
  return {};
}

class Holder final : public Base {
 public:
  Holder(int a, int b) : a_{a}, b_(b), c_{a, {b}} { check(); }
  ~Holder() override = default;
  bool operator==(const Holder& other) const { return a_ == other.a_; }
  auto operator()(int x) const noexcept -> int {
    return x;
  }

 private:
  int a_ = 0;
  std::vector<int> c_{1, 2};
};

const OpDef op{.name = "x", .cases = [] { return 1; }};

enum class Kind { kOne, kTwo };

TEST(Suite, name) {
  EXPECT_EQ(1, 1);
}

int Holder::late(int x) const {
  return R"({)"[0] + x;
}
}  // namespace paw
'''


class Functions(unittest.TestCase):
    def test_cpp(self):
        found = [(f.name, f.line, f.lines) for f in size.cpp_functions(SOURCE)]
        self.assertEqual(found, [("make", 9, 10), ("Holder", 22, 1), ("operator==", 24, 1), ("operator()", 25, 3),
                                 ("TEST", 38, 3), ("Holder::late", 42, 3)])

    def test_python(self):
        text = "def a():\n    return 1\n\n\nclass B:\n    def c(self):\n\n        pass\n"
        self.assertEqual([(f.name, f.line, f.lines) for f in size.python_functions(text)], [("a", 1, 2), ("c", 6, 3)])

    def test_percentile(self):
        self.assertEqual(size.percentile(list(range(1, 101)), 0.95), 95)
        self.assertEqual(size.percentile([7], 0.5), 7)

    def test_comment_share(self):
        self.assertAlmostEqual(size.comment_share("// a\n\nint x;  // b\nint y;\n/* c */\n"), 0.75)


class Limits(TreeTest):
    def function(self, name, lines):
        return f"void {name}() {{\n" + "  work();\n" * (lines - 2) + "}\n"

    def run_size(self):
        return self.run_command(ROOT / "tools/size", self.root)

    def test_small_tree(self):
        self.write("src/a/a.cc", self.function("f", 40))
        code, out, err = self.run_size()
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"src/a +1 +40 ")
        self.assertIn("100.0% of 1 functions", out)

    def test_long_function(self):
        self.write("src/a/a.cc", self.function("f", 3) * 30 + self.function("big", 101))
        code, out, _ = self.run_size()
        self.assertEqual(code, 1)
        self.assertIn("too large: src/a/a.cc:91: big has 101 lines", out)

    def test_share_of_small_functions(self):
        self.write("src/a/a.cc", self.function("f", 3) * 18 + self.function("g", 41))
        code, out, _ = self.run_size()
        self.assertEqual(code, 1)
        self.assertIn("only 94.7% of the functions", out)

    def test_long_files(self):
        self.write("src/a/a.cc", "int x;\n" * 401)
        self.write("src/a/table.inc", "ROW(1)\n" * 2000)
        code, out, _ = self.run_size()
        self.assertEqual(code, 1, "no functions at all: nothing was measured")
        self.write("src/a/b.cc", self.function("f", 3))
        code, out, _ = self.run_size()
        self.assertEqual(code, 0, out)
        self.assertIn("look again: src/a/a.cc:1: 401 lines", out)
        self.write("src/a/a.cc", "int x;\n" * 1001)
        code, out, _ = self.run_size()
        self.assertEqual(code, 1)
        self.assertIn("too large: src/a/a.cc:1: 1001 lines", out)


if __name__ == "__main__":
    unittest.main()
