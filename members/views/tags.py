"""The pages on which the team's tags are kept in order."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from community_hub.lib.text import one_line
from members import tag_page, tag_verbs
from members.forms import TagForm
from members.models import Tag
from members.tag_verbs import NameTaken
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

MOST_SHOWN = 200  # characters of a tag's name that there is not


@require_http_methods(["GET", "POST"])
def tag_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST `name`: a new tag."""
    if request.method == "GET":
        return list_page(request)
    tag_verbs.create.require(request.user)
    try:
        changes = tag_verbs.create(request.POST.get("name", ""), by=request.user)
    except (ValueError, NameTaken) as error:
        return list_page(request, wrong=str(error))
    return answer(request, _("Tag created."), changes)


@require_http_methods(["GET", "POST", "DELETE"])
def tag(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST: name, colour and description. DELETE: gone from everything that carries it."""
    tag_verbs.edit.require(request.user)
    found = visible_tag(request, pk)
    if request.method == "GET":
        return tag_form(request, TagForm(tag=found))
    if htmx.method(request) == "DELETE":
        changes = tag_verbs.delete(found, by=request.user)
        return answer(request, _("Deleted “%(name)s”.") % {"name": found}, changes)
    form = TagForm(request.POST, tag=found)
    if not form.is_valid():
        return tag_form(request, form, status=422)
    try:
        changes = tag_verbs.edit(found, by=request.user, **form.cleaned_data)
    except NameTaken as error:
        form.add_error("name", f"{error} {_('Merge the two instead.')}")
        return tag_form(request, form, status=422)
    return answer(request, _("Saved.") if changes else _("No changes."), changes)


@require_POST
def tag_merge(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`into`: the name of the tag that stays."""
    tag_verbs.merge.require(request.user)
    found = visible_tag(request, pk)
    wanted = one_line(request.POST.get("into", ""), MOST_SHOWN)
    into = tag_page.others(found, request.user).filter(name__iexact=wanted).first()
    if into is None:
        wrong = _("There’s no other tag “%(name)s”.") % {"name": wanted}
        if not wanted:
            wrong = _("Enter the name of another tag.")
        return tag_form(request, TagForm(tag=found), into=wanted, wrong=wrong, status=422)
    changes = tag_verbs.merge(found, into, by=request.user)
    said = _("Merged “%(name)s” into “%(into)s”.") % {"name": found, "into": into}
    return answer(request, said, changes)


# Below the views ---------------------------------------------------------------------------------


def visible_tag(request: AuthenticatedHttpRequest, pk: int) -> Tag:
    return get_object_or_404(Tag.objects.visible_to(request.user).current(), pk=pk)


def list_page(request: AuthenticatedHttpRequest, wrong: str = "") -> HttpResponse:
    """`wrong`: what is said of the name that was typed for a new tag."""
    typed = request.POST.get("name", "")
    context = {"rows": tag_page.rows(request.user), "wrong": wrong, "typed": typed}
    status = 422 if wrong else 200
    parts = ("tag-rows",)
    return htmx.respond(request, "members/tags.html", context, parts=parts, status=status)


def tag_form(
    request: AuthenticatedHttpRequest,
    form: TagForm,
    *,
    into: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    """`wrong`: what is said of `into`, the name that was typed to merge with."""
    others = tag_page.others(form.tag, request.user)[: tag_page.MOST]
    context = {"tag": form.tag, "form": form, "others": others, "into": into, "wrong": wrong}
    return htmx.respond(request, "members/tag.html", context, status=status)


def answer(request: AuthenticatedHttpRequest, text: str, changes: Changes) -> HttpResponse:
    return htmx.tell(request, redirect("tag-list"), text, undo=changes.undo_url)
