"""Lines of CSV that spreadsheet programs read as text and nothing else.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line break may be run as a formula (OWASP,
"CSV Injection"), so a `'` is put in front of it: programs show the text, or the `'` with it. The
same goes for what follows a `;`, a tab or a line break within a cell, where a program that
separates cells by `;`, as some languages do, would begin another. Files begin with BOM, by which
Excel knows UTF-8.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

BOM = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"""(^|[;\t\r\n])(?=["'\s]*[=+\-@＝＋－＠]|[\t\r\n])""")
_NUMBER = (int, float)


def cell(value: Any) -> str:
    """None is empty; a moment is ISO, to the second, in its own timezone; a number stays one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, _NUMBER) and not isinstance(value, bool):
        return str(value)
    return _FORMULA.sub(r"\1'", str(value))


def line(values: Iterable[Any]) -> bytes:
    """One line in UTF-8, quoted where it must be, ended by CR LF (RFC 4180)."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow(map(cell, values))
    return out.getvalue().encode("utf-8", "replace")
