"""What opens by a link that was mailed: the confirmation of an answer, and the answer itself. Who
has the link may; it shows that one answer and nothing else."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events import answers, calendar_links, desk, public_pages, rsvp, rsvp_limits
from events.models import Answer, Attendance
from events.public_pages import PublicEvent
from events.rsvp_forms import MyAnswerForm
from events.visitors import in_their_language

PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
}


@csrf_exempt  # whoever has the link may; nothing depends on a session
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_their_language
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, since mail scanners follow links: the page has a button that posts."""
    try:
        attendance = rsvp.confirm(token) if request.method == "POST" else None
    except answers.Refused as refused:
        return _confirmation_page(request, token, refused=str(refused))
    return _to_mine(attendance) if attendance else _confirmation_page(request, token)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_their_language
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """The answer that the link is of; POST changes it."""
    attendance = _attendance(token)
    full = attendance.event.takes_answers and public_pages.seats_for(attendance)
    if request.method != "POST":
        form = MyAnswerForm(attendance=attendance, is_full=full)
        return _private(request, "events/public/mine.html", _context(attendance, form))
    form = MyAnswerForm(request.POST, attendance=attendance, is_full=full)
    if not rsvp_limits.link_may(token):
        form.add_error(None, _("That was changed very often. Try again in ten minutes."))
        return _private(request, "events/public/mine.html", _context(attendance, form), 429)
    if form.is_valid() and _changed(attendance, form):
        return redirect("my-answer", token)
    return _private(request, "events/public/mine.html", _context(attendance, form), 422)


@login_not_required
@require_safe
@in_their_language
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """Without the address that they gave: the link may have been forwarded."""
    from events import ics  # icalendar is read by who needs it alone

    attendance = _attendance(token)
    joins = attendance.answer == Answer.GOING
    entry = ics.feed([attendance.event], attendance.event.title, joins=joins)
    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="event.ics"'}
    return HttpResponse(entry, content_type="text/calendar; charset=utf-8", headers=headers)


# Below the views ----------------------------------------------------------------------------------


def _confirmation_page(request: HttpRequest, token: str, refused: str = "") -> HttpResponse:
    """Where it was confirmed before, the answer."""
    pending = rsvp.pending_of(token)
    if pending is None:
        return _private(request, "events/public/link_over.html", {}, status=410)
    if pending.attendance:
        return _to_mine(pending.attendance)
    context = {"pending": pending, "shown": PublicEvent(pending.event), "refused": refused}
    return _private(request, "events/public/confirm.html", context, 422 if refused else 200)


def _attendance(token: str) -> Attendance:
    found = rsvp.attendance_of(token)
    if found is None:
        raise Http404
    return found


def _changed(attendance: Attendance, form: MyAnswerForm) -> bool:
    """False where it can't be; the form then says why."""
    data = form.cleaned_data
    try:
        rsvp.change_mind(attendance, data["wanted"], data.get("guests") or 0)
    except answers.Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _context(attendance: Attendance, form: MyAnswerForm) -> dict[str, Any]:
    event = attendance.event
    comes = attendance.answer in (Answer.GOING, Answer.MAYBE, Answer.WAITING)
    is_on = event.state_now == "published"
    return {
        "attendance": attendance,
        "event": event,
        "shown": PublicEvent(event),
        "form": form,
        "comes": comes and is_on,
        "before": rsvp.before_in_line(attendance),
        "picture": qr_of(attendance) if attendance.answer == Answer.GOING and is_on else "",
        "google": calendar_links.google(event),
        "outlook": calendar_links.outlook(event),
        "joins": event.link if attendance.answer == Answer.GOING and is_on else "",
        "reminds": bool(event.reminders) and comes and is_on,
        "team": public_pages.team_name(),
    }


def qr_of(attendance: Attendance) -> SafeString:
    """What the phone at the door reads: "HUB:7:K4M2PQRS", as an SVG."""
    code = segno.make(desk.qr_text(attendance), error="m", micro=False)
    drawn = code.svg_inline(scale=6, border=4, light="#ffffff", dark="#000000", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno of a number and letters


def _to_mine(attendance: Attendance) -> HttpResponse:
    answer = redirect("my-answer", attendance.token)
    for name, value in PRIVATE.items():
        answer[name] = value
    return answer


def _private(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    named = {"team": public_pages.team_name(), **context}
    answer = render(request, template, named, status=status)
    for name, value in PRIVATE.items():
        answer[name] = value
    return answer
