"""Everything outgoing: the only caller of `connector.send`.

The row is claimed before the call (queued -> sending, committed), so two workers never send one
reply. When a call's outcome is unknown the reply is looked for on the platform, never blindly
resent; a second try looks first as well.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.http_deadline import within
from inbox import reply_rules
from inbox.connectors.base import (
    ConnectorError,
    Outgoing,
    Sent,
)
from inbox.delivery import outcomes, readback
from inbox.models import Delivery, DeliveryState, Source
from inbox.models.delivery import LEASE

if TYPE_CHECKING:
    from inbox.connectors.base import Connector

log = structlog.get_logger(__name__)

CALL_SECONDS = LEASE.total_seconds() * 0.8  # a call ends while the row is still ours


def deliver(pk: int) -> None:
    """Take a delivery one step on. Safe to call at any time, and twice at once."""
    delivery = (
        Delivery.objects.select_related(
            "message__conversation",
            "message__source",
            "message__by",
            "message__parent__author__member",
        )
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
        readback.look_for_it(delivery)
    elif delivery.state == DeliveryState.PENDING:
        readback.ask_moderators(delivery)


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
            outcomes.finish(delivery, sent or _put_there(connector, outgoing))
        except ConnectorError as error:
            outcomes.record(delivery, source, error)
        except BaseException:
            # Ours or the library's fault, or the worker is being stopped: the call may have left.
            if delivery.state == DeliveryState.SENDING:
                words = _("Something unexpected happened while sending.")
                outcomes.to_unconfirmed(delivery, words)
            raise


def _ready(
    delivery: Delivery, source: Source, stack: ExitStack
) -> tuple[Connector, Outgoing] | None:
    """Nothing has left yet: whatever goes wrong here, the reply has failed and looks so."""
    try:
        connector = source.signed_in()
        stack.callback(connector.close)
        return connector, readback.prepared_for(delivery, connector)
    except ConnectorError as error:
        outcomes.record(delivery, source, error)
        return None
    except OperationalError:  # our own database is away; the row stays due
        raise
    except Exception:
        outcomes.fail(
            delivery,
            _("It couldn’t be prepared for sending. Retry. If that fails too, ask an admin."),
        )
        raise


def _look_first(delivery: Delivery, connector: Connector, outgoing: Outgoing) -> Sent | None:
    with within(CALL_SECONDS):
        return readback.found_there(delivery, connector, outgoing)


def _put_there(connector: Connector, outgoing: Outgoing) -> Sent:
    with within(CALL_SECONDS):
        return connector.send(outgoing)


def _may_send(delivery: Delivery, source: Source) -> bool:
    """Where nobody may call now, the reply is kept and its next try put off. Where the member may
    not be written to, it has failed: they may have said so since it was written."""
    now = timezone.now()
    message = delivery.message
    if message.parent and (said := reply_rules.may_not_reach(message.parent, message.by)):
        outcomes.fail(delivery, said)
        return False
    if not source.is_signed_in:
        delivery.move(
            ("queued",), DeliveryState.QUEUED, next_try_at=now + timedelta(minutes=1),
            last_error=_("Reconnect %(source)s first. Your reply is kept and will be sent then.")
            % {"source": source.name},
        )  # fmt: skip
        return False
    if wait := source.waits_until:
        delivery.move(("queued",), DeliveryState.QUEUED, next_try_at=wait)
        return False
    return True


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
