"""The operators of one thing that can be listed, and how a query of them becomes a Q.

Which operators there are is said by the apps: each registers its own when it is ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from difflib import get_close_matches
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from community_hub.lib.text import one_line

from . import syntax
from .mistakes import SHOWN, Mistake
from .parser import read_query, refuse_no_value
from .tree import And, Node, Not, Operator, Or, Query, Term

Text = str | Promise
NAME = re.compile(r"[a-z][a-z0-9_-]*")
NEXT_WORD = re.compile(r"\s+((?!or\b)[^\s()\"“”„:-][^\s()\"“”„:]*)(?=[\s)]|\Z)", re.IGNORECASE)
EVERY_ROW = ~Q(pk__in=[])  # a Q() of its own would vanish when it is negated


@dataclass(frozen=True)
class Context:
    """Who asks, when (aware), and in which timezone a day begins: the hub's. `is_negated`: for the
    rows that do not fulfil a condition, which may be found more quickly another way."""

    user: Any
    now: datetime
    timezone: tzinfo
    is_negated: bool = False


Words = Callable[[Term, Context], Q]
Elsewhere = Callable[[str], tuple[str, Text] | None]


@dataclass(frozen=True, kw_only=True)
class OperatorDefinition:
    """One operator of one language.

    `build` gives the Q of a value. It gets the value without quotes, and one of `values` in lower
    case where these are fixed; it may raise `Mistake(sentence, instead=better)`. The Q must be
    one over the row itself, true or false for every row: for other rows that belong to it take
    `Exists(...)` or `pk__in=...`, never two conditions over one joined table, and mind null in
    what is annotated. Only then does `-` in front of it find exactly the rows that it does not.
    What the user may not see must count as if it were not there.

    `complete` gives at most ten (value, label) for what was typed so far, only of what the user
    may see. Operators with fixed `values` (value: label) need none.

    `example_for` gives an example of what this user may see, "" for none: then `example` is shown.

    `parts`: the operator stands for many, each named after a dot (field.size:XL); the grammar knows
    "field" alone as such.

    `refers_to`: what the values are names of, "tag", "source", "user", "organisation" or "event":
    saved queries follow when one of these is renamed. `means_others`: the values may be names of
    others as well, so that a beginning of a name is nobody's in particular.
    """

    name: str
    help: Text
    example: str
    build: Callable[[str, Context], Q]
    values: Mapping[str, Text] = field(default_factory=dict)
    complete: Callable[[Any, str], Iterable[tuple[str, Text]]] | None = None
    refers_to: str = ""
    means_others: bool = False
    example_for: Callable[[Any], str] | None = None
    parts: Parts | None = None


@dataclass(frozen=True)
class Parts:
    """`definition_of` gives the operator of a part in lower case, whether there is one or not:
    its `build` says so. It asks no database. `complete` gives at most ten (part, label)."""

    definition_of: Callable[[str], OperatorDefinition]
    complete: Callable[[Any, str], Iterable[tuple[str, Text]]]


@dataclass(frozen=True)
class HelpRow:
    """`values`: (value, label) of those that are fixed."""

    name: str
    help: str
    example: str
    values: tuple[tuple[str, str], ...]


class Language:
    """`words` gives the Q of a word or a phrase; a list without it can't be searched by them.
    `elsewhere` gives the kind and the label of another list that has an operator of this name."""

    def __init__(self, name: str, *, words: Words | None = None) -> None:
        self.name = name
        self.words = words
        self.elsewhere: Elsewhere = lambda name: None
        self._definitions: dict[str, OperatorDefinition] = {}

    def register(self, *definitions: OperatorDefinition) -> None:
        """Raises ValueError for a name that is taken or that nobody could type."""
        for definition in definitions:
            name = definition.name
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} can't be the name of an operator.")
            if name in self._definitions:
                raise ValueError(f"{self.name} has an operator named {name!r} already.")
            if any(value != value.lower() for value in definition.values):
                raise ValueError(f"The fixed values of {name!r} are written in lower case.")
            self._definitions[name] = definition

    def add_values(
        self, name: str, values: Mapping[str, Text], build: Callable[[str, Context], Q]
    ) -> None:
        """More fixed values of an operator that an app below has registered; `build` is of these.
        Raises ValueError for one that is there."""
        known = self._definitions[name]
        if known.values.keys() & values.keys():
            raise ValueError(f"{name!r} has one of these values already.")

        def of_either(value: str, context: Context) -> Q:
            return build(value, context) if value in values else known.build(value, context)

        self._definitions[name] = replace(known, values={**known.values, **values}, build=of_either)

    @property
    def definitions(self) -> tuple[OperatorDefinition, ...]:
        """In the order they were registered."""
        return tuple(self._definitions.values())

    def get(self, name: str) -> OperatorDefinition | None:
        whole, _dot, part = name.partition(".")
        definition = self._definitions.get(whole)
        if not part:
            return definition
        return definition.parts.definition_of(part) if definition and definition.parts else None

    def help(self, user: Any = None) -> list[HelpRow]:
        """With examples of what this user may see, where an operator has some."""
        return [
            HelpRow(
                it.name,
                str(it.help),
                (it.example_for(user) if user and it.example_for else "") or it.example,
                tuple((value, str(label)) for value, label in it.values.items()),
            )
            for it in self.definitions
        ]

    def parse(self, text: str) -> Query:
        """As the function parse(), and every operator and fixed value is a known one. Raises
        Mistake. No database is asked."""
        query = read_query(text)
        for operator in query.operators:
            self._definition(query.text, operator)
        return query

    def q(self, query: Query, context: Context, *, words: Words | None = None) -> Q:
        """One Q of a query, or of a part that split() gave. `words` stands in for the language's
        own. Raises Mistake, with its place, for a value that can't be looked for."""
        return self._q(query, query.tree, context, words or self.words)

    def mistakes(self, text: str, context: Context) -> list[Mistake]:
        """All of what a query asks for that can't be looked for, in the order of the text; where
        the text can't be read, what is said of that alone."""
        try:
            query = read_query(text)
        except Mistake as mistake:
            return [mistake]
        found = []
        for leaf in query.leaves:
            try:
                self._q(query, leaf, context, self.words)
            except Mistake as mistake:
                found.append(mistake)
        return found

    def referring_to(self, what: str, *, alone: bool = False) -> list[str]:
        """The names of the operators whose values are names of this, see `refers_to`; `alone`: and
        of nothing else."""
        every = [it for it in self.definitions if it.refers_to == what]
        return [it.name for it in every if not (alone and it.means_others)]

    def _q(self, query: Query, node: Node, context: Context, words: Words | None) -> Q:
        if isinstance(node, And | Or):
            parts = [self._q(query, part, context, words) for part in node.parts]
            return Q(*parts or [EVERY_ROW], _connector=Q.AND if isinstance(node, And) else Q.OR)
        if isinstance(node, Not):
            other = replace(context, is_negated=not context.is_negated)
            return ~self._q(query, node.part, other, words)
        if isinstance(node, Operator):
            definition = self._definition(query.text, node)
            value = node.value.lower() if definition.values else node.value
            try:
                return definition.build(value, context) or EVERY_ROW
            except Mistake as mistake:
                meant = _with_next_word(definition, query.text, node, context)
                raise meant or _placed(mistake, query.text, node) from None
        if words is None:
            said = _("This list is searched by operators only, such as “%(example)s”.")
            example = next((it.example for it in self.definitions), "name:value")
            raise Mistake(said % {"example": example}, node.start, node.end)
        return words(node, context) or EVERY_ROW

    def _definition(self, text: str, operator: Operator) -> OperatorDefinition:
        definition = self.get(operator.name)
        if definition is None:
            raise self._unknown(text, operator)
        refuse_no_value(text, operator)
        value = operator.value.lower()
        if definition.values and value not in definition.values:
            known = ", ".join(definition.values)
            like = _close(value, definition.values)
            if like:
                said = _("“%(typed)s” is not known: did you mean “%(like)s”? There are: %(known)s.")
            else:
                said = _("“%(typed)s” is not known. There are: %(known)s.")
            typed = one_line(f"{operator.name}:{operator.value}", SHOWN)
            meant = f"{operator.name}:{like}"
            sentence = said % {"typed": typed, "like": meant, "known": known}
            raise _placed(Mistake(sentence, instead=like), text, operator)
        return definition

    def _unknown(self, text: str, operator: Operator) -> Mistake:
        start, end = operator.start, operator.end
        other = self.elsewhere(operator.name)
        if other:
            said = _("“%(name)s:” belongs to %(list)s.")
            words = {"name": operator.name, "list": str(other[1]).lower()}
            return Mistake(said % words, start, end, elsewhere=other[0])
        like = _close(operator.name, self._definitions)
        if like:
            said = _("“%(name)s:” is not known: did you mean “%(like)s:”?")
            name_end = text.index(":", start)
            corrected = text[:start] + like + text[name_end:]
        else:
            said = _("“%(name)s:” is not known. To search for it as text, put it in quotes.")
            corrected = text[:start] + syntax.in_quotes(text[start:end]) + text[end:]
        return Mistake(
            said % {"name": one_line(operator.name, SHOWN), "like": like}, start, end, corrected
        )


def _close(typed: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(typed, list(known), n=1)), "")


def _with_next_word(
    definition: OperatorDefinition, text: str, operator: Operator, context: Context
) -> Mistake | None:
    """The value needs quotes with the word that follows it: before:last week."""
    following = NEXT_WORD.match(text, operator.end)
    if following is None or operator.end - operator.value_start != len(operator.value):
        return None  # there is no such word, or there are quotes
    meant = f"{operator.value} {following[1]}"
    try:
        definition.build(meant, context)
    except Mistake:
        return None
    written = f"{operator.name}:{syntax.in_quotes(meant)}"
    said = _("A value with a space needs quotes: %(written)s.")
    corrected = text[: operator.value_start] + syntax.in_quotes(meant) + text[following.end() :]
    return Mistake(
        said % {"written": one_line(written, SHOWN)}, operator.start, following.end(), corrected
    )


def _placed(mistake: Mistake, text: str, operator: Operator) -> Mistake:
    """Where the operator stands, with the query corrected by the value that was meant."""
    corrected = ""
    if mistake.instead:
        rest = text[operator.end :]
        corrected = text[: operator.value_start] + syntax.quoted(mistake.instead, rest) + rest
    return Mistake(mistake.sentence, operator.start, operator.end, corrected)
