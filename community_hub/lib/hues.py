"""The colour of a face: of twelve, the same for the same name on every machine."""

from __future__ import annotations

import hashlib
from functools import lru_cache

HUES = 12


@lru_cache(maxsize=2048)
def hue(name: str) -> int:
    return hashlib.blake2s(name.casefold().encode(), digest_size=2).digest()[0] % HUES
