"""What a query asks of messages and what of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from community_hub.lib.query import (
    And,
    Context,
    Language,
    Node,
    Not,
    Operator,
    Or,
    Query,
    has_sequence,
    leaves,
    parts,
    query_of,
    searchable,
)
from inbox.conditions import any_message
from inbox.filters import CONVERSATIONS, MESSAGES, OF_BOTH, OF_MESSAGES

from .in_conversations import words_in_conversation

PEOPLE = {"from", "to"}  # operators that say who wrote a message, or whom it answered
DATES = {"before", "after", "on"}  # operators that say when a message was sent


@dataclass(frozen=True)
class Plan:
    """`words`: what a message must say, None where nothing is looked for by words. `message`: what
    else must be so of that message, `sent` of it what is said of its date alone. `conversation`:
    what must be so of its conversation. `said`: what must be said there or not be said, where
    there are words and none to look for, as in `-clock` and `clock or is:open`. `any_message`: what
    one message of the conversation must be, where there are no words, as in `from:ines`.
    `by_somebody`: with words, messages by or to a person, who wrote few more often than not."""

    query: Query
    words: Query | None
    message: Q
    conversation: Q
    sent: Q = field(default_factory=Q)
    said: Q = field(default_factory=Q)
    any_message: Q = field(default_factory=Q)
    by_somebody: bool = False

    @property
    def sequences(self) -> Query | None:
        """What of the words the full-text index cannot tell alone."""
        if self.words is None:
            return None
        return query_of(self.words, [it for it in parts(self.words.tree) if has_sequence(it)])


def plan(text: str, context: Context) -> Plan:
    """Raises Mistake. With words, whatever is said of messages must hold for one and the same, the
    one that has the words. Without words, what is said of messages and not negated must hold for
    any one message of the conversation."""
    query = searchable(CONVERSATIONS.parse(text))
    every = list(parts(query.tree))
    words = [part for part in every if not any(isinstance(it, Operator) for it in leaves(part))]
    if any(map(looks_for_words, words)):
        kinds = OF_MESSAGES | OF_BOTH
        said = [part for part in every if part not in words and mentions(part, kinds)]
        rest = [part for part in every if part not in words and part not in said]
        return Plan(
            query,
            query_of(query, words),
            condition(MESSAGES, query, said, context),
            condition(CONVERSATIONS, query, rest, context),
            sent=condition(MESSAGES, query, list(filter(is_date, said)), context),
            by_somebody=any(isinstance(it, Operator) and it.name in PEOPLE for it in said),
        )
    said = [part for part in every if is_only_of_messages(part)]
    wordy = [part for part in every if part not in said and mentions(part, set())]
    rest = [part for part in every if part not in said and part not in wordy]
    conversation = condition(CONVERSATIONS, query, rest, context)
    message = condition(MESSAGES, query, said, context)
    if said:
        conversation &= any_message(message, context)
    among = condition(CONVERSATIONS, query, wordy, context)
    return Plan(query, None, Q(), conversation, said=among, any_message=message)


def condition(language: Language, query: Query, some: Sequence[Node], context: Context) -> Q:
    part = query_of(query, list(some))
    words = words_in_conversation if language is CONVERSATIONS else None
    return language.q(part, context, words=words) if part else Q()


def looks_for_words(node: Node) -> bool:
    """A word must be there, and not only be missing."""
    if isinstance(node, Not):
        return False
    if isinstance(node, And):
        return any(map(looks_for_words, node.parts))
    return all(map(looks_for_words, node.parts)) if isinstance(node, Or) else True


def mentions(node: Node, kinds: set[str]) -> bool:
    """Has a word, or an operator of these."""
    return any(not isinstance(it, Operator) or it.name in kinds for it in leaves(node))


def is_date(node: Node) -> bool:
    """Whatever it says is about when a message was sent."""
    return all(isinstance(it, Operator) and it.name in DATES for it in leaves(node))


def is_only_of_messages(node: Node) -> bool:
    if isinstance(node, And | Or):
        return all(map(is_only_of_messages, node.parts))
    return isinstance(node, Operator) and node.name in OF_MESSAGES
