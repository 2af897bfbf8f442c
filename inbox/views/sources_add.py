"""Connecting a source step by step, and reconnecting one: ask, test, choose, begin.

While a platform is asked no database transaction is open, and it has TEST_SECONDS to answer.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import structlog
from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from community_hub.lib import htmx
from community_hub.lib.http_deadline import within
from inbox.connectors.base import AuthExpired, ChannelInfo, Connector, ConnectorError, Health
from inbox.connectors.registry import connector_class, installed
from inbox.models import Source, SourceState
from inbox.verbs import sources as verbs
from inbox.views import sources_setup as setup
from inbox.views.sources import managed_source
from inbox.views.sources_forms import (
    ChoicesForm,
    kept_secrets,
    platform_form,
    secret_names,
    split_secrets,
)
from members.models import Identity
from team.http import AuthenticatedHttpRequest

TEST_SECONDS = 10.0

log = structlog.get_logger(__name__)


@require_GET
def platforms(request: AuthenticatedHttpRequest) -> HttpResponse:
    admins_only(request)
    found = [shown(platform) for platform in installed().values() if platform.is_offered()]
    return render(request, "inbox/sources/platforms.html", {"platforms": found})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """The platform's own form; when it is right, the connection is tested at once."""
    admins_only(request)
    platform = known_platform(kind)
    form = platform_form(platform, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = test_new(platform, form)
        if made:
            setup.keep(request, made)
            return redirect("source-add-choices", kind)
    status = 422 if form.is_bound else 200
    context = {"platform": being_connected(platform), "form": form}
    return render(request, "inbox/sources/sign_in.html", context, status=status)


@require_http_methods(["GET", "POST"])
def choices(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """What the test found out; what to listen to; how far back to read."""
    admins_only(request)
    platform = known_platform(kind)
    made = setup.find(request, kind)
    if made is None:
        text = _("This setup expired or was already completed. Start again.")
        return htmx.tell(request, redirect("source-add-sign-in", kind), text, level="error")
    with closing(made.connector()) as connector:
        form = ChoicesForm(
            request.POST if request.method == "POST" else None,
            name=called(connector, made.health),
            channels=made.channels,
            capabilities=platform.capabilities,
        )
        if request.method == "POST" and form.is_valid():
            found = begin(request, connector, made.health, form)
            setup.drop(request)
            return redirect(found)
    context = {"platform": being_connected(platform), "made": made, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/sources/choices.html", context, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def credentials(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Reconnect: the same account with a new key, or the same key after a mend."""
    found = managed_source(request, pk)
    if found.state == SourceState.DELETING:
        return htmx.tell(request, redirect(found), _("Keep the source first."), level="error")
    platform = known_platform(found.kind)
    data = request.POST if request.method == "POST" else None
    form = platform_form(platform, data, stored=found)
    if data is not None and form.is_valid():
        health = test_again(found, form, kept_secrets(type(form), data, found))
        if health:
            verbs.reconnect(found, *split_secrets(form), by=request.user, health=health)
            text = _("%(name)s is reconnected.") % {"name": found.name}
            return htmx.tell(request, redirect(found), text)
    context = {"source": found, "platform": shown(platform), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/sources/reconnect.html", context, status=status)


# Below the views --------------------------------------------------------------------------------


def admins_only(request: AuthenticatedHttpRequest) -> None:
    verbs.connect.require(request.user)


def shown(platform: type[Connector]) -> dict[str, Any]:
    """What a template says of a platform; the class itself would be called there."""
    return {
        "kind": platform.kind,
        "label": platform.label,
        "icon": platform.icon,
        "blurb": platform.blurb,
        "sends": platform.capabilities.send,
    }


def being_connected(platform: type[Connector]) -> dict[str, Any]:
    """The same, with what the steps are called."""
    name = _(platform.connects) if platform.connects else platform.label
    return {
        **shown(platform),
        "title": _("Connect %(name)s") % {"name": name},
        "has_secrets": bool(secret_names(platform.form_class())),
    }


def known_platform(kind: str) -> type[Connector]:
    try:
        return connector_class(kind)
    except LookupError as error:
        raise Http404(str(error)) from error


@sensitive_variables()
def test_new(platform: type[Connector], form: forms.Form) -> setup.PendingSource | None:
    """None, with the reason on the form, when the platform did not say yes."""
    config, secrets = split_secrets(form)
    twin = Source.objects.filter(kind=platform.kind, config=config).first()
    if twin:
        link = format_html(
            '<a class="link" href="{}">{}</a>',
            twin.get_absolute_url(),
            _("Reconnect that source instead."),
        )
        said = _("“%(name)s” is already connected to this account.") % {"name": twin.name}
        form.add_error(None, format_html("{} {}", said, link))
        return None
    with closing(platform(config, secrets)) as connector:
        health = test(connector, form)
        if health is None:
            return None
        channels, problem = places_of(connector)
    return setup.PendingSource(platform.kind, config, secrets, health, channels, problem)


@sensitive_variables()
def test_again(found: Source, form: forms.Form, kept: list[str]) -> Health | None:
    """None, with the reason on the form. Another place or account is another source: the cursor
    would skip what was said there."""
    config, secrets = split_secrets(form)
    with closing(found.connector_class(config, secrets)) as connector:
        if connector.network() != found.network:
            form.add_error(None, _("That’s a different site. Connect it as a new source instead."))
            return None
        if config != found.config and kept:
            # the address may lead elsewhere, and a stored key must not follow it there
            form.add_error(kept[0], _("The fields above changed. Enter this again."))
            return None
        health = test(connector, form)
    if health and health.account and not is_ours(health):
        name = health.account_label or health.account.handle
        text = _("That’s a different account (%(name)s). Connect it as a new source instead.")
        form.add_error(None, text % {"name": name})
        return None
    return health


def test(connector: Connector, form: forms.Form) -> Health | None:
    try:
        with within(TEST_SECONDS):
            return connector.check()
    except ConnectorError as error:
        names = secret_names(type(form))
        beside = names[0] if isinstance(error, AuthExpired) and names else None
        form.add_error(beside, str(error))
        return None
    except Exception:
        log.exception("check failed", kind=connector.kind)
        form.add_error(None, failed_unexpectedly())
        return None


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


def called(connector: Connector, health: Health) -> str:
    """Where nobody signs in, the test has read what the place calls itself."""
    title = "" if health.account else health.account_label
    return (title or connector.suggested_name())[:120]


def is_ours(health: Health) -> bool:
    account = health.account
    assert account
    ours = Identity.objects.filter(is_us=True, network=account.network)
    return ours.filter(external_id=account.external_id).exists()


def begin(
    request: AuthenticatedHttpRequest, connector: Connector, health: Health, form: ChoicesForm
) -> Source:
    return verbs.connect(
        connector,
        health,
        name=form.cleaned_data["name"],
        since=form.import_from(),
        by=request.user,
        channels=form.chosen_channels(),
        keywords=form.cleaned_data["keywords"],
        new_topics=form.cleaned_data["new_topics"],
    )
