"""parse_swift.py APP: all Swift below it parses; exit code 1, and where it does not, otherwise."""
import sys
from pathlib import Path

import tree_sitter
import tree_sitter_swift


def errors(node):
    if node.is_error or node.is_missing:
        yield node
    for child in node.children:
        yield from errors(child)


def main():
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))
    sources = sorted(Path(sys.argv[1]).rglob("*.swift"))
    wrong = [(path, node) for path in sources for node in errors(parser.parse(path.read_bytes()).root_node)]
    for path, node in wrong:
        print(f"{path}:{node.start_point[0] + 1}: {node.text[:60]!r}")
    print(f"Swift: {len(sources)} files, {len(wrong)} errors")
    return 1 if wrong or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
