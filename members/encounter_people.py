"""Who was there, as a form says it: members that were chosen, and names that somebody typed.

A name that one member has means that member; that of a teammate means the colleague; one that
nobody has is somebody new; of one that several have, a person has to say whom they mean. Four
queries at most, however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.utils.translation import gettext as _

from community_hub.lib.search_text import search_text
from community_hub.lib.text import number, one_line
from team.models import User

from .by_name import members_named
from .models import Identity, Member
from .models.member import BY_NAME

NEW, NAMED = "new:", "name:"  # before a name, in a token: somebody new, or whoever has that name
COLLEAGUE = "user:"  # before the id of a teammate
MOST_OFFERED = 6
MOST_COLLEAGUES = 3  # of these
MOST_READ = 1000  # tokens of a form
FEWEST = 2  # characters: a single one begins too many names


@dataclass(frozen=True)
class Chip:
    """One of those who were there, as the form shows them. `token` is sent with it."""

    token: str
    name: str
    is_new: bool = False
    is_colleague: bool = False


@dataclass
class People:
    members: list[Member] = field(default_factory=list)
    colleagues: list[User] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    unclear: dict[str, list[str]] = field(default_factory=dict)  # a name, and handles that have it

    @property
    def chips(self) -> list[Chip]:
        return [
            *(Chip(str(each.pk), str(each)) for each in self.members),
            *(
                Chip(f"{COLLEAGUE}{each.pk}", str(each), is_colleague=True)
                for each in self.colleagues
            ),
            *(Chip(NEW + name, name, is_new=True) for name in self.new),
        ]

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
    """`tokens`: ids of members, COLLEAGUE with an id, NEW and NAMED with a name; `typed`: names
    with commas between them, or handles with an @."""
    tokens = [*tokens, *(NAMED + name for name in typed.replace("\n", ",").split(","))][:MOST_READ]
    ids = [number(token) for token in tokens if number(token)]
    visible = Member.objects.visible_to(user).select_related("user")
    known = {member.pk: member for member in visible.filter(pk__in=ids)}
    named = _by_name(
        [token.removeprefix(NAMED) for token in tokens if token.startswith(NAMED)], user
    )
    team = _Team(user, tokens)
    found = People()
    for token in tokens:
        if member := known.get(number(token)):
            _put_member(found, member)
        elif token.startswith(COLLEAGUE):
            found.colleagues += team.of_token(token)
        elif token.startswith(NEW) and (name := _clean(token.removeprefix(NEW))):
            _put_new(found, name, team)
        elif token.startswith(NAMED) and (name := _clean(token.removeprefix(NAMED))):
            _put(found, name, named.get(_key(name), []), team)
    found.members = list(dict.fromkeys(found.members))
    found.colleagues = list(dict.fromkeys(found.colleagues))
    found.new = list(dict.fromkeys(found.new))
    return found


class _Team:
    """The colleagues whom tokens may mean; nothing is read where none can."""

    def __init__(self, user: User, tokens: Sequence[str]) -> None:
        names = (NEW, NAMED, COLLEAGUE)
        rows = User.objects.visible_to(user).order_by("-is_active", "pk")[:MOST_READ]
        mentioned = any(token.startswith(names) and token not in names for token in tokens)
        self.rows = list(rows) if mentioned else []
        self.named = {_key(row.name): row for row in reversed(self.rows) if row.is_active}

    def of_token(self, token: str) -> list[User]:
        pk = number(token.removeprefix(COLLEAGUE))
        return [row for row in self.rows if row.pk == pk]


def _put(found: People, name: str, having: list[tuple[Member, str]], team: _Team) -> None:
    members = list(dict.fromkeys(member for member, _handle in having))
    if len(members) == 1:
        _put_member(found, members[0])
    elif members:
        found.unclear[name] = [f"@{handle}" for _member, handle in having if handle][:MOST_OFFERED]
    elif name.startswith("@"):
        found.unclear[name] = []
    else:
        _put_new(found, name, team)


def _put_member(found: People, member: Member) -> None:
    if member.user:
        found.colleagues.append(member.user)
    else:
        found.members.append(member)


def _put_new(found: People, name: str, team: _Team) -> None:
    """Nobody new, where a colleague is called so."""
    if colleague := team.named.get(_key(name)):
        found.colleagues.append(colleague)
    else:
        found.new.append(name)


def _by_name(names: Iterable[str], user: User) -> dict[str, list[tuple[Member, str]]]:
    """Members with one of their handles, by the name or the handle that was typed."""
    keys = {_key(clean) for name in names if (clean := _clean(name))}
    found: dict[str, list[tuple[Member, str]]] = defaultdict(list)
    handles = [key[1:] for key in keys if key.startswith("@")]
    if handles:
        accounts = Identity.objects.visible_to(user).filter(handle__in=handles)
        for account in accounts.select_related("member__user"):
            found[f"@{account.handle}"].append((account.member, account.handle))
    if keys - {f"@{handle}" for handle in handles}:
        named = Member.objects.visible_to(user).select_related("user").annotate(by_name=BY_NAME)
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
    """Members whose names or handles begin so, those seen last first, no bots; below them
    colleagues, but for who asks."""
    words = typed.strip().removeprefix("@").split()
    if len("".join(words)) < FEWEST:
        return []
    members = members_named(words, user).filter(user__isnull=True, is_bot=False)
    members = members.exclude(identities__is_us=True).with_seen_at(user)
    rows = list(members.order_by(F("seen_at").desc(nulls_last=True), "-pk")[:MOST_OFFERED])
    accounts = Identity.objects.visible_to(user).filter(member__in=rows).exclude(handle="")
    handles = dict(accounts.order_by("-pk").values_list("member", "handle"))
    notes = {pk: f"@{handle}" for pk, handle in handles.items()}
    found: list[dict[str, object]] = [
        {"id": row.pk, "name": str(row), "note": notes.get(row.pk) or row.place} for row in rows
    ]
    for colleague in _colleagues_named(words, user):
        token = f"{COLLEAGUE}{colleague.pk}"
        found.append({"id": token, "name": str(colleague), "note": _("teammate")})
    return found


def _colleagues_named(words: Sequence[str], user: User) -> Iterable[User]:
    rows = User.objects.active().exclude(pk=user.pk).order_by("name", "pk")
    for word in words:
        rows = rows.filter(Q(name__istartswith=word) | Q(name__icontains=f" {word}"))
    return rows[:MOST_COLLEAGUES]
