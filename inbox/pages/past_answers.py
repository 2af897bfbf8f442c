"""Past answers as they are offered beside a reply: what the team answered to similar words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from community_hub.lib.language_names import code_of
from inbox.models import Conversation, Delivery, Message
from inbox.models.message import CLOSED
from inbox.search import past_answers as search
from inbox.search.excerpts import Piece, Sought, excerpt
from inbox.search.fillers import telling_only
from inbox.search.past_answers import Match
from inbox.search.terms import Term, terms_of
from inbox.variables import first_word
from members.models import Identity

from .answer_text import ReadyText, names_of, ready_for
from .near_duplicates import are_near_duplicates, words_of
from .pictures import body_with_links

if TYPE_CHECKING:
    from inbox.models.message import MessageQuerySet
    from team.models import User

SHOWN = 8
READ = 1_500  # characters of a text that an excerpt is taken from
MOST_ASKED = 5  # messages of whoever is answered
ALIKE = 0.35  # of the best rank: what is less alike is not offered
MANY_TERMS = 6  # of a message: one alone in common is no likeness then
MOST_MARKED = 10  # words of an excerpt
MOST_WRITERS = 200  # messages of a conversation by whose authors names are known


@dataclass(frozen=True)
class PastAnswer:
    """`question`: the message that it answered. `said`, `asked`: the part of each that has the
    words that were looked for, with these marked, as HTML. `times`: how many of the answers that
    were found say nearly the same; this is the newest of them."""

    reply: Message
    question: Message
    said: str = ""
    asked: str = ""
    times: int = 1
    text: ReadyText | None = None  # where it is read as a whole

    @property
    def who(self) -> str:
        """ "" where it is the team and the hub does not know which of us."""
        if self.reply.by:
            return str(self.reply.by)
        author = self.reply.author if not self.reply.is_ours else None
        return str(author.member) if author else ""

    @property
    def answer_body(self) -> SafeString:
        return body_of(self.reply)

    @property
    def question_body(self) -> SafeString:
        return body_of(self.question)

    @property
    def where(self) -> Conversation:
        return self.reply.conversation


@dataclass(frozen=True)
class PastAnswers:
    """`is_bounded`: of older answers, only some were looked at."""

    rows: list[PastAnswer] = field(default_factory=list)
    is_bounded: bool = False

    @property
    def note(self) -> str:
        if not self.is_bounded:
            return ""
        said = _("Searched the newest %(most)s answers, and older ones with rare words in common.")
        return said % {"most": f"{search.MOST:,}"}


def similar(
    conversation: Conversation, user: User, *, to: Message | None = None, words: str = ""
) -> PastAnswers:
    """The best first, of those that say nearly the same the newest. `to`: the message that is
    answered, where it was picked; `words`: what was typed to find one, whatever is answered. Raises
    TooLong."""
    if words.strip():
        typed = typed_terms(words)
        found = search.similar([], typed, conversation, user)
        return PastAnswers(rows_of(found.matches, user), found.is_bounded)
    asked = to or conversation.answerable()
    language = asked.language if asked else ""
    question = telling_only(terms_of(said_by_asker(conversation, asked), language))
    found = search.similar(question, [], conversation, user, code_of(language))
    few = 2 if len(question) >= MANY_TERMS else 1
    close = [match for match in found.matches if len(match.terms) >= few]
    best = close[0].rank if close else 0.0
    return PastAnswers(
        rows_of([match for match in close if match.rank >= best * ALIKE], user), found.is_bounded
    )


def said_by_asker(conversation: Conversation, asked: Message | None) -> str:
    """The subject, and what they have said since."""
    if asked is None:
        return conversation.subject
    theirs = conversation.messages.filter(
        kind="inbound", deleted_at=None, author=asked.author, sent_at__gte=asked.sent_at
    )
    later = theirs.exclude(pk=asked.pk).in_order().values_list("body_text", flat=True)
    bodies = [asked.body_text, *later[:MOST_ASKED]] if asked.author_id else [asked.body_text]
    return "\n".join([conversation.subject, *bodies])


def typed_terms(words: str) -> list[Term]:
    """Stop words count only where nothing else was typed; the last word may be begun."""
    found = terms_of(words, "")
    told = [term for term in found if not term.is_stop] or found
    if told and words[-1:].strip() and told[-1] == found[-1] and len(told[-1].words) == 1:
        told[-1] = told[-1].begun()
    return told


def rows_of(matches: Sequence[Match], user: User) -> list[PastAnswer]:
    """What a row shows: one query. Those that are not to be seen any more are left out."""
    pks = [pk for match in matches for pk in (match.reply, match.question)]
    seen = with_people(Message.objects.visible_to(user).filter(pk__in=pks, deleted_at=None))
    known = {
        message.pk: message
        for message in seen.annotate(beginning=Left("body_text", READ)).defer(
            "body_html", "body_source", "body_text"
        )
    }
    rows = []
    for group in grouped(matches, known)[:SHOWN]:
        match = max(group, key=lambda match: (known[match.reply].sent_at, match.reply))
        reply, question = known[match.reply], known[match.question]
        wanted = [Sought(term.words, term.is_begun) for term in match.terms[:MOST_MARKED]]
        said = with_marks(excerpt(reply.beginning, wanted, reply.language))
        asked = with_marks(excerpt(question.beginning, wanted, question.language))
        rows.append(PastAnswer(reply, question, said, asked, len(group)))
    return rows


def grouped(matches: Sequence[Match], known: dict[int, Any]) -> list[list[Match]]:
    """Replies that say nearly the same together, in the order of the best of each group. A reply
    is one, however many questions it answered."""
    groups: list[tuple[frozenset[str], list[Match]]] = []
    seen = set()
    for match in matches:
        reply, question = known.get(match.reply), known.get(match.question)
        if reply is None or question is None or match.reply in seen:
            continue
        seen.add(match.reply)
        words = words_of(reply.beginning, without=greeted(question))
        group = next((of for like, of in groups if are_near_duplicates(like, words)), None)
        if group is None:
            groups.append((words, [match]))
        else:
            group.append(match)
    return [group for _words, group in groups]


def greeted(question: Message) -> frozenset[str]:
    """Words of the names of whoever asked."""
    names = names_of(question.author) if question.author else []
    return words_of(" ".join(names)) if names else frozenset()


def with_marks(pieces: Sequence[Piece]) -> SafeString:
    marked = ("<mark>{}</mark>" if piece.is_found else "{}" for piece in pieces)
    shown = (format_html(how, piece.text) for how, piece in zip(marked, pieces, strict=True))
    return format_html_join("", "{}", ((one,) for one in shown))


def readable(user: User) -> MessageQuerySet:
    """The team's answers that may be read as past ones: they have arrived, in the open."""
    on_its_way = Exists(Delivery.objects.filter(message=OuterRef("pk")).exclude(state="sent"))
    colleague = Q(author__member__user__isnull=False, author__member__is_bot=False)
    ours = Q(kind="outbound") | Q(kind="inbound") & (colleague | Q(author__is_us=True))
    seen = Message.objects.visible_to(user).filter(ours, ~on_its_way, deleted_at=None)
    return with_people(seen.exclude(visibility__in=CLOSED))


def load(
    conversation: Conversation, user: User, pk: int, *, to: Message | None = None
) -> PastAnswer | None:
    """One of them as a whole, with its text as it would be sent here; None where it is none."""
    reply = readable(user).exclude(conversation=conversation.pk).filter(pk=pk).first()
    question = question_of(reply, user) if reply else None
    if reply is None or question is None:
        return None
    asked = to or conversation.answerable()
    new = asked.author if asked else None
    text = ready_for(
        reply, question.author, new, members_there(reply.conversation), signed_by(reply, user)
    )
    return PastAnswer(reply, question, text=text)


def signed_by(reply: Message, user: User) -> list[str]:
    """The names of the colleague who wrote it, unless that is this user."""
    writer = reply.by or (reply.author and reply.author.member.user)
    if writer == user:
        return []
    member = reply.author.member.name if reply.author else ""
    names = [writer.name, writer.first_name] if writer else [member, first_word(member)]
    return [name for name in names if name]


def members_there(conversation: Conversation) -> QuerySet[Identity]:
    """Who wrote there lately, without the team."""
    lately = conversation.messages.filter(kind="inbound", author__isnull=False)
    newest = lately.order_by("-sent_at", "-pk").values("author")[:MOST_WRITERS]
    members = Identity.objects.filter(pk__in=newest, is_us=False, member__user=None)
    return members.select_related("member").order_by("pk")


def question_of(reply: Message, user: User) -> Message | None:
    """What it answered: its parent, or where that is none of a member's, the last thing that a
    member had said. As the search has it."""
    theirs = Message.objects.visible_to(user).filter(kind="inbound", deleted_at=None)
    theirs = with_people(theirs.exclude(visibility__in=CLOSED)).exclude(
        Q(author__is_us=True) | Q(author__member__user__isnull=False, author__member__is_bot=False)
    )
    if reply.parent_id and (parent := theirs.filter(pk=reply.parent_id).first()):
        return parent
    before = Q(sent_at__lt=reply.sent_at) | Q(sent_at=reply.sent_at, pk__lt=reply.pk)
    there = theirs.filter(before, conversation=reply.conversation_id)
    return there.order_by("-sent_at", "-pk").first()


def body_of(message: Message) -> SafeString:
    """Behind its content warning, where it has one."""
    body = body_with_links(message)
    if not message.content_warning:
        return body
    said = "<details><summary>{}</summary>{}</details>"
    return format_html(said, message.content_warning, body)


def with_people(messages: MessageQuerySet) -> MessageQuerySet:
    return messages.select_related("by", "author__member", "conversation__source")
