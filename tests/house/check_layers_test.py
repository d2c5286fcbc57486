"""tools/check_layers accepts a small sound tree and refuses each way of breaking it."""

import unittest

from house import ROOT, TreeTest, load_tool

check_layers = load_tool("check_layers")

TABLE = """
| folder | owns | may include | phone-safe |
|---|---|---|---|
| `src/base` | errors | - | yes |
| `src/host` | files | base | |
| `src/ir` | graph | base | |
| `src/train` | loop | ir | |
| `src/formats/*` | files | host ir | |
| `src/pipeline` | stages | all above | |
| `src/cli` | verbs | pipeline | |
"""


class CheckLayers(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("docs/architecture.md", TABLE)
        self.layer("base", "base PHONE_SAFE")
        self.layer("host", "host DEPENDS base LIBS fmt::fmt")
        self.layer("ir", "ir DEPENDS base TEST_DEPENDS train")
        self.layer("train", "train DEPENDS ir")
        self.layer("formats/a", "formats_a DEPENDS host ir")
        self.layer("formats/b", "formats_b DEPENDS ir")
        self.layer("pipeline", "pipeline DEPENDS ir train formats_a\n  formats_b  # reads files\n")
        self.layer("cli", "cli DEPENDS pipeline")
        for header in ("base/error.h", "ir/graph.h", "train/loop.h", "formats/a/a.h", "pipeline/run.h", "cli/app.h"):
            self.write(f"src/{header}", "#pragma once\n")
        self.write("src/ir/graph.cc", '#include "ir/graph.h"\n\n#include "base/error.h"\n')
        self.write("src/train/loop.cc", '#include "base/error.h"  // through ir\n')
        self.write("src/ir/graph_test.cc", '#include "train/loop.h"\n#include <sstream>\n')

    def layer(self, folder, call):
        self.write(f"src/{folder}/CMakeLists.txt", f"paw_layer({call})\n")

    def check(self):
        return check_layers.check(self.root)

    def assert_refused(self, *words):
        problems = self.check()
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def test_sound_tree(self):
        self.assertEqual(self.check(), [])
        self.assertEqual(self.run_command(ROOT / "tools/check_layers", self.root), (0, "check_layers: ok\n", ""))

    def test_refusal_is_an_exit_code(self):
        self.write("src/ir/graph.cc", '#include "train/loop.h"\n')
        code, out, err = self.run_command(ROOT / "tools/check_layers", self.root)
        self.assertEqual((code, err), (1, ""))
        self.assertRegex(out, r"^src/ir/graph\.cc:1: .*\ncheck_layers: 1 problems\n$")

    def test_real_tree(self):
        self.assertEqual(check_layers.check(ROOT), [])

    def test_include_upwards(self):
        self.write("src/ir/graph.cc", '// a comment\n#include "train/loop.h"\n')
        self.assert_refused("src/ir/graph.cc:2: ", "'ir' includes 'train' above it")

    def test_include_sideways(self):
        self.write("src/ir/graph.cc", '#include "formats/a/a.h"\n')
        self.assert_refused("src/ir/graph.cc:1: ")
        self.write("src/ir/graph.cc", "")
        self.write("src/formats/b/b.cc", '#include "formats/a/a.h"\n')
        self.assert_refused("src/formats/b/b.cc:1: ", "'formats_b' does not depend on 'formats_a'")

    def test_test_dependencies_are_for_tests_only(self):
        self.write("src/ir/graph_slow_test.cc", '#include "train/loop.h"\n')
        self.assertEqual(self.check(), [])
        self.write("src/ir/graph_tests.cc", '#include "train/loop.h"\n')
        self.assert_refused("src/ir/graph_tests.cc:1: ")

    def test_nothing_includes_cli(self):
        self.write("src/pipeline/run.cc", '#include "cli/app.h"\n')
        self.assert_refused("src/pipeline/run.cc:1: ", "'pipeline' includes 'cli' above it")

    def test_nothing_depends_on_cli(self):
        self.layer("extra", "extra DEPENDS cli")
        self.write("docs/architecture.md", TABLE + "| `src/extra` | more | cli | |\n")
        self.assert_refused("src/extra/CMakeLists.txt:1: ", "'extra' must never reach 'cli'")

    def test_formats_stay_apart(self):
        self.layer("formats/b", "formats_b DEPENDS formats_a")
        self.write("docs/architecture.md", TABLE.replace("host ir |", "host ir formats/a |"))
        self.assert_refused("'formats_b' must never reach 'formats_a'")

    def test_train_never_sees_formats(self):
        self.layer("train", "train DEPENDS formats_a")
        self.write("docs/architecture.md", TABLE.replace("| loop | ir |", "| loop | formats/* |"))
        self.assertIn("'train' must never reach 'formats_a'", "\n".join(self.check()))

    def test_cycle(self):
        self.layer("base", "base PHONE_SAFE DEPENDS train")
        self.assert_refused("layers form a cycle: ", "train -> ir")

    def test_unknown_layer(self):
        self.layer("ir", "ir DEPENDS bass")
        self.assert_refused("src/ir/CMakeLists.txt:1: 'ir' depends on 'bass', which is no layer")

    def test_declared_twice(self):
        self.layer("train", "ir DEPENDS base")
        self.assertIn("layer 'ir' is declared twice", "\n".join(self.check()))

    def test_dependency_against_the_table(self):
        self.layer("train", "train DEPENDS ir host")
        self.assert_refused("src/train/CMakeLists.txt:1: 'train' depends on 'host', which the table")

    def test_layer_without_a_row(self):
        self.layer("vision", "vision DEPENDS base")
        self.assert_refused("'src/vision' has no row")

    def test_missing_table(self):
        self.write("docs/architecture.md", "# Nothing\n")
        self.assert_refused("the table of layers is missing")

    def test_phone_safe_against_the_table(self):
        self.layer("base", "base")
        self.assert_refused("PHONE_SAFE of 'base' contradicts the table")

    def test_phone_safe_reaches_phone_safe_only(self):
        self.layer("ir", "ir DEPENDS base host TEST_DEPENDS train PHONE_SAFE")
        self.write("docs/architecture.md", TABLE.replace("| graph | base | |", "| graph | base host | yes |"))
        self.assert_refused("'ir' is phone-safe but reaches 'host'")

    def test_phone_safe_words(self):
        for text in ("void f() { throw 1; }", "auto* p = dynamic_cast<int*>(q);", "auto& t = typeid(x);",
                     '#include <iostream>', "#include <filesystem>", 'void f() { std::printf("x"); }'):
            with self.subTest(text):
                self.write("src/base/error.cc", f"\n{text}\n")
                self.assert_refused("src/base/error.cc:2: ")

    def test_words_in_comments_and_literals_are_no_code(self):
        self.write("src/base/error.cc", '// throw "x"\n/* typeid\n #include "ir/graph.h" */\n'
                   'const char* kText = "throw // \\" typeid";\nconst char* kRaw = R"(\n#include "cli/app.h"\n")";\n'
                   "constexpr int kBig = 1'000;  // try\n")
        self.assertEqual(self.check(), [])

    def test_header_without_pragma_once(self):
        self.write("src/ir/graph.h", "// #pragma once\nint f();\n")
        self.assert_refused("src/ir/graph.h:1: header without #pragma once")

    def test_heavy_includes_in_headers(self):
        for name in ("nlohmann/json.hpp", "fmt/format.h", "CLI/CLI.hpp"):
            with self.subTest(name):
                self.write("src/ir/graph.h", f"#pragma once\n#include <{name}>\n")
                self.assert_refused(f"src/ir/graph.h:2: <{name}> is not for headers")
        self.write("src/ir/graph.h", '#pragma once\n#include "model_generated.h"\n')
        self.assert_refused("src/ir/graph.h:2: ")

    def test_light_json_header_is_allowed(self):
        self.write("src/ir/graph.h", "#pragma once\n#include <nlohmann/json_fwd.hpp>\n")
        self.assertEqual(self.check(), [])

    def test_streams_only_in_cli(self):
        self.write("src/cli/app.cc", "#include <iostream>\n")
        self.assertEqual(self.check(), [])
        self.write("src/ir/graph.cc", "#include <sstream>\n")
        self.assert_refused("src/ir/graph.cc:1: <sstream>: no streams outside src/cli")

    def test_includes_are_written_from_src(self):
        self.write("src/ir/graph.cc", '#include "graph.h"\n')
        self.assert_refused('src/ir/graph.cc:1: "graph.h" is no file under src/')

    def test_file_without_a_layer(self):
        self.write("src/loose/x.cc", "")
        self.assert_refused("src/loose/x.cc:1: belongs to no layer")

    def test_empty_tree(self):
        self.assertNotEqual(check_layers.check(self.root / "docs"), [])


if __name__ == "__main__":
    unittest.main()
