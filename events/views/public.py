"""What anybody may open without an account. The only cookie that these pages set or read is that
of the language, so a form on them needs no token against forgery: nothing is done in anybody's
name."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from community_hub.lib import compiled_sql
from community_hub.lib.keyset import Order
from events import public_pages, rsvp, rsvp_limits
from events.models import Event
from events.public_pages import PublicEvent
from events.rsvp_forms import RsvpForm
from events.visitors import in_their_language

PAGE = 50
NONCE = "nonce-of-this-answer"  # in kept pages, in the place of the one of each answer
SOONEST, NEWEST = Order("starts_at"), Order("-starts_at")


@login_not_required
@require_safe
@in_their_language
def events(request: HttpRequest) -> HttpResponse:
    """Those to come, the soonest first; with `past`, those that are over, the newest first."""
    past, now = "past" in request.GET, timezone.now()
    order = NEWEST if past else SOONEST
    rows = Event.objects.listed_publicly().order_by(*order.fields)
    rows = rows.filter(ends_at__lte=now) if past else rows.filter(ends_at__gt=now)
    found = list(rows.filter(order.after(request.GET.get("after", "")))[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    context = {
        "events": [PublicEvent(row) for row in shown],
        "is_past": past,
        "more": order.cursor_of(shown[-1]) if more else "",
        "team": public_pages.team_name(),
    }
    return render(request, "events/public/list.html", context)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_their_language
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the page. POST: an answer, which a link by mail confirms."""
    found = _event(slug)
    if request.method == "POST" and found.takes_answers:
        return _answer(request, found)
    page = public_pages.kept(found, "page", lambda: _page(found))
    return HttpResponse(page.replace(NONCE, str(request.csp_nonce)))  # type: ignore[attr-defined]


@login_not_required
@require_safe
@in_their_language
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """After an answer: the same for every address."""
    return render(request, "events/public/sent.html", _context(_event(slug)))


@login_not_required
@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@in_their_language
def embedded(request: HttpRequest, slug: str) -> HttpResponse:
    """For a frame on any site: no form, but a link to the whole page in a window of its own, so
    that nobody types into what they can't tell from the site around it."""
    found = _event(slug)
    return HttpResponse(
        public_pages.kept(
            found,
            "embed",
            lambda: render_to_string("events/public/embed.html", _context(found)),
        )
    )


@login_not_required
@require_safe
@in_their_language
def picture(request: HttpRequest, slug: str) -> HttpResponse:
    drawn = public_pages.picture_of(_event(slug))
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(drawn, content_type="image/png", headers=headers)


# Below the views ----------------------------------------------------------------------------------


def _event(slug: str) -> Event:
    """Published, or cancelled after that. A draft and one of the team alone are not there."""
    found = compiled_sql.rows("public-event", _with_slug, slug=slug)
    if not found:
        raise Http404
    return found[0]


def _with_slug(slug: str) -> QuerySet[Event]:
    return Event.objects.with_public_page().filter(slug=slug)


def _context(found: Event) -> dict[str, Any]:
    return {"shown": PublicEvent(found), "event": found, "team": public_pages.team_name()}


def _page(found: Event, form: RsvpForm | None = None) -> str:
    context = _context(found)
    full = context["shown"].is_full if found.takes_answers else False
    context |= {"form": form or RsvpForm(event=found, is_full=full), "nonce": NONCE}
    return render_to_string("events/public/event.html", context)


def _answer(request: HttpRequest, found: Event) -> HttpResponse:
    """Back to the form with what they typed, or to the page that says to look for a mail. What it
    says is the same whether the hub knows the address, and whether a mail was sent too often."""
    form = RsvpForm(request.POST, event=found, is_full=PublicEvent(found).is_full)
    if not rsvp_limits.network_may(request):
        form.add_error(
            None, _("Too many answers came from your network. Try again in ten minutes.")
        )
        return _form_again(request, found, form, 429)
    if not form.is_valid():
        return _form_again(request, found, form, 422)
    said = form.said()
    if rsvp_limits.address_may(said.email.lower()) and rsvp_limits.event_may(found.pk):
        rsvp.ask(found, said, language=get_language() or "")
    return redirect("public-event-sent", found.slug)


def _form_again(request: HttpRequest, found: Event, form: RsvpForm, status: int) -> HttpResponse:
    page = _page(found, form).replace(NONCE, str(request.csp_nonce))  # type: ignore[attr-defined]
    return HttpResponse(page, status=status)
