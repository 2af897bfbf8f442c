"""What the team did after reading: stages, notes, tags, assignments, drafts, unread marks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from inbox.connectors.base import Person
from inbox.models import Conversation, Draft, ReadMark, SavedReply, Source
from inbox.verbs import credits as credit_verbs
from inbox.verbs import saved_replies, tags, triage, writing
from members import follow_up_verbs, follow_up_words, follow_ups, owner_verbs
from members import verbs as member_verbs
from members.models import (
    Activity,
    FollowUp,
    FollowUpState,
    Identity,
    Member,
    Stage,
)
from members.resolve import resolve
from sandbox.models import Account
from team.models import User

from . import personal, relationships
from .credits import CREDITED_ANSWERS, CreditedAnswer
from .follow_ups import FOLLOW_UPS
from .handled import HANDLED, HandledConversation
from .known_members import KNOWN_MEMBERS, KnownMember
from .saved_replies import SAVED_REPLIES
from .team import BO, COLLEAGUES, LENA, OWNER

Users = dict[str, User]
FORUM = "sandbox:forum"  # the network of the practice forum
DONE_FOR = timedelta(days=4)  # what was answered since is closed; the rest simply rests
STAGED = timedelta(days=21)  # when the team last thought about who stands how close
UNREAD_FOR = timedelta(hours=8)  # what came in since is still bold


def everything(sources: dict[str, Source], users: Users, waiting: dict[str, list[str]]) -> None:
    """`waiting` names, source by source, the conversations that the team still owes a reply."""
    for known in KNOWN_MEMBERS:
        remember(known, sources[known.site], users)
    for person in personal.PERSONS:
        personal.describe(member_called(sources["forum"], person.handle), person, users)
    close_the_rest(sources, users, waiting)
    for handled in HANDLED:
        handle(handled, sources[handled.site], users)
    plan_follow_ups(sources, users)
    for credited in CREDITED_ANSWERS:
        credit(credited, sources[credited.site], users)
    relationships.relate(users)
    mark_read(users)
    save_replies(users)


def introduce_staff(users: Users) -> None:
    """What Lena and Suri answer under their own names counts as the team's, and answering them
    is answering the team: the hub must know them before it reads their first post."""
    for key, colleague in COLLEAGUES.items():
        if not colleague.native or Member.objects.filter(user=users[key]).exists():
            continue
        account = Account.objects.get(site__slug="forum", handle=colleague.native)
        person = Person(
            external_id=str(account.pk),
            network=FORUM,
            handle=account.handle,
            display_name=account.name,
        )
        with transaction.atomic():
            (known,) = resolve([person]).values()
        member_verbs.link_user(Member.objects.get(pk=known.member_id), users[key], by=users[OWNER])


def remember(known: KnownMember, source: Source, users: Users) -> None:
    member = member_called(source, known.handle)
    by = users[LENA]
    if known.stage == Stage.CHAMPION:  # the others have theirs by what they did
        staged = member_verbs.set_stage(member, known.stage, by=by)
        backdate(member, STAGED, key=f"action:{staged.actions[0].pk}")
    about: dict[str, Any] = {
        "pronouns": known.pronouns,
        "place": known.place,
        "timezone": known.timezone,
        "languages": list(known.languages),
    }
    member_verbs.describe(member, by=by, **{name: value for name, value in about.items() if value})
    for tag in known.tags:
        member_verbs.tag(member, tag, by=by)
    if known.owner:
        owner_verbs.set_owner(member, users[known.owner], by=by)
    if known.backup:
        owner_verbs.set_backup(member, users[known.backup], by=by)
    for author, days, text in known.notes:
        noted = member_verbs.add_note(member, text, by=users[author])
        backdate(member, timedelta(days=days), pk=noted.actions[0].after["note"])


def backdate(member: Member, ago: timedelta, **line: Any) -> None:
    """A line of the log that was written a while ago, but not before the member's first words."""
    now = timezone.now()
    first = min(member.first_seen or now, now - timedelta(hours=1)) + timedelta(minutes=20)
    Activity.objects.filter(member=member, **line).update(occurred_at=max(first, now - ago))


def close_the_rest(sources: dict[str, Source], users: Users, waiting: dict[str, list[str]]) -> None:
    """What the team answered this week is done, and so are thanks that need no answer."""
    lately = Q(last_reply_at__gte=timezone.now() - DONE_FOR)
    for slug, source in sources.items():
        rest = Conversation.objects.open().of_source(source).exclude(external_id__in=waiting[slug])
        for conversation in rest.filter(lately | Q(waiting_since__isnull=False)):
            triage.close([conversation], by=users[BO], seen_up_to=conversation.last_message_id)


def handle(handled: HandledConversation, source: Source, users: Users) -> None:
    conversation = conversation_called(source, handled.begins)
    by = users[handled.assignee or BO]
    for tag in handled.tags:
        tags.tag([conversation], tag, by=by)
    if handled.note:
        writing.note(conversation, handled.note[1], by=users[handled.note[0]])
    if handled.assignee:
        triage.assign([conversation], users[handled.assignee], by=by)
    if handled.snooze_hours:
        triage.snooze([conversation], timezone.now() + timedelta(hours=handled.snooze_hours), by=by)
    if handled.draft:
        author, text = handled.draft
        Draft.keep(users[author], conversation.pk, "reply", text)


def plan_follow_ups(sources: dict[str, Source], users: Users) -> None:
    """As if each had been planned some days ago; closed ones, on the day they were due."""
    now, today = timezone.now(), follow_ups.today()
    for planned in FOLLOW_UPS:
        owner, member = users[planned.owner], member_called(sources[planned.site], planned.handle)
        made = follow_up_verbs.plan(member, planned.text, today, by=owner, kind=planned.kind)
        row = FollowUp.objects.get(pk=made.actions[0].object_id)
        row.due_on, row.created_at = today + timedelta(days=planned.due), now
        row.created_at -= timedelta(days=planned.planned)
        row.save(update_fields=["due_on", "created_at"])
        follow_up_words.log_planned(row)
        backdate(member, timedelta(days=planned.planned), key=follow_up_words.planned_key(row.pk))
        if planned.state != FollowUpState.OPEN:
            closed = follow_up_verbs.complete(row, planned.state, by=owner)
            key = f"action:{closed.actions[0].pk}"
            backdate(member, timedelta(days=-planned.due), key=key)


def credit(credited: CreditedAnswer, source: Source, users: Users) -> None:
    conversation, by = conversation_called(source, credited.begins), users[credited.by]
    theirs = conversation.messages.in_order().filter(author__handle=credited.handle)
    message = theirs.select_related("author__member", "conversation__source")[:1].get()
    credit_verbs.credit(message, by=by)
    message.refresh_from_db(fields=["credited_at"])
    if credited.thanks:
        planned = credit_verbs.thank(message, by=by)
        row = FollowUp.objects.get(pk=planned.actions[0].object_id)
        if credited.thanks != FollowUpState.OPEN:
            follow_up_verbs.complete(row, credited.thanks, by=by)


def save_replies(users: Users) -> None:
    for saved in SAVED_REPLIES:
        by = users[saved.owner or LENA]
        (language, text), *others = saved.texts.items()
        made = saved_replies.create(
            by=by, title=saved.title, folder=saved.folder, language=language, text=text,
            owner=by if saved.owner else None,
        )  # fmt: skip
        first = SavedReply.objects.get(pk=made.actions[0].object_id)
        for language, text in others:
            saved_replies.add_variant(first, by=by, language=language, text=text)


def mark_read(users: Users) -> None:
    """Everybody has read what is older; the newest stands out in bold."""
    since = timezone.now() - UNREAD_FOR
    newest = Conversation.objects.filter(last_message_at__lt=since).annotate(
        up_to=Max("messages__pk")
    )
    read = list(newest.values_list("pk", "up_to"))
    for user in users.values():
        ReadMark.objects.bulk_create(
            [ReadMark(user=user, conversation_id=pk, up_to=up_to) for pk, up_to in read],
            ignore_conflicts=True,
            batch_size=2000,
        )


def member_called(source: Source, handle: str) -> Member:
    """Raises Identity.DoesNotExist when nobody of this handle has written there."""
    found = Identity.objects.select_related("member")
    return found.get(network=source.network, handle=handle).member


def conversation_called(source: Source, begins: str) -> Conversation:
    """The newest conversation whose subject or first words are these."""
    here = Conversation.objects.of_source(source)
    opened = Q(messages__body_text__startswith=begins, messages__sent_at=F("opened_at"))
    found = here.filter(Q(subject__startswith=begins) | opened).newest_first().first()
    if found is None:
        raise LookupError(f"No conversation begins with “{begins}”.")
    return found
