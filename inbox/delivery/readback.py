"""Is it there? A reply in doubt, or in the hands of moderators, is looked for on the platform."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.connectors.base import (
    AuthExpired,
    ConnectorError,
    Outgoing,
    RateLimited,
    Rejected,
    SendState,
    Sent,
)
from inbox.delivery import outcomes
from inbox.delivery.outcomes import CHECKS, PENDING_EVERY
from inbox.models import Delivery, DeliveryState, Source

if TYPE_CHECKING:
    from inbox.connectors.base import Connector

log = structlog.get_logger(__name__)

PENDING_SELDOM = timedelta(hours=1)  # where the platform does not show what its moderators hold
PENDING_CHECKS = 48  # about two days of those; then a person is asked


def look_for_it(delivery: Delivery) -> None:
    """Read back from the platform whether an unconfirmed reply is there."""
    source = delivery.message.source
    if not source.is_signed_in:
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
    return outcomes.finish(delivery, found) if found else _check_later(delivery, count=True)


def _read_back(delivery: Delivery, source: Source) -> Sent | None:
    """What the source has to know of a failure is told to it; the failure goes on to the caller."""
    try:
        with closing(source.signed_in()) as connector:
            return found_there(delivery, connector, prepared_for(delivery, connector))
    except (RateLimited, AuthExpired) as error:
        source.record_failure(error)
        raise


def found_there(delivery: Delivery, connector: Connector, outgoing: Outgoing) -> Sent | None:
    """The reply as the platform has it. An earlier reply of ours in the same words is not it."""
    found = connector.reconcile(outgoing)
    return None if found is None or outcomes.is_repeat(delivery.message, found) else found


def prepared_for(delivery: Delivery, connector: Connector) -> Outgoing:
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
        outcomes.give_up(
            delivery,
            _(
                "Your reply may not have been posted. Check the original, then mark it as sent "
                "or send it again."
            ),
        )


def ask_moderators(delivery: Delivery) -> None:
    """A reply held by the platform's moderators: is it out, or was it refused?"""
    source = delivery.message.source
    if wait := source.waits_until:
        return _put_off(delivery, wait)
    # first: whatever happens below, it is asked again, and not at once
    _put_off(delivery, timezone.now() + PENDING_EVERY)
    if not source.is_signed_in:
        return None
    try:
        found = _read_back(delivery, source)
    except Rejected as error:
        return outcomes.fail(delivery, str(error))
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
    if found.state == SendState.UNKNOWN:
        _ask_author(delivery)
    elif found.state != SendState.PENDING:
        outcomes.finish(delivery, found)
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
    why = _("We can’t tell whether the platform’s moderators published your reply.")
    moved = delivery.move(
        ("pending",), DeliveryState.UNCONFIRMED, next_try_at=None, last_error=why, checks=0
    )
    if moved:
        outcomes.give_up(
            delivery, _("%s Check the original, then mark it as sent or send it again.") % why
        )
