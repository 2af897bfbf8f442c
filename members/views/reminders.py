"""The link in the morning mail that ends it: nobody has to sign in for that."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from members import reminders


@csrf_exempt  # mail programs post here (RFC 8058): whoever has the signed link may
@login_not_required
@require_http_methods(["GET", "POST"])
def today_mail(request: HttpRequest, token: str) -> HttpResponse:
    """POST: off; with `on`, on again. GET changes nothing, since mail scanners follow links: the
    page that it brings posts by itself."""
    user = reminders.user_of(token)
    if user is None:
        raise Http404
    said = ""
    if request.method == "POST":
        said = reminders.switch(user, on="on" in request.POST)
    context = {"said": said, "is_on": user.prefers("today_mail"), "email": user.email}
    return render(request, "members/today_mail.html", context)
