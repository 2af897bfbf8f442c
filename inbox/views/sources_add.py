"""Connecting a source step by step, and reconnecting one: ask, test, choose, begin."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from community_hub.lib import htmx
from inbox.connectors.base import Connector, Health
from inbox.connectors.registry import connector_class, installed
from inbox.models import Source, SourceState
from inbox.verbs import sources as verbs
from inbox.views import pending_authorisation as pending
from inbox.views import sources_authorisation as authorisation
from inbox.views import sources_setup as setup
from inbox.views.sources import managed_source
from inbox.views.sources_forms import (
    ChoicesForm,
    kept_secrets,
    platform_form,
    secret_names,
    split_secrets,
)
from inbox.views.sources_testing import NotConnected, test_again, test_new
from team.http import AuthenticatedHttpRequest


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
    data = request.POST if request.method == "POST" else None
    problem = pending.take_problem(request, kind) if data is None else None
    form = platform_form(platform, data, typed=problem.config if problem else None)
    if data and authorisation.BUTTON in data:
        if page := authorisation.redirect_page(request, platform, form):
            return page
    elif data is not None and form.is_valid():
        try:
            setup.keep(request, test_new(platform, *split_secrets(form)))
        except NotConnected as error:
            form.add_error(error.field, error.sentence)
        else:
            return redirect("source-add-choices", kind)
    context = {
        "platform": being_connected(platform),
        "form": form,
        "problem": problem,
        "authorisation": authorisation.offer(platform, form),
    }
    status = 422 if form.is_bound else 200
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
    problem = pending.take_problem(request, found.kind, found.pk) if data is None else None
    typed = problem.config if problem else None
    form = platform_form(platform, data, stored=found, typed=typed)
    if data and authorisation.BUTTON in data:
        if page := authorisation.redirect_page(request, platform, form, found):
            return page
    elif data is not None and form.is_valid():
        try:
            kept = kept_secrets(type(form), data, found)
            health = test_again(found, *split_secrets(form), kept)
        except NotConnected as error:
            form.add_error(error.field, error.sentence)
        else:
            verbs.reconnect(found, *split_secrets(form), by=request.user, health=health)
            text = _("%(name)s is reconnected.") % {"name": found.name}
            return htmx.tell(request, redirect(found), text)
    context = {
        "source": found,
        "platform": shown(platform),
        "form": form,
        "problem": problem,
        "authorisation": authorisation.offer(platform, form),
    }
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


def called(connector: Connector, health: Health) -> str:
    """Where nobody signs in, the test has read what the place calls itself."""
    title = "" if health.account else health.account_label
    return (title or connector.suggested_name())[:120]


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
        is_our_place=form.cleaned_data["is_our_place"],
    )
