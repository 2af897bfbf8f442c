"""Telling a platform that the hub's access to a source is over, as far as it can be told."""

from __future__ import annotations

import structlog
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from community_hub.lib.http_deadline import within
from inbox.connectors.base import Authorisation, ConnectorError
from inbox.connectors.registry import ConnectorUnavailable, connector_class
from inbox.models import Source

SECONDS = 8.0  # somebody may wait for it

log = structlog.get_logger(__name__)


def authorisation_of(kind: str) -> Authorisation | None:
    """How people sign in at the platform, where they can and its connector is installed."""
    try:
        return connector_class(kind).authorisation
    except ConnectorUnavailable:
        return None


@sensitive_variables()
def revoke(kind: str, config: dict[str, object], credentials: dict[str, object]) -> str:
    """Best effort; "", or a sentence that says where to remove the access by hand. Nothing is
    revoked that a source uses still: a platform may give one account one token."""
    authorisation = authorisation_of(kind)
    if not credentials or authorisation is None:
        return ""
    if any(
        authorisation.is_same_access(used, credentials)
        for used in (other.credentials for other in Source.objects.filter(kind=kind))
        if used
    ):
        return ""
    place = authorisation.place(config)
    try:
        with within(SECONDS):
            authorisation.revoke(config, credentials)
    except ConnectorError as error:
        log.info("access not revoked", kind=kind, place=place, error=str(error))
    except Exception:  # of a connector of somebody else's
        log.exception("access not revoked", kind=kind, place=place)
    else:
        return ""
    words = _(
        "The hub’s access could not be removed at %(place)s. Remove it there, in the account’s "
        "settings."
    )
    return words % {"place": place}
