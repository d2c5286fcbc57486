"""bench/RESULTS.md: the part of each table stands between marks, and is replaced as a whole."""
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "RESULTS.md"


def replaced(page, name, lines, by="bench/run"):
    begin, end = f"<!-- {name}: written by {by} -->", f"<!-- end of {name} -->"
    part = "\n".join([begin, "", *lines, "", end])
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda match: part, page)
    return f"{page.rstrip()}\n\n## {name.capitalize()}\n\n{part}\n"


def write(name, lines, by="bench/run"):
    PAGE.write_text(replaced(PAGE.read_text(), name, lines, by))
