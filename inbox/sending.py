"""Everything outgoing: the only caller of `connector.send`.

The row is claimed before the call (queued -> sending, committed), so two workers never send one
reply. When a call's outcome is unknown the reply is looked for on the platform, never blindly
resent; a second try looks first as well.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib import alarm, http
from community_hub.lib.text import web_address
from team.models import Notification

from .connectors.base import (
    AuthExpired,
    ConnectorError,
    Outgoing,
    RateLimited,
    Rejected,
    Sent,
    Transient,
    Unknown,
)
from .incoming import sane
from .models import Conversation, Delivery, DeliveryState, Message, Source, SourceState
from .models.delivery import LEASE
from .models.pulling import backoff

if TYPE_CHECKING:
    from .connectors.base import Connector

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 20  # with the back-off's ceiling of 15 minutes: some hours
CHECKS = (10, 30, 60, 120, 300)  # seconds between read-backs; then a person is asked
PENDING_EVERY = timedelta(minutes=5)
CALL_SECONDS = LEASE.total_seconds() * 0.8  # a call ends while the row is still ours
PENDING_SELDOM = timedelta(hours=1)  # where the platform does not show what its moderators hold
PENDING_CHECKS = 48  # about two days of those; then a person is asked


def deliver(pk: int) -> None:
    """Take a delivery one step on. Safe to call at any time, and twice at once."""
    delivery = (
        Delivery.objects.select_related("message__conversation", "message__source", "message__by")
        .filter(pk=pk)
        .first()
    )
    if delivery is None or not _is_due(delivery, timezone.now()):
        return
    if delivery.state == DeliveryState.HELD:
        delivery.move(("held",), DeliveryState.QUEUED)
    if delivery.state == DeliveryState.SENDING:
        _lease_ran_out(delivery)
    if delivery.state == DeliveryState.QUEUED:
        _send(delivery)
    elif delivery.state == DeliveryState.UNCONFIRMED:
        _look_for_it(delivery)
    elif delivery.state == DeliveryState.PENDING:
        _ask_moderators(delivery)


def _is_due(delivery: Delivery, now: datetime) -> bool:
    if delivery.state == DeliveryState.SENDING:
        return delivery.lease_until is not None and delivery.lease_until < now
    return delivery.next_try_at is not None and delivery.next_try_at <= now


def _lease_ran_out(delivery: Delivery) -> None:
    """The worker that was sending died: nobody knows whether its call got through."""
    delivery.move(
        ("sending",), DeliveryState.UNCONFIRMED,
        seen={"lease_until": delivery.lease_until}, lease_until=None,
    )  # fmt: skip


def _send(delivery: Delivery) -> None:
    source = delivery.message.source
    if not _may_send(delivery, source):
        return
    with ExitStack() as stack:
        ready = _ready(delivery, source, stack)
        if ready is None:
            return
        connector, outgoing = ready
        try:
            again = delivery.attempts > 0
            if not _claim(delivery):
                return
            sent = _look_first(delivery, connector, outgoing) if again else None
            if again and not sent and not _still_ours(delivery):
                return
            _finish(delivery, sent or _put_there(connector, outgoing))
        except ConnectorError as error:
            _record(delivery, source, error)
        except BaseException:
            # Ours or the library's fault, or the worker is being stopped: the call may have left.
            if delivery.state == DeliveryState.SENDING:
                _to_unconfirmed(delivery, _("Something unexpected happened while this was sent."))
            raise


def _ready(
    delivery: Delivery, source: Source, stack: ExitStack
) -> tuple[Connector, Outgoing] | None:
    """Nothing has left yet: whatever goes wrong here, the reply has failed and looks so."""
    try:
        connector = source.connector()
        stack.callback(connector.close)
        return connector, _prepared(delivery, connector)
    except ConnectorError as error:
        _record(delivery, source, error)
        return None
    except OperationalError:  # our own database is away; the row stays due
        raise
    except Exception:
        _fail(
            delivery,
            _("It could not be made ready to send. Retry; if that fails too, ask an admin."),
        )
        raise


def _look_first(delivery: Delivery, connector: Connector, outgoing: Outgoing) -> Sent | None:
    with http.within(CALL_SECONDS):
        return _found(delivery, connector, outgoing)


def _put_there(connector: Connector, outgoing: Outgoing) -> Sent:
    with http.within(CALL_SECONDS):
        return connector.send(outgoing)


def _found(delivery: Delivery, connector: Connector, outgoing: Outgoing) -> Sent | None:
    """The reply as the platform has it. An earlier reply of ours in the same words is not it."""
    found = connector.reconcile(outgoing)
    return None if found is None or _is_repeat(delivery.message, found) else found


def _may_send(delivery: Delivery, source: Source) -> bool:
    """Where nobody may call now, the reply is kept and its next try put off."""
    now = timezone.now()
    if source.state == SourceState.RECONNECT:
        delivery.move(
            ("queued",), DeliveryState.QUEUED, next_try_at=now + timedelta(minutes=1),
            last_error=_("%(source)s needs to be reconnected first. Your reply is kept.")
            % {"source": source.name},
        )  # fmt: skip
        return False
    if wait := source.waits_until:
        delivery.move(("queued",), DeliveryState.QUEUED, next_try_at=wait)
        return False
    return True


def _prepared(delivery: Delivery, connector: Connector) -> Outgoing:
    """What must not change between tries is fixed and stored before the first of them."""
    message = delivery.message
    outgoing = Outgoing(
        token=message.client_token,  # type: ignore[arg-type]  # outbound messages have one
        created_at=message.sent_at,
        reply_ref=message.reply_ref,
        markdown=message.body_source,
        visibility=message.visibility,
        prepared=delivery.prepared,
        held=delivery.state == DeliveryState.PENDING,
    )
    if delivery.prepared:
        return outgoing
    outgoing = connector.prepare(outgoing)
    unprepared = Delivery.objects.filter(pk=delivery.pk, prepared={})
    if outgoing.prepared and not unprepared.update(prepared=dict(outgoing.prepared)):
        delivery.refresh_from_db(fields=["prepared"])  # another worker was first: one of us sends
        outgoing = replace(outgoing, prepared=delivery.prepared)
    return outgoing


def _claim(delivery: Delivery) -> bool:
    now = timezone.now()
    return delivery.move(
        # Who tried in the meantime has counted it: then this try would not look before it sends.
        ("queued",), DeliveryState.SENDING, seen={"attempts": delivery.attempts},
        lease_until=now + LEASE, next_try_at=now + LEASE, attempts=delivery.attempts + 1,
    )  # fmt: skip


def _still_ours(delivery: Delivery) -> bool:
    """The look took its time, and may have outlived the lease: whoever has it now decides."""
    lease = timezone.now() + LEASE
    return delivery.move(
        ("sending",), DeliveryState.SENDING, seen={"lease_until": delivery.lease_until},
        lease_until=lease, next_try_at=lease,
    )  # fmt: skip


def _record(delivery: Delivery, source: Source, error: ConnectorError) -> None:
    """What an expected failure means for the reply."""
    now = timezone.now()
    if isinstance(error, Unknown):
        _to_unconfirmed(delivery, str(error))
    elif isinstance(error, RateLimited):
        source.record_failure(error)
        _requeue(delivery, error.retry_at, error)
    elif isinstance(error, AuthExpired):
        source.record_failure(error)
        _requeue(delivery, now + timedelta(minutes=1), error)
    elif isinstance(error, Transient) and delivery.attempts < MOST_ATTEMPTS:
        _requeue(delivery, now + timedelta(seconds=backoff(delivery.attempts)), error)
    else:
        _fail(delivery, str(error))


def _requeue(delivery: Delivery, at: datetime, error: ConnectorError) -> None:
    delivery.move(
        ("sending", "queued"), DeliveryState.QUEUED,
        next_try_at=at, lease_until=None, last_error=str(error),
    )  # fmt: skip


def _to_unconfirmed(delivery: Delivery, error: str) -> None:
    at = timezone.now() + timedelta(seconds=CHECKS[0])
    moved = delivery.move(
        ("sending",), DeliveryState.UNCONFIRMED,
        next_try_at=at, lease_until=None, last_error=error, checks=0,
    )  # fmt: skip
    if moved:
        alarm.ring("inbox.tasks.deliver", delivery.pk, countdown=CHECKS[0])


def _fail(delivery: Delivery, error: str) -> None:
    """Final until a person acts: the conversation waits again, and the author is told."""
    with transaction.atomic():
        moved = delivery.move(
            ("sending", "queued", "pending", "unconfirmed"), DeliveryState.FAILED,
            next_try_at=None, lease_until=None, last_error=error,
        )  # fmt: skip
        if not moved:
            return
        message = delivery.message
        message.refresh_from_db(fields=["conversation"])  # two may have become one
        conversation = message.conversation
        message.ask_again()
        Conversation.objects.recompute([conversation.pk])
        conversation.refresh_from_db()
        if conversation.state != "open":  # it was put away as answered
            conversation.reopen_without(message)
        about = {"what": str(conversation)[:80], "error": error}
        _tell_author(delivery, _("Your reply in “%(what)s” was not sent: %(error)s") % about)


def _look_for_it(delivery: Delivery) -> None:
    """Read back from the platform whether an unconfirmed reply is there."""
    source = delivery.message.source
    if source.state == SourceState.RECONNECT:
        return _check_later(delivery, count=False)
    if wait := source.waits_until:
        return _put_off(delivery, wait)
    try:
        found = _read_back(delivery, source)
    except RateLimited as error:
        return _put_off(delivery, error.retry_at)
    except ConnectorError as error:
        log.info("read-back failed", delivery=delivery.pk, error=str(error))
        looked = error.permanent and not isinstance(error, AuthExpired)
        return _check_later(delivery, count=looked)
    except Exception:
        _check_later(delivery, count=True)
        raise
    return _finish(delivery, found) if found else _check_later(delivery, count=True)


def _read_back(delivery: Delivery, source: Source) -> Sent | None:
    """What the source has to know of a failure is told to it; the failure goes on to the caller."""
    connector = source.connector()
    try:
        return _found(delivery, connector, _prepared(delivery, connector))
    except (RateLimited, AuthExpired) as error:
        source.record_failure(error)
        raise
    finally:
        connector.close()


def _put_off(delivery: Delivery, at: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk, state=delivery.state).update(next_try_at=at)


def _check_later(delivery: Delivery, *, count: bool) -> None:
    """Look again after a while; when it was not there each time, ask a person."""
    checks = delivery.checks + count
    more = checks < len(CHECKS)
    wait = timedelta(seconds=CHECKS[min(checks, len(CHECKS) - 1)])
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNCONFIRMED).update(
        checks=checks, next_try_at=timezone.now() + wait if more else None
    )
    if not more:
        delivery.announce()
        _tell_author(delivery, _("Your reply may not have arrived. Look, then send it again."))


def _ask_moderators(delivery: Delivery) -> None:
    """A reply held by the platform's moderators: is it out, or was it refused?"""
    source = delivery.message.source
    if wait := source.waits_until:
        return _put_off(delivery, wait)
    # first: whatever happens below, it is asked again, and not at once
    _put_off(delivery, timezone.now() + PENDING_EVERY)
    if source.state == SourceState.RECONNECT:
        return None
    try:
        found = _read_back(delivery, source)
    except Rejected as error:
        return _fail(delivery, str(error))
    except RateLimited as error:
        return _put_off(delivery, error.retry_at)
    except ConnectorError as error:
        log.info("moderation not readable", delivery=delivery.pk, error=str(error))
        looked = error.permanent and not isinstance(error, AuthExpired)
        return _nothing_seen(delivery) if looked else None
    except Exception:
        _nothing_seen(delivery)
        raise
    return _from_moderators(delivery, found) if found else _nothing_seen(delivery)


def _from_moderators(delivery: Delivery, found: Sent) -> None:
    if found.state == "unknown":
        _ask_author(delivery)
    elif found.state != "pending_moderation":
        _finish(delivery, found)
    elif delivery.checks:
        Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PENDING).update(checks=0)


def _nothing_seen(delivery: Delivery) -> None:
    """Neither held nor published, as far as one can see there: ask less often, not for ever."""
    checks = delivery.checks + 1
    if checks >= PENDING_CHECKS:
        return _ask_author(delivery)
    wait = min(PENDING_EVERY * checks, PENDING_SELDOM)
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PENDING)
    waiting.update(checks=checks, next_try_at=timezone.now() + wait)
    return None


def _ask_author(delivery: Delivery) -> None:
    """What became of a held reply only a person can see: to confirm it, or to send it again."""
    why = _("Whether the platform's moderators published your reply can't be seen from here.")
    moved = delivery.move(
        ("pending",), DeliveryState.UNCONFIRMED, next_try_at=None, last_error=why, checks=0
    )
    if moved:
        _tell_author(delivery, _("%s Look, then confirm it or send it again.") % why)


def _finish(delivery: Delivery, sent: Sent) -> None:
    if sent.state == "unknown":
        _to_unconfirmed(delivery, _("The platform did not say whether it took the reply."))
        return
    message = delivery.message
    with transaction.atomic():
        # As ingest does, and first: whoever restricts the source meanwhile comes before or after.
        message.source = Source.objects.select_for_update(no_key=True).get(pk=message.source_id)
        if _is_repeat(message, sent):
            _fail(
                delivery,
                _("The platform took this for a repeat of an earlier reply. Reword it."),
            )
            return
        pending = sent.state == "pending_moderation"
        moved = delivery.move(
            ("sending", "unconfirmed", "pending"),
            DeliveryState.PENDING if pending else DeliveryState.SENT,
            next_try_at=timezone.now() + PENDING_EVERY if pending else None,
            lease_until=None, last_error="", checks=0,
        )  # fmt: skip
        if moved and not pending:
            _take_platform_id(message, sent)
            Conversation.objects.recompute([message.conversation_id])
            message.log_reply()


def _is_repeat(message: Message, sent: Sent) -> bool:
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
    Message.objects.filter(pk=message.pk, external_id__isnull=True).update(
        external_id=sent.external_id or None,
        version=sent.version,
        permalink=web_address(sent.permalink),
        thread_ref=sent.thread_ref[:100],
        sent_at=sane(sent.created_at, timezone.now()) or message.sent_at,
    )


def _tell_author(delivery: Delivery, text: str) -> None:
    message = delivery.message
    if message.by:
        about = f"delivery:{delivery.pk}"
        link, scope = message.conversation.get_absolute_url(), message.source.scope
        Notification.tell([message.by], about, text, link, scope=scope)
