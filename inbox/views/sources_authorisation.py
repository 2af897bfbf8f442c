"""Signing in at a platform to connect or reconnect a source: the way there, and the one address
that people come back to.

What a connector does for it is in inbox/connectors/authorisation.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from community_hub.lib import htmx
from community_hub.lib.http_deadline import within
from inbox.connectors.base import Authorisation, Connector, ConnectorError
from inbox.connectors.registry import connector_class
from inbox.models import PlatformApplication, Source, SourceState
from inbox.verbs import sources as verbs
from inbox.views import pending_authorisation as pending
from inbox.views import sources_setup as setup
from inbox.views import sources_testing as testing
from inbox.views.pending_authorisation import PendingAuthorisation, Problem
from inbox.views.sources import managed_source
from inbox.views.sources_forms import split_secrets, validate_without_secrets
from inbox.views.sources_testing import NotConnected
from team.http import AuthenticatedHttpRequest

BUTTON = "authorise"  # the name of the form's other submit button

T = TypeVar("T")

log = structlog.get_logger(__name__)


@require_GET
@never_cache
@sensitive_variables()
def callback(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Where the platform sends people back to, with a code or with an error. Always a redirect, so
    that no page has the code in its address."""
    verbs.connect.require(request.user)
    found = pending.take(request, request.GET.get("state", ""))
    if found is None:
        text = _("That sign-in expired, was already used or wasn’t started here. Start again.")
        return back(request, Problem(text, None))
    source = managed_source(request, found.source) if found.source else None
    try:
        if source:
            return reconnected(request, source, found)
        return tested(request, found)
    except NotConnected as error:
        return back(request, Problem(strip_tags(error.sentence), found.config))


def redirect_page(
    request: AuthenticatedHttpRequest,
    platform: type[Connector],
    form: forms.Form,
    source: Source | None = None,
) -> HttpResponse | None:
    """A page that leads to the platform; None, with the reason on the form, where it cannot.

    A page and no redirect: browsers hold a form's redirects against the policy's `form-action`,
    which names the hub alone.
    """
    authorisation = platform.authorisation
    validate_without_secrets(form)
    if authorisation is None or not form.is_valid():
        return None
    config, _secrets = split_secrets(form)
    try:
        if source is None:
            testing.reject_twin(platform, config)
        address = begin(request, platform.kind, authorisation, config, source)
    except NotConnected as error:
        form.add_error(None, error.sentence)
        return None
    context = {"address": address, "place": urlsplit(address).netloc}
    return render(request, "inbox/sources/authorisation_redirect.html", context)


def offer(platform: type[Connector], form: forms.Form) -> dict[str, str] | None:
    """What the form's button says, where people can sign in at the platform."""
    if platform.authorisation is None:
        return None
    config = getattr(form, "cleaned_data", None) if form.is_bound else form.initial
    return {"button": BUTTON, "place": platform.authorisation.place(config or {})}


# Below the views --------------------------------------------------------------------------------


@sensitive_variables()
def begin(
    request: AuthenticatedHttpRequest,
    kind: str,
    authorisation: Authorisation,
    config: dict[str, object],
    source: Source | None,
) -> str:
    """The address to send the person to. Raises NotConnected."""
    state = pending.new_state()
    callback_url = settings.HUB_URL + reverse("source-authorisation")
    place = authorisation.place(config)
    known = PlatformApplication.known(kind, place, callback_url)
    application = asked(kind, lambda: authorisation.register(config, callback_url, known))
    if application != known:
        PlatformApplication.keep(kind, place, callback_url, application)
    address, kept = asked(
        kind, lambda: authorisation.begin(config, callback_url, state, application)
    )
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        log.error("a connector's sign-in has no web address", kind=kind)
        raise NotConnected(testing.failed_unexpectedly())
    made = PendingAuthorisation(kind, source.pk if source else None, config, kept)
    pending.keep(request, made, state)
    return address


@sensitive_variables()
def tested(request: AuthenticatedHttpRequest, found: PendingAuthorisation) -> HttpResponse:
    """On to the last step, as after a secret that was typed in. Raises NotConnected."""
    credentials = finish(request, found)
    made = testing.test_new(connector_class(found.kind), found.config, credentials)
    setup.keep(request, made)
    return redirect("source-add-choices", found.kind)


@sensitive_variables()
def reconnected(
    request: AuthenticatedHttpRequest, source: Source, found: PendingAuthorisation
) -> HttpResponse:
    if source.state == SourceState.DELETING:
        return htmx.tell(request, redirect(source), _("Keep the source first."), level="error")
    credentials = finish(request, found)
    health = testing.test_again(source, found.config, credentials, kept=[])
    verbs.reconnect(source, found.config, credentials, by=request.user, health=health)
    text = _("%(name)s is reconnected.") % {"name": source.name}
    return htmx.tell(request, redirect(source), text)


@sensitive_variables()
def finish(request: AuthenticatedHttpRequest, found: PendingAuthorisation) -> dict[str, object]:
    authorisation = connector_class(found.kind).authorisation
    if authorisation is None:
        raise NotConnected(testing.failed_unexpectedly())
    query = request.GET.dict()
    return asked(found.kind, lambda: authorisation.finish(found.config, found.kept, query))


def asked(kind: str, call: Callable[[], T]) -> T:
    """Raises NotConnected for whatever the connector raises."""
    try:
        with within(testing.TEST_SECONDS):
            return call()
    except ConnectorError as error:
        raise NotConnected(str(error)) from error
    except Exception as error:
        log.exception("sign-in failed", kind=kind)
        raise NotConnected(testing.failed_unexpectedly()) from error


def back(request: AuthenticatedHttpRequest, problem: Problem) -> HttpResponse:
    """To the form, with the sentence on it; without a form, to the platforms with a toast."""
    address = pending.form_address(request)
    if address == reverse("source-add"):
        return htmx.tell(request, redirect(address), problem.sentence, level="error")
    pending.report(request, problem)
    return redirect(address)
