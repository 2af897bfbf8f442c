"""What a call to the platform came to, written down: sent, to be tried again, in doubt, failed.

Each change is one conditional UPDATE on the old state: who loses the race does nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib import queue
from community_hub.lib.text import web_address
from inbox import bond_contributions
from inbox.connectors.base import (
    AuthExpired,
    ConnectorError,
    RateLimited,
    SendState,
    Sent,
    Transient,
    Unknown,
)
from inbox.ingest.items import sane
from inbox.ingest.message_lines import log_team_replies
from inbox.models import Conversation, Delivery, DeliveryState, Message, Source
from inbox.models.pull_state import backoff
from inbox.verbs import promises, triage
from team.notifications import notify

MOST_ATTEMPTS = 20  # with the back-off's ceiling of 15 minutes: some hours
CHECKS = (10, 30, 60, 120, 300)  # seconds between read-backs; then a person is asked
PENDING_EVERY = timedelta(minutes=5)


def record(delivery: Delivery, source: Source, error: ConnectorError) -> None:
    """What an expected failure means for the reply."""
    now = timezone.now()
    if isinstance(error, Unknown):
        to_unconfirmed(delivery, str(error))
    elif isinstance(error, RateLimited):
        source.record_failure(error)
        _requeue(delivery, error.retry_at, error)
    elif isinstance(error, AuthExpired):
        source.record_failure(error)
        _requeue(delivery, now + timedelta(minutes=1), error)
    elif isinstance(error, Transient) and delivery.attempts < MOST_ATTEMPTS:
        _requeue(delivery, now + timedelta(seconds=backoff(delivery.attempts)), error)
    else:
        fail(delivery, str(error))


def _requeue(delivery: Delivery, at: datetime, error: ConnectorError) -> None:
    delivery.move(
        ("sending", "queued"), DeliveryState.QUEUED,
        next_try_at=at, lease_until=None, last_error=str(error),
    )  # fmt: skip


def to_unconfirmed(delivery: Delivery, error: str) -> None:
    at = timezone.now() + timedelta(seconds=CHECKS[0])
    moved = delivery.move(
        ("sending",), DeliveryState.UNCONFIRMED,
        next_try_at=at, lease_until=None, last_error=error, checks=0,
    )  # fmt: skip
    if moved:
        queue.enqueue("inbox.tasks.deliver", delivery.pk, countdown=CHECKS[0])


def fail(delivery: Delivery, error: str) -> None:
    """Final until a person acts: the conversation waits again, and the author is told."""
    with transaction.atomic():
        moved = delivery.move(
            ("sending", "queued", "pending", "unconfirmed"), DeliveryState.FAILED,
            next_try_at=None, lease_until=None, last_error=error,
        )  # fmt: skip
        if not moved:
            return
        conversation = _wait_again(delivery.message)
        about = {"what": str(conversation)[:80], "error": error}
        said = _("Your reply in “%(what)s” was not sent: %(error)s") % about
        lost = promises.unsent_words(delivery.message)
        tell_author(delivery, f"{said} {lost}" if lost else said)


def give_up(delivery: Delivery, words: str) -> None:
    """Nobody can tell whether it arrived: the conversation waits again until a person says so, and
    the author is told."""
    with transaction.atomic():
        _wait_again(delivery.message)
        delivery.announce()
        tell_author(delivery, words)


def _wait_again(message: Message) -> Conversation:
    message.refresh_from_db(fields=["conversation"])  # two may have become one
    conversation = message.conversation
    message.ask_again()
    Conversation.objects.recompute([conversation.pk])
    conversation.refresh_from_db()
    if conversation.state != "open":  # it was closed as answered
        triage.reopen_without(message)
    return conversation


def finish(delivery: Delivery, sent: Sent) -> None:
    if sent.state == SendState.UNKNOWN:
        to_unconfirmed(delivery, _("The platform didn’t confirm the reply."))
        return
    message = delivery.message
    with transaction.atomic():
        # As ingest does, and first: whoever restricts the source meanwhile comes before or after.
        message.source = Source.objects.select_for_update(no_key=True).get(pk=message.source_id)
        if is_repeat(message, sent):
            fail(
                delivery,
                _("The platform treated this as a duplicate of an earlier reply. Reword it."),
            )
            return
        pending = sent.state == SendState.PENDING
        moved = delivery.move(
            ("sending", "unconfirmed", "pending"),
            DeliveryState.PENDING if pending else DeliveryState.SENT,
            next_try_at=timezone.now() + PENDING_EVERY if pending else None,
            lease_until=None, last_error="", checks=0,
        )  # fmt: skip
        if moved and not pending:
            _take_platform_id(message, sent)
            Conversation.objects.recompute([message.conversation_id])
            log_team_replies([message.pk])
            bond_contributions.changed_in([message.conversation_id])
            promises.note_promises(message)


def is_repeat(message: Message, sent: Sent) -> bool:
    """Another reply of ours is this very post: the platform collapsed the two."""
    return (
        bool(sent.external_id)
        and Message.objects.filter(
            source=message.source_id, external_id=sent.external_id, by__isnull=False
        )
        .exclude(pk=message.pk)
        .exists()
    )


def _take_platform_id(message: Message, sent: Sent) -> None:
    """A pull may have brought the same post before the call returned: that copy gives way."""
    if sent.external_id:
        copies = Message.objects.filter(
            source=message.source_id, external_id=sent.external_id, by__isnull=True
        ).exclude(pk=message.pk)
        for copy in copies:
            Message.objects.filter(parent=copy).update(parent=message)
            copy.delete()
    message.sent_at = sane(sent.created_at, timezone.now()) or message.sent_at
    taken = Message.objects.filter(pk=message.pk, external_id__isnull=True).update(
        external_id=sent.external_id or None,
        version=sent.version,
        permalink=web_address(sent.permalink),
        thread_ref=sent.thread_ref[:100],
        sent_at=message.sent_at,
    )
    if taken:
        message.keep_its_lines_below()


def tell_author(delivery: Delivery, text: str) -> None:
    message = delivery.message
    if message.by:
        about = f"delivery:{delivery.pk}"
        link, scope = message.conversation.get_absolute_url(), message.source.scope
        notify("delivery", [message.by], about, text, link, scope=scope)
