"""The test of a connection before anything is saved: does it work, and is it the right account.

While a platform is asked no database transaction is open, and it has TEST_SECONDS to answer.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import structlog
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from community_hub.lib.http_deadline import within
from inbox.connectors.base import AuthExpired, ChannelInfo, Connector, ConnectorError, Health
from inbox.models import Source
from inbox.views import sources_setup as setup
from inbox.views.sources_forms import secret_names
from members.models import Identity

TEST_SECONDS = 10.0

log = structlog.get_logger(__name__)


class NotConnected(Exception):
    """Why not: a sentence, and the field of the form that it belongs to, if it does to one."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


def reject_twin(platform: type[Connector], config: dict[str, Any]) -> None:
    """Raises NotConnected where a source has this configuration already."""
    twin = Source.objects.filter(kind=platform.kind, config=config).first()
    if twin is None:
        return
    link = format_html(
        '<a class="link" href="{}">{}</a>',
        twin.get_absolute_url(),
        _("Reconnect that source instead."),
    )
    said = _("“%(name)s” is already connected to this account.") % {"name": twin.name}
    raise NotConnected(format_html("{} {}", said, link))


@sensitive_variables()
def test_new(
    platform: type[Connector], config: dict[str, Any], secrets: dict[str, Any]
) -> setup.PendingSource:
    """Raises NotConnected where the platform did not say yes."""
    reject_twin(platform, config)
    with closing(platform(config, secrets)) as connector:
        health = test(connector)
        channels, problem = places_of(connector)
    return setup.PendingSource(platform.kind, config, secrets, health, channels, problem)


@sensitive_variables()
def test_again(
    found: Source, config: dict[str, Any], secrets: dict[str, Any], kept: list[str]
) -> Health:
    """Raises NotConnected. Another place or account is another source: the cursor would skip what
    was said there. `kept`: the secrets that the source has already."""
    with closing(found.connector_class(config, secrets)) as connector:
        if connector.network() != found.network:
            raise NotConnected(_("That’s a different site. Connect it as a new source instead."))
        if config != found.config and kept:
            # the address may lead elsewhere, and a stored key must not follow it there
            raise NotConnected(_("The fields above changed. Enter this again."), kept[0])
        health = test(connector)
    if health.account and not is_ours(health):
        name = health.account_label or health.account.handle
        text = _("That’s a different account (%(name)s). Connect it as a new source instead.")
        raise NotConnected(text % {"name": name})
    return health


def test(connector: Connector) -> Health:
    try:
        with within(TEST_SECONDS):
            return connector.check()
    except ConnectorError as error:
        names = secret_names(connector.form_class())
        beside = names[0] if isinstance(error, AuthExpired) and names else None
        raise NotConnected(str(error), beside) from error
    except Exception as error:
        log.exception("check failed", kind=connector.kind)
        raise NotConnected(failed_unexpectedly()) from error


def places_of(connector: Connector) -> tuple[tuple[ChannelInfo, ...], str]:
    """The places one may choose, and why they are not known, if so: every place is heard then."""
    try:
        with within(TEST_SECONDS):
            return tuple(connector.channels()[: setup.MOST_CHANNELS]), ""
    except ConnectorError as error:
        return (), str(error)
    except Exception:
        log.exception("channels failed", kind=connector.kind)
        return (), failed_unexpectedly()


def failed_unexpectedly() -> str:
    """The connector of an outside package may raise anything."""
    return _("The connector failed unexpectedly. See the log for details.")


def is_ours(health: Health) -> bool:
    account = health.account
    assert account
    ours = Identity.objects.filter(is_us=True, network=account.network)
    return ours.filter(external_id=account.external_id).exists()
