"""What pages and tasks ask for: is the picture here, on its way, or not to be shown?

A page never fetches: `look_up()` reads the disk and what is remembered, and says whether somebody
must be asked to `obtain()` it, which a worker does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from hashlib import blake2s

import structlog
from django.conf import settings
from django.core.cache import cache

from . import store
from .encoding import encode
from .failures import NotShown, Unreachable
from .fetching import fetch

log = structlog.get_logger(__name__)

ASKED = 60  # seconds that one fetch has, its time in the queue included
TRYING = 2 * 60  # one that ends its worker is not tried again at once by everybody who looks
TRIED = "trying"  # stands where a reason to refuse it would
SLOW = 5 * 60
MOST_SLOW = 3  # pictures of one owner that may be waited for in vain
TRIM_EVERY = 40  # pictures
LARGE = "-large"


class Use(Enum):
    """What it is shown as, and the sizes that are made for that, the larger last."""

    BODY = ("fit:1280x5120", "fit:2560x10000")
    FACE = ("square:128",)


@dataclass(frozen=True)
class Wanted:
    """One picture of one owner ("message-42")."""

    owner: str
    address: str
    use: Use = Use.BODY

    @property
    def name(self) -> str:
        """Stands for the address in the hub's own."""
        return name_of(self.address)

    @property
    def key(self) -> str:
        return f"picture:{self.owner}:{self.name}"


class State(Enum):
    HERE = "here"
    COMING = "coming"  # it was asked for already
    MISSING = "missing"  # whoever hears this asks for it
    REFUSED = "refused"


def are_shown() -> bool:
    """Not where the settings leave no room for them."""
    return settings.PICTURES_MB > 0


def name_of(address: str) -> str:
    return blake2s(address.encode(), digest_size=10).hexdigest()


def look_up(wanted: Wanted, *, large: bool = False) -> tuple[State, bytes]:
    """Its state, and the WebP file where it is here."""
    if not are_shown():
        return State.REFUSED, b""
    data = store.load(wanted.owner, wanted.name + LARGE) if large else None
    data = data or store.load(wanted.owner, wanted.name)
    if data is not None:
        return State.HERE, data
    refused = cache.get(f"{wanted.key}:refused")
    if refused is not None:
        return State.COMING if refused == TRIED else State.REFUSED, b""
    first = cache.add(f"{wanted.key}:asked", 1, ASKED)
    return State.MISSING if first else State.COMING, b""


def why_not(wanted: Wanted) -> str:
    """Of one that is refused: the `why` of failures.py."""
    return cache.get(f"{wanted.key}:refused") or ""


def obtain(wanted: Wanted) -> bool:
    """Fetch, re-encode and keep it; False where it can't be shown, which is remembered, or another
    one is at it. Safe to run twice."""
    if store.load(wanted.owner, wanted.name) is not None:
        return True
    if not are_shown() or not cache.add(f"{wanted.key}:refused", TRIED, TRYING):
        return False
    try:
        _check_patience(wanted.owner)
        files = encode(fetch(wanted.address), wanted.use.value)
        for end, data in zip(("", LARGE), files, strict=False):
            if data:
                store.write(wanted.owner, wanted.name + end, data)
    except NotShown as error:
        cache.set(f"{wanted.key}:refused", error.why, error.wait)
        if isinstance(error, Unreachable):
            _count_slow(wanted.owner)
        log.info("picture not shown", owner=wanted.owner, reason=str(error))
        return False
    except OSError as error:  # the disk is full, or not ours
        log.error("picture not kept", owner=wanted.owner, error=str(error))
        return False
    cache.delete(f"{wanted.key}:refused")
    _trim_now_and_then()
    return True


def owners(kind: str) -> list[int]:
    """The numbers of those of a kind ("message") that have files."""
    found = (name.rpartition("-") for name in store.owners())
    return [int(number) for of, _dash, number in found if of == kind and number.isdecimal()]


def forget(owner: str) -> None:
    store.remove(owner)


def trim() -> int:
    """Keep to the bound on disk; how many files went."""
    return store.trim(settings.PICTURES_MB * 1_000_000)


def _check_patience(owner: str) -> None:
    """A message whose pictures are all on servers that don't answer would keep a worker busy for
    minutes, and everybody else's waiting. Raises Unreachable."""
    if (cache.get(f"picture:{owner}:slow") or 0) >= MOST_SLOW:
        raise Unreachable("others of it did not come either")


def _count_slow(owner: str) -> None:
    name = f"picture:{owner}:slow"
    cache.add(name, 0, SLOW)
    try:
        cache.incr(name)
    except ValueError:
        return  # its time was over just now


def _trim_now_and_then() -> None:
    cache.add("pictures:kept", 0, None)
    if cache.incr("pictures:kept") % TRIM_EVERY == 0:
        trim()
