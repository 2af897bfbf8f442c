"""The sites' JSON API: what a connector sees. One bearer token a site, for the hub's account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from community_hub.lib.text import number

from .forms import SentForm
from .models import Account, Place, Post, Refused, Site
from .pictures import has_face

PAGE = 100
ApiView = Callable[..., HttpResponse]


def problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": message, "code": code}, status=status)


def api(view: ApiView) -> ApiView:
    """Find the site, check the token, and turn refusals into answers."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        site = Site.objects.filter(slug=slug).first()
        if site is None:
            return problem(404, "no_site", "There is no practice site here.")
        if site.out_of_order:
            return problem(503, "out_of_order", f"{site.name} is out of order.")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not site.accepts(token.strip()):
            return problem(401, "bad_token", f"{site.name} does not know this token.")
        try:
            return view(request, site, **kwargs)
        except Refused as refused:
            return problem(422, refused.code, str(refused))

    return wrapper


@require_GET
@api
def me(request: HttpRequest, site: Site) -> HttpResponse:
    about = {
        "slug": site.slug,
        "kind": site.kind,
        "name": site.name,
        "max_length": site.max_length,
        "moderates": site.moderates,
    }
    account = _account(_root(request, site), site.hub_account())
    return JsonResponse({"account": account, "site": about})


@require_GET
@api
def places(request: HttpRequest, site: Site) -> HttpResponse:
    root, found = _root(request, site), site.places.order_by("name")[:500]
    return JsonResponse({"places": [_place(root, site, place) for place in found]})


@require_GET
@api
def changes(request: HttpRequest, site: Site) -> HttpResponse:
    """Posts in the order they last changed, from `after` on, or from the first at or after
    `since`. A post that changes is listed again under its new number."""
    limit = min(max(_number(request, "limit", PAGE), 1), PAGE)
    after = _number(request, "after", 0)
    if "since" in request.GET:
        after = _before(site, _moment(request, "since"))
    found = list(
        site.posts.published().with_people().filter(seq__gt=after).order_by("seq")[: limit + 1]
    )
    listed = found[:limit]
    return JsonResponse(
        {
            "posts": _posts(request, site, listed),
            "next": listed[-1].seq if listed else after,
            "more": len(found) > limit,
        }
    )


@require_http_methods(["GET", "POST"])
@api
def posts(request: HttpRequest, site: Site) -> HttpResponse:
    """GET: posts by `ids` (comma separated) or by `client_token`. POST: write a reply."""
    if request.method == "POST":
        return _write(request, site)
    found = site.posts.for_api()
    if "client_token" in request.GET:
        form = SentForm({"client_token": request.GET["client_token"]})
        token = form.cleaned_data["client_token"] if form.is_valid() else None
        found = found.filter(client_token=token) if token else found.none()
    else:
        found = found.filter(pk__in=_ids(request.GET.get("ids", "")))
    return JsonResponse({"posts": _posts(request, site, found.order_by("id")[:PAGE])})


@require_GET
@api
def context(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    """What a post answers, from the topmost post down."""
    post = site.posts.filter(pk=pk).first()
    if post is None:
        return problem(404, "no_post", "There is no such post.")
    return JsonResponse({"ancestors": _posts(request, site, post.ancestors())})


def _write(request: HttpRequest, site: Site) -> HttpResponse:
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):  # the latter: nested thousands deep
        return problem(400, "not_json", "This is not JSON.")
    form = SentForm(data if isinstance(data, dict) else {})
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        return problem(422, f"bad_{field}", f"{field}: {errors[0]}")
    sent = form.cleaned_data
    if sent["visibility"] == "direct" and site.kind != Site.Kind.MICROBLOG:
        raise Refused("not_private", f"{site.name} has no private messages.")
    parent = _answered(site, sent)
    before = parent.thread.last_number
    post = parent.reply(
        site.hub_account(),
        sent["body"],
        direct=sent["visibility"] == "direct",
        client_token=sent["client_token"],
    )
    made = post.number > before
    (written,) = _posts(request, site, site.posts.for_api().filter(pk=post.pk))
    status = 202 if post.pending else 201 if made else 200
    return JsonResponse(written, status=status)


def _answered(site: Site, sent: dict[str, Any]) -> Post:
    """The post to answer: the one named, or the one that opened the thread."""
    found = site.posts.select_related("site", "thread")
    if sent["in_reply_to"]:
        post = found.filter(pk=sent["in_reply_to"]).first()
    else:
        post = found.filter(thread=sent["thread"] or 0, number=1).first()
    if post is None:
        raise Refused("deleted", "The post you are answering is not here.")
    return post


def _before(site: Site, since: datetime) -> int:
    """The change number just below everything written at or after `since`."""
    lowest = site.posts.filter(created_at__gte=since).aggregate(seq=Min("seq"))["seq"]
    return site.last_seq if lowest is None else lowest - 1


def _number(request: HttpRequest, name: str, default: int) -> int:
    try:
        return min(max(int(request.GET.get(name, default)), 0), 2**63 - 1)
    except ValueError as error:
        raise Refused(f"bad_{name}", f"{name} must be a number.") from error


def _moment(request: HttpRequest, name: str) -> datetime:
    try:
        moment = parse_datetime(request.GET[name])
    except ValueError:
        moment = None
    if moment is None:
        raise Refused(f"bad_{name}", f"{name} must be a time in ISO 8601.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ids(text: str) -> list[int]:
    return [number(part) for part in text.split(",")[:PAGE]]


def _root(request: HttpRequest, site: Site) -> str:
    """The site's own address. Those of its pages are put together from it: looking each up by
    name took half the time of a page of changes."""
    return request.build_absolute_uri(site.get_absolute_url())


def _posts(request: HttpRequest, site: Site, posts: Iterable[Post]) -> list[dict[str, Any]]:
    root = _root(request, site)
    return [_post(root, site, post) for post in posts]


def _post(root: str, site: Site, post: Post) -> dict[str, Any]:
    """A post as the API shows it. The microblog names no thread: only what a post answers."""
    place = post.thread.place
    data: dict[str, Any] = {
        "id": str(post.pk),
        "kind": post.kind,
        "in_reply_to": str(post.in_reply_to_id) if post.in_reply_to_id else None,
        "account": _account(root, post.account) if post.account else None,
        "body": post.body,
        "visibility": "direct" if post.direct else "public",
        "place": _place(root, site, place) if place else None,
        "url": f"{root}posts/{post.pk}/",
        "client_token": str(post.client_token) if post.client_token else None,
        "version": post.version,
        "created_at": post.created_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        "deleted": post.deleted_at is not None,
        "pending": post.pending,
    }
    if site.has_titles:
        data["number"] = post.number
        data["thread"] = {
            "id": str(post.thread_id),
            "title": post.thread.title,
            "url": f"{root}threads/{post.thread_id}/",
        }
    return data


def _account(root: str, account: Account) -> dict[str, Any]:
    return {
        "id": str(account.pk),
        "handle": account.handle,
        "name": account.name,
        "bio": account.bio,
        "url": f"{root}members/{account.handle}/",
        "avatar": f"{root}pictures/face-{account.handle}.png" if has_face(account.handle) else "",
        "bot": account.is_bot,
        "hub": account.is_hub,
    }


def _place(root: str, site: Site, place: Place) -> dict[str, Any]:
    return {
        "slug": place.slug,
        "name": place.name if site.has_titles else f"#{place.name}",
        "url": f"{root}in/{place.slug}/",
        "description": place.description,
    }
