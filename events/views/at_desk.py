"""What the check-in of the team and that of helpers have in common; check_in.py and door.py say
who may."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from typing import Any, cast
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _

from community_hub.lib.permissions_policy import CAMERA, HEADER
from community_hub.lib.text import number, one_line
from events import answers, desk, scans
from events.desk import Desk

WORKER = settings.BASE_DIR / "community_hub" / "static" / "workers" / "check-in.js"
LONGEST_QUERY = 200


def page(request: HttpRequest, at: Desk) -> HttpResponse:
    """The list, searched by name or code (`q`), after a place (`before`). `done`: the nonce of a
    form that was sent just now."""
    typed = one_line(request.GET.get("q", ""), LONGEST_QUERY)
    listing = desk.listing(at, typed, request.GET.get("before", ""))
    rows = desk.noted(at, listing.rows)
    for row in rows:
        row["nonce"] = uuid.uuid4().hex
    context = {
        "desk": at,
        "event": at.event,
        "tally": desk.count(at.event),
        "rows": rows,
        "listing": listing,
        "q": typed,
        "said": scans.said_of(at, request.GET.get("done", "")),
        "closed": "" if at.is_open else answers.closed_words(at.event),
        "nonce": uuid.uuid4().hex,
        "blank": {"pk": "", "name": "", "note": "", "at": "", "nonce": ""},
    }
    response = unkept(render(request, "events/check_in.html", context))
    response.headers[HEADER] = CAMERA
    return cast(
        HttpResponse, csp_update({"worker-src": [SELF]})(lambda _request: response)(request)
    )


def people(request: HttpRequest, at: Desk) -> HttpResponse:
    """For a phone: everybody, or who changed `since` (ms, as `now` of the answer before said)."""
    now = timezone.now()
    tally = desk.count(at.event)
    answer: dict[str, Any] = {"now": int(now.timestamp() * 1000), **asdict(tally)}
    if at.link is None:
        answer["csrf"] = get_token(request)
    since = scans.moment(number(request.GET.get("since")))
    changed = desk.changes(at, since) if since else None
    if changed is None:
        answer["people"] = desk.everybody(at)
    else:
        answer["changed"] = changed
    return unkept(JsonResponse(answer))


def sent(request: HttpRequest, at: Desk) -> HttpResponse:
    """JSON from a phone: {"now": ms, "scans": [...]}, answered one by one; or a form of one."""
    if request.content_type == "application/json":
        return _sent_by_phone(request, at)
    form = request.POST
    kind, _sep, rest = form.get("scan", "").partition(":")
    pk, _sep, nonce = rest.partition(":")
    nonce = nonce or form.get("nonce", "")
    item = {"kind": kind, "attendance": pk, "nonce": nonce, "name": form.get("name", "")}
    scans.take(at, [item])
    kept = {name: form.get(name, "")[:LONGEST_QUERY] for name in ("q", "before")}
    query = urlencode({**{key: value for key, value in kept.items() if value}, "done": nonce})
    return redirect(f"{at.base}?{query}")


def worker(request: HttpRequest, at: Desk) -> HttpResponse:
    """The service worker of this one page: nothing outside of its address is within its scope."""
    kept = [static("hub.css"), static("check-in.js"), static("mark.svg")]
    if at.link is None:
        kept.append(static("hub.js"))
    config = {"page": at.base, "people": f"{at.base}people/", "assets": kept}
    text = f"const CONFIG = {json.dumps(config)};\n{WORKER.read_text()}"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = at.base
    response.headers["Cache-Control"] = "no-cache"
    return response


def unkept(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, but for the page's own worker."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _sent_by_phone(request: HttpRequest, at: Desk) -> HttpResponse:
    try:
        body = json.loads(request.body)
        items = body["scans"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _refused(_("This can’t be read."))
    if not isinstance(items, list) or len(items) > scans.MOST:
        return _refused(_("Send up to %(n)s at a time.") % {"n": scans.MOST})
    done = scans.take(at, items, phone_now=scans.moment(body.get("now")))
    tally = asdict(desk.count(at.event))
    return unkept(JsonResponse({"answers": [asdict(each) for each in done], **tally}))


def _refused(said: str) -> HttpResponse:
    return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
