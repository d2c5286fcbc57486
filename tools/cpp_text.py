"""C++ source as text: without comments, without literals, without preprocessor lines. Line numbers stay as they are.

Shared by check_layers, size and tidy. Knows no layer and no limit.
"""

import re
import subprocess
from pathlib import Path

# In order of precedence: raw strings hide everything, comments hide quotes, quotes hide comments.
_TOKEN = re.compile(
    r'(?P<raw>\b(?:u8|[uUL])?R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)")'
    r'|(?P<line>//(?:[^\n\\]|\\.|\\\n)*)'
    r'|(?P<block>/\*.*?\*/)'
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    # A quote inside a number (1'000) is no character literal.
    r"|(?P<char>(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+')",
    re.DOTALL,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    def keep(match):
        return _blank(match[0]) if match["line"] is not None or match["block"] is not None else match[0]

    return _TOKEN.sub(keep, text)


def code_only(text):
    """Comments, literals and preprocessor lines blanked: what is left are tokens of the language."""

    def keep(match):
        if match["string"] is not None:
            return '"' + _blank(match[0][1:-1]) + '"'
        return _blank(match[0])

    # Literals first: a '#' that starts a line of a raw string is no directive.
    return _DIRECTIVE.sub(lambda m: _blank(m[0]), _TOKEN.sub(keep, text))


def includes(text):
    """(line, name, quoted) of each #include."""
    hidden = _TOKEN.sub(lambda m: m[0] if m["string"] is not None else _blank(m[0]), text)
    found = []
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', hidden, re.MULTILINE):
        line = text.count("\n", 0, match.start()) + 1
        found.append((line, match[1] or match[2], match[1] is not None))
    return found


def tracked_files(root, *patterns):
    """Files under git's eye (tracked, or new and not ignored) that exist; every file outside a git checkout."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        names = set(filter(None, listing.stdout.split("\0")))
    else:
        names = {str(p.relative_to(root)) for p in Path(root).rglob("*")}
        if patterns:
            names = {n for n in names if any(Path(n).match(p) or n.startswith(p + "/") for p in patterns)}
    return sorted(n for n in names if (Path(root) / n).is_file())
