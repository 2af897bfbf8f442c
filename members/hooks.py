"""What a higher app wants to hear from this one: explicit lists, filled in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class TagUse:
    """Something that carries tags. `rows`: the model of its join rows, with a foreign key `tag` and
    one named `of` to what is tagged. `visible`: given a User, the join rows on what they may see.
    """

    rows: Any
    of: str
    visible: Callable[[Any], Any]


@dataclass(frozen=True)
class MailLine:
    """A row of Today in a mail: about whom, what is to be done, what else helps, and where."""

    who: str
    what: str
    note: str
    link: str


@dataclass(frozen=True)
class TodaySection:
    """A part of Today. `rows`: given a User and whether it is about the whole team, at most `most`
    + 1 rows, the most pressing first; `template` shows one as `row`. `more`: given the same, where
    all of them are, or "". `empty` says what was looked at. `line`: a row as the morning mail says
    it; None where it stands on the page alone. `is_due`: the mail is sent for it; else it stands
    in one that is sent for another; or a function that says so of a row. `planned`: a FollowUpKind;
    open ones that are due stand above the other rows, and the mail is sent for them. `together`:
    given the same and how many at most, by slug, the rows of all sections that have this function,
    in fewer queries. `is_shared`: the rows are the same for one and for the team."""

    slug: str
    title: Any
    hint: Any
    empty: Any
    template: str
    rows: Callable[[Any, bool, int], list[Any]]
    more: Callable[[Any, bool], str] = lambda user, of_team: ""
    line: Callable[[Any], MailLine] | None = None
    is_due: bool | Callable[[Any], bool] = True
    most: int = 20  # rows on the page
    planned: str = ""
    together: Callable[[Any, bool, dict[str, int]], dict[str, list[Any]]] | None = None
    is_shared: bool = False
    place: int = 100  # the lower, the higher on the page


@dataclass(frozen=True)
class GlanceLine:
    """What the top of a member's page and the pane beside a conversation say in a line: a `label`
    such as “Next event”, what it is, with where it leads, and a `note` in small."""

    label: str
    words: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class GlanceFacts:
    """Where such lines come from. `columns`: given a reference to a member's id, an array of JSON
    objects for each of `names`, which is read with the member or their accounts; it is the same for
    every reader who sees the member. `lines`: given these arrays by name."""

    names: tuple[str, ...]
    columns: Callable[[Any], dict[str, Any]]
    lines: Callable[[dict[str, list[dict[str, Any]]]], list[GlanceLine]]


@dataclass(frozen=True)
class HandoverSection:
    """What a teammate looks after. `rows`: given them, the reader and how many at most, what the
    reader may see of it; `template` shows one as `row`. `move`: given them, who takes it, who does
    it, and the group of the actions, gives all of it to the other by a verb that can be undone;
    None for what is only shown."""

    slug: str
    title: Any
    empty: Any
    template: str
    rows: Callable[[Any, Any, int], list[Any]]
    move: Callable[[Any, Any, Any, Any], Any] | None = None
    place: int = 100


@dataclass(frozen=True)
class BondContribution:
    """A reason why a teammate knows a member, worth `weight` points on its day. `sql`: a select of
    each, with the columns member_id, user_id, at, scope, label and link, for the members with ids
    in `%(members)s::bigint[]`; what stands there is for the whole team but for its scope.
    `counted`: the column of Bond that counts them, or "". `touched`: a select of the ids of members
    for whom lines of the log about others, with an id above `%(after)s`, change something."""

    slug: str
    words: Any
    weight: float
    sql: str
    counted: str = ""
    touched: str = ""


@dataclass(frozen=True)
class Thing:
    """Something of a higher app that another one may refer to by its key, such as
    "conversation:42". `scope`: where it stands ("source:3"), which is who may see it."""

    key: str
    title: str
    url: str
    scope: str


@dataclass(frozen=True)
class ConversationMenu:
    """An entry of a conversation's menu. `right`: the property of User that says who has it;
    `address`: given the conversation's key, where its choices are fetched from. `ties`: given a
    User, an expression over conversations: an array of what they may see of what a conversation
    is tied to already, as JSON with "pk" and "title"; `url`: where such a "pk" is."""

    slug: str
    label: Any
    icon: str
    shortcut: str
    right: str
    address: Callable[[str], str]
    ties: Callable[[Any], Any]
    url: Callable[[int], str]


class NotReached(Exception):
    """Somebody who can't be written to: a sentence that says why."""


@dataclass(frozen=True)
class Place:
    """Where somebody can be written to: "conversation:42", and what it is called on screen."""

    key: str
    name: str


@dataclass(frozen=True)
class WayToReach:
    """A way to write to many people, each for themselves. `places`: given a User who writes and
    ids of members, by id where each of them is written to, as far as there is a place that this
    user may write in. `send`: given the User, the id of the member, the key of a place and the text
    in Markdown, puts it on its way, in the caller's transaction; NotReached where it can't be.
    `may`: whether this user may write that way at all."""

    slug: str
    label: Any
    may: Callable[[Any], bool]
    places: Callable[[Any, list[int]], dict[int, Place]]
    send: Callable[[Any, int, str, str], None]


glance_facts: list[GlanceFacts] = []  # of higher apps
today_sections: list[TodaySection] = []  # of this app and higher ones
handover_sections: list[HandoverSection] = []  # of this app and higher ones
bond_contributions: list[BondContribution] = []  # of this app and higher ones
tag_uses: list[TagUse] = []  # of higher apps
# The scopes that are the team's own places ("source:3"); who was seen in none is an outsider
our_places: list[Callable[[], list[str]]] = []
ways_to_reach: list[WayToReach] = []  # of higher apps, besides mail
# Given a member and the User who is about to write to them, or None: why not, as a sentence, or ""
contact_guards: list[Callable[[Any, Any], str]] = []
# Called with the id of a member who became staff, or stopped being one.
on_staff_changed: list[Callable[[int], None]] = []


# An expression for lines of the log: the title of the conversation that `link` leads to, or null.
thread_title: list[Callable[[], Any]] = []
# Given a User, the scopes they may see: rows with `as_scope` and `name`.
scope_names: list[Callable[[Any], Any]] = []

# Given a network ("discourse:forum.example"), what people call it.
network_names: list[Callable[[str], str]] = []


# Given a User and keys of what people write in ("conversation:42"), by key as far as the user may
# see it: the members who wrote there, without teammates and bots, each with when they did first.
authors_of: list[Callable[[Any, list[str]], dict[str, dict[int, datetime]]]] = []
# Given a User and a key, the Thing where they may see it; None for a key of another app.
things: list[Callable[[Any, str], Thing | None]] = []
# Of conversations: what other apps than `inbox` do with one.
conversation_menu: list[ConversationMenu] = []

# Given keys of lines of the log, what the member did by each: {"message:42": "answered “Tuning”"}.
deeds: list[Callable[[list[str]], dict[str, str]]] = []


def what_was_done(keys: Iterable[str]) -> dict[str, str]:
    """Of those lines that an app knows more of than they say."""
    wanted, found = list(keys), dict[str, str]()
    for words_of in deeds if wanted else ():
        found |= words_of(wanted)
    return found


def who_wrote_in(user: Any, keys: Iterable[str]) -> dict[str, dict[int, datetime]]:
    """Of those keys that an app knows, as in `authors_of`."""
    wanted, found = list(keys), dict[str, dict[int, datetime]]()
    for authors in authors_of if wanted else ():
        found |= authors(user, wanted)
    return found


def glance_columns(member: Any) -> dict[str, Any]:
    """Of all apps, for annotate(); `member`: a reference to an id."""
    return {name: it for facts in glance_facts for name, it in facts.columns(member).items()}


def has_glance_columns(row: Any) -> bool:
    return all(name in vars(row) for facts in glance_facts for name in facts.names)


def glance_lines(row: Any) -> list[GlanceLine]:
    """`row`: what was annotated with glance_columns()."""
    return [line for facts in glance_facts for line in facts.lines(vars(row))]


def thing(user: Any, key: str) -> Thing | None:
    """What a key means, for a reader who may see it."""
    found = (of_app(user, key) for of_app in things) if key else iter(())
    return next((it for it in found if it), None)


def scopes_of_our_places() -> list[str]:
    return [scope for scopes in our_places for scope in scopes()]


def network_name(network: str) -> str:
    """The network itself where no app knows better."""
    return next((name_of(network) for name_of in network_names), network)


def staff_changed(member_id: int) -> None:
    """Who owes an answer changes with it."""
    for hear in on_staff_changed:
        hear(member_id)
