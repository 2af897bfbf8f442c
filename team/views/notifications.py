"""What the hub has to tell one colleague."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from community_hub.lib import htmx, keyset
from team.http import AuthenticatedHttpRequest
from team.models import Notification
from team.models.notification import NEWEST_FIRST

PAGE = 30


@require_safe
def notifications(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The newest first; `?before=` is where the page before ended."""
    mine = Notification.objects.visible_to(request.user)
    page = keyset.page(mine, NEWEST_FIRST, request.GET.get("before", ""), PAGE)
    context = {
        "notifications": page.rows,
        "older": page.more,
        "unread": mine.unread().count_up_to(),
    }
    return htmx.respond(request, "team/notifications.html", context, parts=("notifications",))


@require_safe
def count(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The number beside the bell."""
    unread = Notification.objects.visible_to(request.user).unread().count_up_to()
    return render(request, "team/_bell.html", {"unread": unread})


@require_safe
def newest(request: AuthenticatedHttpRequest) -> JsonResponse:
    """For the browser's own notification: {"id", "text", "link"}, or {} where nothing is unread."""
    mine = Notification.objects.visible_to(request.user).unread().newest_first().first()
    if mine is None:
        return JsonResponse({})
    return JsonResponse({"id": mine.pk, "text": mine.text, "link": mine.link})


@require_POST
def reading(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Read it: marks it and goes to what it is about."""
    mine = Notification.objects.visible_to(request.user)
    notification = get_object_or_404(mine, pk=pk)
    mine.filter(pk=pk).mark_read()
    here = url_has_allowed_host_and_scheme(notification.link, {request.get_host()})
    return redirect(notification.link if here else reverse("notifications"))


@require_POST
def reading_all(request: AuthenticatedHttpRequest) -> HttpResponse:
    Notification.objects.visible_to(request.user).mark_read()
    return redirect("notifications")
