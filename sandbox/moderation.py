"""Moderation of a practice site: the hub's token, posts to approve, faults to practise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from .decorators import moderation_page, page
from .forms import ModerationForm
from .models import Site


@require_http_methods(["GET", "POST"])
@moderation_page
def moderation(request: HttpRequest, site: Site) -> HttpResponse:
    if request.method == "POST":
        form = ModerationForm(request.POST)
        if form.is_valid():
            Site.objects.filter(pk=site.pk).update(**form.cleaned_data)
        return redirect("sandbox:moderation", site.slug)
    names = ("hook_url", "moderates", "out_of_order")
    form = ModerationForm(initial={name: getattr(site, name) for name in names})
    waiting = site.posts.filter(pending=True).with_people().order_by("id")[:50]
    return page(request, "moderation", site, form=form, waiting=waiting, token=site.token())


@require_POST
@moderation_page
def token(request: HttpRequest, site: Site) -> HttpResponse:
    site.renew_token()
    return redirect("sandbox:moderation", site.slug)


@require_POST
@moderation_page
def approval(request: HttpRequest, site: Site, pk: int) -> HttpResponse:
    """Publish a waiting post, or turn it down."""
    post = get_object_or_404(site.posts.filter(pending=True), pk=pk)
    if request.POST.get("answer") == "yes":
        post.approve()
    else:
        post.remove()
    return redirect("sandbox:moderation", site.slug)
