"""The practice sites' pages: read, write as any member, edit, delete."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib.text import number

from . import pictures
from .decorators import local_or_signed_in, page, site_page
from .forms import ReplyForm, StartForm, TextForm
from .models import Account, Post, Refused, Site
from .models.thread import THREAD_PAGE

FRONT_PAGE = 25
RECENT_MEMBERS = 20
WHO = "sandbox_who"  # the cookie that remembers whom one plays


@require_GET
@local_or_signed_in
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "sandbox/index.html", {"sites": Site.objects.order_by("id")[:20]})


@require_GET
@site_page
def front(request: HttpRequest, site: Site, place: str = "") -> HttpResponse:
    threads = site.threads.filter(direct=False)
    chosen = get_object_or_404(site.places, slug=place) if place else None
    if chosen:
        threads = threads.filter(place=chosen)
    places = site.places.order_by("name")[:100] if site.has_titles else []
    return _thread_list(request, site, threads, place=chosen, places=places)


@require_GET
@site_page
def messages(request: HttpRequest, site: Site) -> HttpResponse:
    """The microblog's private messages, for whoever trains there."""
    if site.has_titles:
        raise Http404
    return _thread_list(request, site, site.threads.filter(direct=True), private=True)


@require_http_methods(["GET", "POST"])
@site_page
def threads(request: HttpRequest, site: Site) -> HttpResponse:
    """Open a thread: the form, and its answer."""
    form = StartForm(site, request.POST or None, initial={"who": _who(request), **_wanted(request)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        place = said.get("place")
        try:
            account = Account.called(site, said["who"])
            post = site.start(
                account,
                said["body"],
                title=said.get("title", ""),
                place=place.name if place else "",
                direct=said.get("direct", False),
            )
            return _remember(redirect(post.thread), account)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _write_page(request, site, form)


@require_GET
@site_page
def thread(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    talk = get_object_or_404(site.threads.select_related("place"), pk=pk)
    talk.site = site
    start = _number(request, "from")
    posts = list(
        talk.posts.published()
        .with_people()
        .filter(number__gte=start)
        .order_by("number")[: THREAD_PAGE + 1]
    )
    root = posts[0] if posts and posts[0].number == 1 else talk.posts.filter(number=1).first()
    return page(
        request,
        "thread",
        site,
        thread=talk,
        posts=_nested(site, posts[:THREAD_PAGE]),
        root=root,
        earlier=max(start - THREAD_PAGE, 1) if start > 1 else None,
        later=posts[THREAD_PAGE].number if len(posts) > THREAD_PAGE else None,
        form=ReplyForm(site, initial={"who": _who(request)}, parent=root),
        members=_recent(site),
    )


@require_GET
@login_not_required
def picture(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Open like the pictures of any public site: whoever shows a post fetches them."""
    data = pictures.drawn(name) if Site.objects.filter(slug=slug).exists() else None
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/png")


@require_GET
@site_page
def post(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    """A post's lasting address: the page of its thread that shows it."""
    return _to(get_object_or_404(site.posts.with_people(), pk=pk))


@require_http_methods(["GET", "POST"])
@site_page
def replies(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    parent = _find(site, pk)
    form = ReplyForm(site, request.POST or None, initial={"who": _who(request)}, parent=parent)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            account = Account.called(site, said["who"])
            reply = parent.reply(account, said["body"], comment=said.get("comment", False))
            where = redirect("sandbox:moderation", site.slug) if reply.pending else _to(reply)
            return _remember(where, account)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _write_page(request, site, form, parent=parent)


@require_http_methods(["GET", "POST"])
@site_page
def text(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    """Change what a post says."""
    written = _find(site, pk)
    form = TextForm(site, request.POST or None, initial={"body": written.body})
    if request.method == "POST" and form.is_valid():
        try:
            written.revise(form.cleaned_data["body"])
            return _to(written)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _write_page(request, site, form, edited=written)


@require_http_methods(["GET", "POST"])
@site_page
def deletion(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    doomed = _find(site, pk)
    if request.method == "POST":
        doomed.remove()
        return _to(doomed)
    return page(request, "deletion", site, post=doomed)


@require_POST
@site_page
def acceptance(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    """Mark the answer that helped."""
    answer = _find(site, pk)
    if site.kind != Site.Kind.HELPBOARD or answer.kind != Post.Kind.REPLY:
        raise Http404
    answer.accept()
    return _to(answer)


@require_GET
@site_page
def member(request: HttpRequest, site: Site, handle: str) -> HttpResponse:
    account = get_object_or_404(site.accounts.here(), handle=handle)
    posts = account.posts.published().filter(deleted_at=None, direct=False).with_people()
    if before := _number(request, "before"):
        posts = posts.filter(id__lt=before)
    found = list(posts.order_by("-id")[: FRONT_PAGE + 1])
    older = found[FRONT_PAGE - 1].pk if len(found) > FRONT_PAGE else None
    return page(request, "member", site, account=account, posts=found[:FRONT_PAGE], older=older)


@require_POST
@site_page
def departure(request: HttpRequest, site: Site, handle: str) -> HttpResponse:
    """Close a member's account; the hub's own stays."""
    get_object_or_404(site.accounts.here(), handle=handle, is_hub=False).leave()
    return redirect(site)


def _thread_list(request: HttpRequest, site: Site, threads: Any, **context: Any) -> HttpResponse:
    if before := _number(request, "before"):
        threads = threads.older_than(get_object_or_404(site.threads, pk=before))
    found = list(threads.select_related("place").newest_first()[: FRONT_PAGE + 1])
    shown = found[:FRONT_PAGE]
    roots = {
        root.thread_id: root
        for root in site.posts.filter(thread__in=shown, number=1).select_related("account")
    }
    for talk in shown:
        talk.site = site
    return page(
        request,
        "front",
        site,
        rows=[(talk, roots.get(talk.pk)) for talk in shown],
        older=shown[-1].pk if len(found) > FRONT_PAGE else None,
        **context,
    )


def _write_page(request: HttpRequest, site: Site, form: TextForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return page(request, "write", site, form=form, members=_recent(site), status=status, **context)


def _nested(site: Site, posts: list[Post]) -> list[Post]:
    """On the help board comments stand below what they comment on, the accepted answer first."""
    if site.kind != Site.Kind.HELPBOARD:
        return posts
    answers = {post.pk: (not post.accepted, post.number) for post in posts}

    def order(post: Post) -> tuple[tuple[bool, int], bool, int]:
        comment = post.kind == Post.Kind.COMMENT
        below = post.in_reply_to if comment else post
        if below is None or below.number == 1:
            return (False, 0), comment, post.number
        return answers.get(below.pk, (True, post.number)), comment, post.number

    return sorted(posts, key=order)


def _find(site: Site, pk: int) -> Post:
    return get_object_or_404(site.posts.with_people().filter(deleted_at=None), pk=pk)


def _to(post: Post) -> HttpResponse:
    return redirect(post.place_in_thread())


def _recent(site: Site) -> list[Account]:
    return list(site.accounts.recent()[:RECENT_MEMBERS])


def _who(request: HttpRequest) -> str:
    return request.COOKIES.get(WHO, "")[:80]


def _remember(response: HttpResponse, account: Account) -> HttpResponse:
    response.set_cookie(WHO, account.handle, max_age=86400, samesite="Lax", httponly=True)
    return response


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """What the link to the form asked for: a category, or a private message."""
    place = request.GET.get("place", "")
    return {"place": place if place.isdigit() else "", "direct": "direct" in request.GET}


def _number(request: HttpRequest, name: str) -> int:
    return min(number(request.GET.get(name)), 2**31 - 1)
