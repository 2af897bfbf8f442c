"""Random choice without early repeats: every fragment of a pool is used once before any again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

TRIES = 14


class Sampler:
    """One seeded source of chance for the whole community, and what it has already given out."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"polyphon:{seed}")  # noqa: S311 - the demo must be the same every time
        self._shuffled: dict[int, list[Any]] = {}
        self._seen: set[str] = set()

    def next_of(self, pool: Sequence[Any]) -> Any:
        """The next of this pool; the pool must live as long as the sampler."""
        rest = self._shuffled.get(id(pool))
        if not rest:
            rest = self._shuffled[id(pool)] = list(pool)
            self.rng.shuffle(rest)
        return rest.pop()

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def fresh(self, make: Callable[[], str]) -> str:
        """A text that was not given out before, as far as some tries allow."""
        text = make()
        for _again in range(TRIES):
            if text not in self._seen:
                break
            text = make()
        self._seen.add(text)
        return text

    def claim(self, text: str) -> None:
        """Count a hand-written text as given out."""
        self._seen.add(text)


def fill(text: str, values: dict[str, str]) -> str:
    """Put the values in; a text that begins with one begins with a capital."""
    filled = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)
    return filled[:1].upper() + filled[1:] if text.startswith("{") else filled
