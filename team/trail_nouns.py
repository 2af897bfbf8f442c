"""What the audit trail calls the things that verbs act on: by their name for who may see them, and
without it for everybody else. Each app registers those of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


@dataclass(frozen=True)
class Noun:
    """`named` and `gone_named` have %(name)s for its name."""

    hidden: Words  # of one that the reader may not see: "a private view"
    gone: Words  # of one that is not there any more: "a deleted view"
    named: Words = "%(name)s"
    gone_named: Words = ""  # of one that is gone, and whose name was written down

    def of(self, name: str) -> str:
        return str(self.named).replace("%(name)s", name)

    def of_gone(self, name: str) -> str:
        return str(self.gone_named or self.named).replace("%(name)s", name)


SOMETHING = Noun(hidden=_("an item"), gone=_("a deleted item"))
_nouns: dict[str, Noun] = {}  # by "inbox.conversation"


def register(on: str, noun: Noun) -> None:
    """ValueError where `on` has another one already."""
    if _nouns.setdefault(on, noun) is not noun:
        raise ValueError(f"{on} has a noun already")


def noun_of(on: str) -> Noun:
    return _nouns.get(on, SOMETHING)
