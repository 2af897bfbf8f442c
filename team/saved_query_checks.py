"""What must hold of a view before it is kept: its name, and that its query can be looked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _now

from community_hub.lib.query import Mistake
from community_hub.lib.text import one_line

from . import listings
from .models import SavedQuery, User
from .models.saved_query import LONGEST
from .query_context import context
from .saved_query_errors import NameTaken


def clean_name(name: str) -> str:
    name = one_line(name, LONGEST)
    if not name:
        raise ValueError("A view needs a name.")
    return name


def checked(listing: listings.ListKind, text: str, by: User, *, owner: User | None = None) -> str:
    """As it was typed, where `by` can look for it, and the owner of the view too, who reads it.
    Raises Mistake."""
    text = text.strip()
    asked = listing.language.parse(text)
    listing.language.q(asked, context(by))
    if owner and owner != by and listing.language.mistakes(text, context(owner)):
        said = _now("%(who)s, whose view this is, may not see all that this query names.")
        raise Mistake(said % {"who": owner})
    return text


def refuse_taken(name: str, others: QuerySet[SavedQuery]) -> None:
    """The navigation shows views of all kinds in one list, and the database tells apart those of
    one kind alone."""
    if others.filter(name__iexact=name).exists():
        raise NameTaken(name)


@contextmanager
def unique(name: str) -> Iterator[None]:
    """Raises NameTaken where the database refuses a name; the transaction goes on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise NameTaken(name) from error
