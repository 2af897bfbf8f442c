"""Asking the list of members where they are: org:"Polyphon Labs"."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, OperatorDefinition, no_such
from community_hub.lib.query.syntax import quoted
from team.models import User

from .filters import MOST_NAMES, MOST_OFFERED, PEOPLE
from .models import Affiliation, Organisation
from .models.scopes import rows_as_seen_by


def is_at(value: str, context: Context) -> Q:
    """Now: at the organisation of this name, at `any` or at `none`."""
    today = context.now.astimezone(context.timezone).date()
    rows = Affiliation.objects.current(today).filter(member=OuterRef("pk"))
    if value.lower() == "any":
        return Q(Exists(rows))
    if value.lower() == "none":
        return ~Q(Exists(rows))
    return Q(Exists(rows.filter(organisation=called(value, context.user))))


def called(value: str, user: User) -> Organisation:
    """Raises Mistake where this reader sees none of this name."""
    found: list[Organisation] = rows_as_seen_by(user, ("organisation named",), _named, name=value)
    if not found:
        names = Organisation.objects.visible_to(user).current().by_name()
        said = _("There’s no organisation “%(name)s”.")
        raise no_such(said, value, names.values_list("name", flat=True)[:MOST_NAMES])
    return found[0]


def _named(reader: User | None, name: str) -> QuerySet[Organisation]:
    """The one there is. `reader`: None for one from whom nothing is hidden."""
    seen = Organisation.objects.visible_to(reader) if reader else Organisation.objects.all()
    return seen.called(name).order_by("pk")[:1]


def offered(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    words = {"any": _("Any organisation"), "none": _("No organisation")}
    known = [(word, label) for word, label in words.items() if word.startswith(beginning.lower())]
    seen = Organisation.objects.visible_to(user).current().by_name()
    names = seen.filter(name__istartswith=beginning).values_list("name", flat=True)
    most = MOST_OFFERED - len(known)
    return [*((name, name) for name in names[:most]), *known]


def example_for(user: User) -> str:
    name = next((name for name, label in offered(user, "") if name == label), "")
    return f"org:{quoted(name)}" if name else ""


PEOPLE.register(
    OperatorDefinition(
        name="org",
        help=gettext_lazy("At this organisation now, at any or at none"),
        example="org:polyphon",
        build=is_at,
        complete=offered,
        refers_to="organisation",
        example_for=example_for,
    )
)
