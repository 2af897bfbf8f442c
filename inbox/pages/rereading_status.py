"""What a source's page says of edits and deletions: what is re-read, when last, what is left."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.connectors.base import Capabilities
from inbox.connectors.registry import ConnectorUnavailable
from inbox.ingest import rereading
from inbox.models import Source, SourceState
from inbox.pages.source_status import clock, span


def rereading_words(source: Source, now: datetime) -> list[str]:
    """Sentences; none where the platform's package is gone. One query."""
    try:
        capabilities = source.connector_class.capabilities
    except ConnectorUnavailable:
        return []
    if not rereading.rereads_a_minute(source):
        return [_why_never(capabilities)]
    facts = rereading.watched_in(source, now).aggregate(
        watched=Count("pk"),
        left=Count("pk", filter=rereading.not_checked_lately(now)),
    )
    a_minute = rereading.rereads_now(source, facts["watched"])
    said = [_what(facts["watched"], a_minute)]
    if source.reread_at:
        said.append(_("Last re-read %(span)s ago.") % {"span": span(now - source.reread_at)})
    if facts["watched"]:
        said.append(_what_is_left(facts["left"]))
    said += _why_not_now(source)
    return said


def _why_never(capabilities: Capabilities) -> str:
    if capabilities.sees_edits and capabilities.sees_deletes:
        return _("Edits and deletions arrive with every sync.")
    if capabilities.sees_edits:
        return _("Edits arrive with every sync. This platform doesn’t report deletions.")
    return _("This platform doesn’t report edits or deletions.")


def _what(watched: int, a_minute: int) -> str:
    """With how long a round takes: never less than CHECK_EVERY."""
    minutes = -(-watched // a_minute)
    often = max(rereading.CHECK_EVERY, timedelta(minutes=minutes))
    return _(
        "Waiting conversations and those answered in the last %(days)s days are re-read"
        " about every %(span)s."
    ) % {"days": rereading.ANSWERED_WITHIN.days, "span": span(often)}


def _what_is_left(left: int) -> str:
    if not left:
        return _("All are up to date.")
    words = ngettext("%(n)s is due.", "%(n)s are due.", left)
    return words % {"n": left}


def _why_not_now(source: Source) -> list[str]:
    if source.state != SourceState.ACTIVE:
        return [_("Stopped while the source isn’t syncing.")]
    if source.waits_until:
        return [_("Continues at %(time)s.") % {"time": clock(source.waits_until)}]
    if source.failures:
        return [_("Continues once a sync succeeds.")]
    return []
