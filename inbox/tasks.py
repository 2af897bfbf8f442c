"""Celery tasks of the inbox: each takes an id, calls one function, and is safe to run twice."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import time as clock
from datetime import timedelta

import structlog
from celery import shared_task
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib import queue
from community_hub.lib.pictures.keeping import obtain, trim
from community_hub.lib.schedule import SHORT, scheduled
from inbox.delivery import sending
from inbox.ingest import lease, rereading, webhooks
from inbox.ingest.message_lines import mend_scopes
from inbox.ingest.pipeline import ingest
from inbox.ingest.recompute import repair_drift
from inbox.pictures import forget_pictures, pictures_of
from inbox.verbs import promises, triage
from team.notifications import notify

from .connectors.base import ConnectorError, Misconfigured, Transient
from .connectors.registry import ConnectorUnavailable
from .models import (
    Conversation,
    Delivery,
    Message,
    Source,
    SourceState,
    WebhookDelivery,
    WebhookState,
)
from .models.webhook import KEPT

log = structlog.get_logger(__name__)

PULL_SECONDS = 15.0  # how long one pull may go on before a reply, or another, gets its turn


@scheduled(
    every=timedelta(seconds=5),
    name="inbox.tasks.pull_due_sources",
    label=gettext_lazy("Sync sources that are due"),
    timeout=SHORT,
)
def pull_due_sources() -> None:
    due = Source.objects.due(timezone.now()).order_by("next_pull_at")
    for pk in due.values_list("pk", flat=True)[:200]:
        queue.enqueue("inbox.tasks.pull_source", pk)


@shared_task(name="inbox.tasks.pull_source")
def pull_source(pk: int) -> None:
    source = Source.objects.filter(pk=pk).first()
    if source is None:
        return
    with lease.held(source) as token:
        if token is None:
            return
        source.refresh_from_db()  # who held the lease before may have moved the cursor
        pull(source, deadline=time.monotonic() + PULL_SECONDS)


def pull(source: Source, *, deadline: float) -> None:
    """Page after page until the platform has no more or the deadline passes."""
    more = False
    try:
        with closing(source.signed_in()) as connector:
            for page in connector.pull(dict(source.cursor), deadline=deadline):
                ingest(source, page)
                more = page.has_more
        source.refresh_from_db(fields=["state", "backfill_started_at", "backfill_done_at"])
        source.record_success(more=more)
    except ConnectorUnavailable as error:
        source.record_failure(Misconfigured(str(error)))
    except lease.LeaseLost:
        log.warning("pull stopped: its lease ran out", source=source.pk)
    except ConnectorError as error:
        log.info("pull failed", source=source.pk, kind=type(error).__name__, error=str(error))
        source.record_failure(error)
    except OperationalError:
        source.record_failure(Transient(_("The hub’s database was busy. Nothing was lost.")))
        raise
    except Exception:
        source.record_failure(Transient(_("Syncing failed unexpectedly. See the log for details.")))
        raise


@shared_task(name="inbox.tasks.refresh_conversation")
def refresh_conversation(pk: int) -> None:
    rereading.reread(pk)


@scheduled(
    every=timedelta(minutes=1),
    name="inbox.tasks.reread_conversations",
    label=gettext_lazy("Check conversations for edits and deletions"),
)
def reread_conversations() -> None:
    """Edits and deletions in conversations that nobody has open, spread over the minute: many
    requests at once would be a burst that a platform may refuse."""
    now = timezone.now()
    for source in Source.objects.filter(state=SourceState.ACTIVE):
        due = rereading.due(source, now)
        for number, pk in enumerate(due):
            countdown = rereading.SPREAD_SECONDS * number / len(due) or None
            queue.enqueue("inbox.tasks.refresh_conversation", pk, countdown=countdown)


@shared_task(name="inbox.tasks.read_webhook")
def read_webhook(pk: int) -> None:
    webhooks.process(pk, timezone.now())


@scheduled(
    every=timedelta(seconds=30),
    name="inbox.tasks.read_due_webhooks",
    label=gettext_lazy("Process waiting webhooks"),
    timeout=SHORT,
)
def read_due_webhooks() -> None:
    """What no worker was told of, what failed for a while, and what waited for its source."""
    due = WebhookDelivery.objects.filter(
        state=WebhookState.RECEIVED,
        next_try_at__lte=timezone.now(),
        source__state=SourceState.ACTIVE,
    )
    for pk in due.order_by("next_try_at").values_list("pk", flat=True)[:200]:
        queue.enqueue("inbox.tasks.read_webhook", pk)


@scheduled(
    every=timedelta(hours=1),
    name="inbox.tasks.forget_webhooks",
    label=gettext_lazy("Delete old webhooks"),
)
def forget_webhooks() -> None:
    """What was read, or given up, a week ago: a platform repeats a delivery within hours."""
    old = WebhookDelivery.objects.filter(received_at__lt=timezone.now() - KEPT)
    old.exclude(state=WebhookState.RECEIVED).delete()


@shared_task(name="inbox.tasks.note_promises")
def note_promises(pk: int) -> None:
    if message := Message.objects.filter(pk=pk).first():
        promises.note_promises(message)


@shared_task(name="inbox.tasks.deliver")
def deliver(pk: int) -> None:
    sending.deliver(pk)


@scheduled(
    every=timedelta(seconds=5),
    name="inbox.tasks.deliver_due",
    label=gettext_lazy("Send replies that are due"),
    timeout=SHORT,
)
def deliver_due() -> None:
    """Whatever is due and was not queued, or whose worker died."""
    due = Delivery.objects.due(timezone.now()).order_by("next_try_at")
    for pk in due.values_list("pk", flat=True)[:500]:
        queue.enqueue("inbox.tasks.deliver", pk)


@scheduled(
    every=timedelta(seconds=20),
    name="inbox.tasks.wake_snoozed",
    label=gettext_lazy("Reopen snoozed conversations"),
    timeout=SHORT,
)
def wake_snoozed() -> None:
    now = timezone.now()
    asleep = Conversation.objects.snoozed().filter(snoozed_until__lte=now)
    for conversation in asleep.order_by("snoozed_until")[:500]:
        triage.wake(conversation, now)


@shared_task(name="inbox.tasks.fetch_picture", acks_late=False)
def fetch_picture(pk: int, name: str) -> None:
    message = Message.objects.filter(pk=pk).only("body_html", "attachments", "deleted_at").first()
    wanted = pictures_of(message).get(name) if message else None
    if wanted:
        obtain(wanted)


@scheduled(
    every=timedelta(hours=1),
    name="inbox.tasks.tidy_pictures",
    label=gettext_lazy("Delete old pictures"),
)
def tidy_pictures() -> None:
    """Those of deleted messages and accounts, the old, and what is over the bound on disk."""
    forget_pictures()
    trim()


@shared_task(name="inbox.tasks.notify_assignee")
def notify_assignee(pk: int) -> None:
    conversation = (
        Conversation.objects.select_related("assignee", "preview_by", "source")
        .filter(pk=pk)
        .first()
    )
    if conversation is None or conversation.assignee is None or not conversation.waiting_since:
        return
    who = str(conversation.preview_by) if conversation.preview_by else _("Someone")
    text = _("%(who)s wrote in “%(what)s”") % {"who": who, "what": str(conversation)}
    user = conversation.assignee
    if not Conversation.objects.visible_to(user).filter(pk=pk).exists():
        return
    link = conversation.get_absolute_url()
    scope = conversation.source.scope
    notify("reply", [user], f"conversation:{pk}", text, link, scope=scope)


@scheduled(
    every=timedelta(days=1),
    at=clock(3, 20),
    name="inbox.tasks.check_kept_fields",
    label=gettext_lazy("Check and repair counts and dates"),
)
def check_kept_fields() -> None:
    """Every night: are the kept fields what the messages say? A sample is compared and mended.
    Lines of the log that do not say where they were written are mended too."""
    if mended := mend_scopes():
        log.warning("lines of the log had no scope", lines=mended)
    wrong = repair_drift()
    if wrong:
        log.error(
            "kept fields had drifted",
            conversations=len(wrong),
            example=next(iter(wrong.items())),
        )
