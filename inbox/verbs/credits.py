"""A member answered another: somebody of us confirms it. The answer stands in their log as a
credit, and what it answers waits no more."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Conversation, Kind, Message
from members import credits
from members.follow_up_verbs import NotPossible, Origin, plan
from members.follow_ups import today
from members.models import FollowUpKind
from members.stage_rule import promote, take_back
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import trail_words, triage
from .state_changes import add_event_lines, announce

ON = "inbox.conversation"


@one_by_one
def _undo_credit(action: Action, by: User) -> bool:
    """Not where the answer was deleted since, or the credit removed."""
    pk = action.after["message"]
    if not Message.objects.filter(pk=pk, credited_at__isnull=False).update(credited_at=None):
        return False
    credits.forget([pk])
    for move in action.after["raised"]:
        take_back(move)
    _after_undo(action)
    return True


@verb(
    "credit",
    on=ON,
    right="can_triage",
    words=gettext_lazy("credited a member’s answer in %(object)s"),
    undo=_undo_credit,
    lead_may_undo=True,
    details=trail_words.credited,
)
def credit(message: Message, *, by: User) -> Changes:
    """Nothing changes where a colleague was quicker. What waits for this answer is done; a mention
    that is newer keeps waiting. Raises NotPossible."""
    with transaction.atomic():
        row = _locked(message)
        check(row)
        if row.credited_at:
            return Changes()
        conversation = row.conversation
        Message.objects.filter(pk=row.pk).update(credited_at=timezone.now())
        _write(row, by)
        facts = _facts(row)
        raised = [move.as_json() for move in promote([facts["member"]])]
        changes = actions.record("credit", [conversation], by=by, after={**facts, "raised": raised})
        _add_line("credit", row, changes, by)
        closed = _close_what_it_answers(row, changes, by)
        announce([conversation])
    return Changes(changes.group, [*changes.actions, *closed.actions])


@one_by_one
def _undo_uncredit(action: Action, by: User) -> bool:
    row = Message.objects.filter(pk=action.before["message"], deleted_at__isnull=True)
    if not row.filter(credited_at__isnull=True).update(credited_at=timezone.now()):
        return False
    _write(_with_author(action.before["message"]), action.by or by)
    promote([action.before["member"]])
    _after_undo(action)
    return True


@verb(
    "uncredit",
    on=ON,
    right="can_triage",
    words=gettext_lazy("removed the credit for an answer in %(object)s"),
    undo=_undo_uncredit,
    lead_may_undo=True,
    details=trail_words.credited,
)
def uncredit(message: Message, *, by: User) -> Changes:
    """The conversation stays as it is."""
    with transaction.atomic():
        row = _locked(message)
        if not row.credited_at:
            return Changes()
        Message.objects.filter(pk=row.pk).update(credited_at=None)
        credits.forget([row.pk])
        changes = actions.record("uncredit", [row.conversation], by=by, before=_facts(row))
        _add_line("uncredit", row, changes, by)
        announce([row.conversation])
    return changes


def thank(message: Message, *, by: User) -> Changes:
    """A follow-up for whoever asks for it, due today. Raises NotPossible, also where they are
    thanked for this answer already."""
    author = message.author
    if author is None or not message.credited_at:
        raise NotPossible(_("Credit the answer first."))
    if credits.are_thanked(author.member, message.pk, message.sent_at):
        raise NotPossible(_("They’re thanked for this already."))
    said = _("Thank them for their answer")
    origin = Origin(
        key=credits.key_of(message.pk), scope=message.conversation.source.scope,
        place=str(message.conversation), link=link_of(message),
    )  # fmt: skip
    return plan(author.member, said, today(), by=by, kind=FollowUpKind.THANKS, origin=origin)


# What may be credited -----------------------------------------------------------------------------


def check(message: Message) -> None:
    """NotPossible for what is no answer of a member to another."""
    author = message.author
    if message.kind != Kind.INBOUND or message.deleted_at:
        raise NotPossible(_("Only what a member wrote here can be credited."))
    if author is None:
        raise NotPossible(_("The platform doesn’t say who wrote this."))
    if author.is_us or author.member.user_id or author.member.is_bot:
        raise NotPossible(_("Only members are credited, not teammates or bots."))
    if not asked_by_another(message):
        raise NotPossible(_("Only an answer to another member can be credited."))


def asked_by_another(message: Message) -> bool:
    """Somebody else of the community asked above it, or wrote what it replies to."""
    said = message.conversation.messages.filter(kind=Kind.INBOUND)
    first = said.order_by("sent_at", "pk").values("pk")[:1]
    asks = ~Q(mention_reason="") | Q(pk__in=first) | Q(pk=message.parent_id)
    above = said.filter(asks, sent_at__lte=message.sent_at).exclude(pk=message.pk)
    team = Q(author__is_us=True) | Q(author__member__user__isnull=False)
    others = above.exclude(team | Q(author__member__is_bot=True))
    member = message.author.member_id if message.author else None
    return others.filter(Q(author__isnull=True) | ~Q(author__member=member)).exists()


# Below the verbs ----------------------------------------------------------------------------------


def _locked(message: Message) -> Message:
    Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    return _with_author(message.pk)


def _with_author(pk: int) -> Message:
    related = ("conversation__source", "conversation__channel", "author__member")
    return Message.objects.select_related(*related).get(pk=pk)


def _facts(message: Message) -> dict[str, int]:
    assert message.author
    return {"message": message.pk, "member": message.author.member_id}


def _write(message: Message, by: User) -> None:
    conversation, author = message.conversation, message.author
    assert author
    names = [conversation.source.name, conversation.channel.name if conversation.channel else ""]
    credits.write(
        member=author.member_id, identity=author.pk, message=message.pk, at=message.sent_at,
        subject=conversation.subject, actor=by.pk, scope=conversation.source.scope,
        where=" · ".join(filter(None, names)), link=link_of(message),
    )  # fmt: skip


def link_of(message: Message) -> str:
    return f"/conversations/{message.conversation_id}/#message-{message.pk}"


def _close_what_it_answers(message: Message, changes: Changes, by: User) -> Changes:
    """Where the wait began before it. Asks that are newer than the answer wait on."""
    conversation = message.conversation
    if conversation.waiting_since is None or message.sent_at < conversation.waiting_since:
        return Changes()
    asks = conversation.messages.filter(kind=Kind.INBOUND).exclude(mention_reason="")
    found = asks.aggregate(
        answered=Max("pk", filter=Q(sent_at__lte=message.sent_at)),
        newer=Min("pk", filter=Q(sent_at__gt=message.sent_at, pk__gt=conversation.handled_up_to)),
    )
    up_to = max(message.pk, found["answered"] or 0)
    if found["newer"]:
        up_to = min(up_to, found["newer"] - 1)
    return triage.close([conversation], seen_up_to=up_to, by=by, group=changes.group)


def _add_line(name: str, message: Message, changes: Changes, by: User) -> None:
    facts = {"action": changes.actions[0].pk, "message": message.pk}
    add_event_lines([message.conversation], name, by=by, facts=[facts])


def _after_undo(action: Action) -> None:
    """The line goes that said it in the thread, and whoever has it open sees so."""
    lines = Message.objects.filter(conversation=action.object_id, kind=Kind.EVENT)
    lines.filter(event__action=action.pk).delete()
    announce(Conversation.objects.filter(pk=action.object_id))
