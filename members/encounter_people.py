"""Who was there, as a form says it: members that were chosen, and names that somebody typed.

A name that one member has means that member; one that nobody has is somebody new; of one that
several have, a person has to say whom they mean. Two queries, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.utils.translation import gettext as _

from community_hub.lib.search_text import search_text
from community_hub.lib.text import number, one_line
from team.models import User

from .by_name import members_named
from .models import Identity, Member
from .models.member import BY_NAME

NEW, NAMED = "new:", "name:"  # before a name, in a token: somebody new, or whoever has that name
MOST_OFFERED = 6
MOST_READ = 1000  # tokens of a form
FEWEST = 2  # characters: a single one begins too many names


@dataclass(frozen=True)
class Chip:
    """One of those who were there, as the form shows them. `token` is sent with it."""

    token: str
    name: str
    is_new: bool = False


@dataclass
class People:
    members: list[Member] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    unclear: dict[str, list[str]] = field(default_factory=dict)  # a name, and handles that have it

    @property
    def chips(self) -> list[Chip]:
        known = [Chip(str(each.pk), str(each)) for each in self.members]
        return [*known, *(Chip(NEW + name, name, is_new=True) for name in self.new)]

    @property
    def problem(self) -> str:
        """What has to be said more clearly; "" where all is clear."""
        unknown = [name for name, handles in self.unclear.items() if not handles]
        if unknown:
            said = _("Nobody has the handle %(handles)s. Type their name instead.")
            return said % {"handles": ", ".join(unknown)}
        said = _(
            "Several members are called “%(name)s”. Select one, or type a handle: %(handles)s."
        )
        return " ".join(
            said % {"name": name, "handles": ", ".join(handles)}
            for name, handles in self.unclear.items()
        )


def of_tokens(tokens: Sequence[str], typed: str, user: User) -> People:
    """`tokens`: ids of members, NEW and NAMED with a name; `typed`: names with commas between
    them, or handles with an @."""
    tokens = [*tokens, *(NAMED + name for name in typed.replace("\n", ",").split(","))][:MOST_READ]
    ids = [number(token) for token in tokens if number(token)]
    visible = Member.objects.visible_to(user)
    known = {member.pk: member for member in visible.filter(pk__in=ids)}
    named = _by_name(
        [token.removeprefix(NAMED) for token in tokens if token.startswith(NAMED)], user
    )
    found = People()
    for token in tokens:
        if member := known.get(number(token)):
            found.members.append(member)
        elif token.startswith(NEW) and (name := _clean(token.removeprefix(NEW))):
            found.new.append(name)
        elif token.startswith(NAMED) and (name := _clean(token.removeprefix(NAMED))):
            _put(found, name, named.get(_key(name), []))
    found.members = list(dict.fromkeys(found.members))
    found.new = list(dict.fromkeys(found.new))
    return found


def _put(found: People, name: str, having: list[tuple[Member, str]]) -> None:
    members = list(dict.fromkeys(member for member, _handle in having))
    if len(members) == 1:
        found.members.append(members[0])
    elif members:
        found.unclear[name] = [f"@{handle}" for _member, handle in having if handle][:MOST_OFFERED]
    elif name.startswith("@"):
        found.unclear[name] = []
    else:
        found.new.append(name)


def _by_name(names: Iterable[str], user: User) -> dict[str, list[tuple[Member, str]]]:
    """Members with one of their handles, by the name or the handle that was typed."""
    keys = {_key(clean) for name in names if (clean := _clean(name))}
    found: dict[str, list[tuple[Member, str]]] = defaultdict(list)
    handles = [key[1:] for key in keys if key.startswith("@")]
    if handles:
        accounts = Identity.objects.visible_to(user).filter(handle__in=handles)
        for account in accounts.select_related("member"):
            found[f"@{account.handle}"].append((account.member, account.handle))
    if keys - {f"@{handle}" for handle in handles}:
        named = Member.objects.visible_to(user).annotate(by_name=BY_NAME)
        members = list(named.filter(by_name__in=keys)[:MOST_READ])
        theirs = Identity.objects.visible_to(user).filter(member__in=members).exclude(handle="")
        first = dict(theirs.order_by("-pk").values_list("member", "handle"))
        for member in members:
            found[member.by_name].append((member, first.get(member.pk, "")))
    return found


def _clean(name: str) -> str:
    return one_line(name, max(len(name), 1))  # a name that is too long is refused, not cut


def _key(name: str) -> str:
    """As BY_NAME has it; a handle as it is written."""
    return name if name.startswith("@") else search_text(name).lower().lstrip()


# Found as one types -------------------------------------------------------------------------------


def offered(typed: str, user: User) -> list[dict[str, object]]:
    """Members whose names or handles begin so, those seen last first; no teammates and bots."""
    words = typed.strip().removeprefix("@").split()
    if len("".join(words)) < FEWEST:
        return []
    found = members_named(words, user).filter(user__isnull=True, is_bot=False)
    found = found.exclude(identities__is_us=True).with_seen_at(user)
    rows = list(found.order_by(F("seen_at").desc(nulls_last=True), "-pk")[:MOST_OFFERED])
    accounts = Identity.objects.visible_to(user).filter(member__in=rows).exclude(handle="")
    handles = dict(accounts.order_by("-pk").values_list("member", "handle"))
    notes = {pk: f"@{handle}" for pk, handle in handles.items()}
    return [
        {"id": row.pk, "name": str(row), "note": notes.get(row.pk) or row.place} for row in rows
    ]
