"""JSON answers with one thing in them that is not as it should be."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
LEFT_OUT = object()


def nested(depth: int, *, in_objects: bool = False) -> Any:
    """A list in a list in a list, as deep as that; more than some 950 can't be read at all."""
    value: Any = 1
    for _ in range(depth):
        value = {"id": value} if in_objects else [value]
    return value


ODD: tuple[Any, ...] = (
    LEFT_OUT, None, True, 0, -1, 1.5, 10**30, 10**400, float("inf"), float("nan"), "", "x", "-",
    "\ud800", "\x00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "http://[", "<![x",
    [], [1], [None], [[]], {}, {"id": 1}, {"id": {}}, nested(600), nested(600, in_objects=True),
    nested(900), nested(900, in_objects=True),
)  # fmt: skip


def paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """Every place in an answer; of a list only the first, for they are all alike."""
    yield above
    if isinstance(value, dict):
        for name, each in value.items():
            yield from paths(each, (*above, name))
    elif isinstance(value, list) and value:
        yield from paths(value[0], (*above, 0))


def with_odd(value: Any, path: Path, odd: Any) -> Any:
    """A copy with `odd` at that place."""
    if not path:
        return None if odd is LEFT_OUT else odd
    value = copy.copy(value)
    if odd is LEFT_OUT and len(path) == 1 and isinstance(value, dict):
        del value[path[0]]
    else:
        value[path[0]] = with_odd(value[path[0]], path[1:], odd)
    return value
