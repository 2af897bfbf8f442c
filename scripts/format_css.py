"""Format the stylesheets, one declaration a line: `uv run scripts/format_css.py`, or with `--check`
only say which are not formatted (exit 1)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cssbeautifier

ROOT = Path(__file__).resolve().parent.parent


def stylesheets() -> list[Path]:
    folders = ("community_hub/static", "sandbox/static")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.css"))


def formatted(text: str) -> str:
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.newline_between_rules = False
    options.end_with_newline = True
    options.preserve_newlines = True
    options.max_preserve_newlines = 2
    return str(cssbeautifier.beautify(text, options))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    changed = [path for path in stylesheets() if formatted(path.read_text()) != path.read_text()]
    for path in changed:
        print(path.relative_to(ROOT))
        if not check:
            path.write_text(formatted(path.read_text()))
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
