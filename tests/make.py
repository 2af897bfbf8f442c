"""Plain functions that put one row of a kind into the database, with believable defaults."""

from __future__ import annotations

import itertools
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from events.models import Answer, Attendance, Event, Origin, State
from inbox.models import Channel, Conversation, Delivery, Message, Source
from inbox.models.kept_fields import recompute
from members import log
from members.log import Line
from members.models import ActivityKind, Identity, Member
from team import jobs
from team.models import Grant, Role, SavedQuery, User

PASSWORD = "correct horse battery staple"  # only who signs in by hand needs it
_numbers = itertools.count(1)


def make_user(role: str = Role.MANAGER, *, name: str = "", email: str = "", **fields: Any) -> User:
    """Without `password` they sign in by `client.force_login(user)` or a one-time link."""
    name = name or f"Colleague {next(_numbers)}"
    email = email or f"{name.split()[0].lower()}{next(_numbers)}@team.example"
    return User.objects.create_user(email, name=name, role=role, **fields)


def make_source(
    *, restricted: bool = False, granted: list[User] | None = None, **fields: Any
) -> Source:
    """A practice forum that nobody pulls. `granted` users may see it where it is restricted."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": "sandbox",
        "name": f"Practice forum {number}",
        "network": f"sandbox:forum-{number}",
        "restricted": restricted,
        "account_label": "@team on the practice forum",
    }
    source = Source.objects.create(**{**defaults, **fields})
    Grant.objects.bulk_create(Grant(scope=source.scope, user=user) for user in granted or ())
    return source


def make_channel(source: Source | None = None, **fields: Any) -> Channel:
    number = next(_numbers)
    defaults: dict[str, Any] = {"external_id": f"channel-{number}", "name": f"Corner {number}"}
    return Channel.objects.create(source=source or make_source(), **{**defaults, **fields})


def make_member(name: str = "Ines Wolff", **fields: Any) -> Member:
    return Member.objects.create(name=name, **fields)


def make_identity(member: Member | None = None, **fields: Any) -> Identity:
    member = member or make_member()
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "network": "sandbox:forum",
        "external_id": f"person-{number}",
        "handle": f"{(member.name or 'nobody').split()[0].lower()}{number}",
        "display_name": member.name,
    }
    return Identity.objects.create(member=member, **{**defaults, **fields})


def make_conversation(source: Source | None = None, **fields: Any) -> Conversation:
    """A thread without a message; make_message() fills it and brings its kept fields up to date."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "external_id": f"thread-{number}",
        "subject": f"How do I tune voice {number}?",
        "permalink": f"https://forum.example/t/{number}",
    }
    return Conversation.objects.create(source=source or make_source(), **{**defaults, **fields})


def make_message(
    conversation: Conversation | None = None,
    text: str = "Hello, can you help me with this?",
    *,
    author: Identity | None = None,
    sent_at: datetime | None = None,
    mention_reason: str = "new_topic",
    **fields: Any,
) -> Message:
    """Somebody wrote to the team; the conversation waits from then on."""
    conversation = conversation or make_conversation()
    defaults: dict[str, Any] = {
        "kind": "inbound",
        "external_id": f"message-{next(_numbers)}",
        "body_text": text,
        "body_html": f"<p>{text}</p>",
        "mention_reason": mention_reason,
        "author": author or make_identity(network=conversation.source.network),
        "sent_at": sent_at or timezone.now(),
    }
    message = Message.objects.create(
        conversation=conversation, source_id=conversation.source_id, **{**defaults, **fields}
    )
    _refresh(conversation)
    return message


def make_reply(
    conversation: Conversation,
    text: str = "Gladly: hold both buttons.",
    *,
    by: User,
    state: str = "sent",
    sent_at: datetime | None = None,
    **fields: Any,
) -> Message:
    """Ours, with its delivery in `state`."""
    posted = state == "sent"
    message = Message.objects.create(
        conversation=conversation,
        source_id=conversation.source_id,
        kind="outbound",
        by=by,
        client_token=uuid.uuid4(),
        external_id=f"message-{next(_numbers)}" if posted else None,
        body_source=text,
        body_text=text,
        body_html=f"<p>{text}</p>",
        sent_at=sent_at or timezone.now(),
        **fields,
    )
    Delivery.objects.create(message=message, state=state)
    _refresh(conversation)
    return message


def _refresh(conversation: Conversation) -> None:
    recompute([conversation.pk])
    conversation.refresh_from_db()


def make_line(
    member: Member, summary: str = "Hello", *, kind: str = "message", scope: str = "", **fields: Any
) -> None:
    """A line of the log; with one key a second time it is brought up to date."""
    fields.setdefault("key", f"line:{uuid.uuid4()}")
    log.log(
        Line(member_id=member.pk, kind=ActivityKind(kind), summary=summary, scope=scope, **fields)
    )


def run_jobs() -> None:
    """What a worker would do with the background jobs that are due, to their end."""
    for pk in jobs.due():
        while jobs.run_step(pk):
            pass


def one_line(html: bytes | str) -> str:
    """A page with each run of white space as one space."""
    text = html.decode() if isinstance(html, bytes) else html
    return " ".join(text.split())


def make_view(owner: User, name: str = "", **fields: Any) -> SavedQuery:
    """A saved query of members."""
    name = name or f"View {next(_numbers)}"
    defaults: dict[str, Any] = {"kind": "members", "order": "-seen"}
    return SavedQuery.objects.create(owner=owner, name=name, **{**defaults, **fields})


def make_event(title: str = "Berlin meet-up", **fields: Any) -> Event:
    """Published and public, a week from now for two hours, unless `fields` say otherwise."""
    start = fields.pop("starts_at", timezone.now() + timedelta(days=7))
    defaults: dict[str, Any] = {
        "ends_at": start + timedelta(hours=2),
        "timezone": "Europe/Berlin",
        "state": State.PUBLISHED,
        "published_at": min(timezone.now(), start),
    }
    return Event.objects.create(title=title, starts_at=start, **{**defaults, **fields})


def make_attendance(
    event: Event | None = None, member: Member | None = None, **fields: Any
) -> Attendance:
    """Going, without a line in the log; see events.answers for how it really comes about."""
    defaults: dict[str, Any] = {
        "answer": Answer.GOING,
        "origin": Origin.HAND,
        "answered_at": timezone.now(),
    }
    return Attendance.objects.create(
        event=event or make_event(), member=member or make_member(), **{**defaults, **fields}
    )
