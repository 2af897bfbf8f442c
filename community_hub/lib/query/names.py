"""What is said of a name that nothing has, with one that is like it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from django.utils.translation import gettext as _

from community_hub.lib.text import one_line

from .mistakes import SHOWN, Mistake

READ = 1000  # names that are compared: a millisecond for some hundred


def no_such(sentence: str, typed: str, names: Iterable[str]) -> Mistake:
    """`sentence` has a place `%(name)s` for what was typed. `names` are those that this reader may
    see; of them the one that is most like it stands in for it in the corrected query."""
    said = sentence % {"name": one_line(typed, SHOWN)}
    like = closest(typed, names)
    if like:
        said += " " + _("Did you mean “%(name)s”?") % {"name": one_line(like, SHOWN)}
    return Mistake(said, instead=like)


def closest(typed: str, names: Iterable[str]) -> str:
    """The name that is most like what was typed, whole or by one of its words; "" for none."""
    spelled: dict[str, str] = {}
    for name in islice(names, READ):
        for part in (name, *name.split()):
            spelled.setdefault(part.casefold(), name)
    return next((spelled[it] for it in get_close_matches(typed.casefold()[:100], spelled, n=1)), "")
