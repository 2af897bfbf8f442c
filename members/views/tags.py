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
from members.models.tag import LONGEST
from members.tag_verbs import NameTaken
from team.actions import Changes
from team.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "POST"])
def tag_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST `name`: a new tag."""
    if request.method == "GET":
        context = {"rows": tag_page.rows(request.user)}
        return htmx.respond(request, "members/tags.html", context, parts=("tag-rows",))
    tag_verbs.create.require(request.user)
    try:
        changes = tag_verbs.create(request.POST.get("name", ""), by=request.user)
    except ValueError:
        return answer(request, _("Enter a tag name first."), level="error")
    except NameTaken as error:
        return answer(request, str(error), level="error")
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
        form.add_error("name", str(error))
        return tag_form(request, form, status=422)
    return answer(request, _("Saved.") if changes else _("No changes."), changes)


@require_POST
def tag_merge(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`into`: the name of the tag that stays."""
    tag_verbs.merge.require(request.user)
    found = visible_tag(request, pk)
    wanted = one_line(request.POST.get("into", ""), LONGEST)
    into = tag_page.others(found, request.user).filter(name__iexact=wanted).first()
    if into is None:
        said = _("Enter the name of another tag.")
        return htmx.tell(request, redirect("tag-page", pk), said, level="error")
    changes = tag_verbs.merge(found, into, by=request.user)
    said = _("Merged “%(name)s” into “%(into)s”.") % {"name": found, "into": into}
    return answer(request, said, changes)


# Below the views ---------------------------------------------------------------------------------


def visible_tag(request: AuthenticatedHttpRequest, pk: int) -> Tag:
    return get_object_or_404(Tag.objects.visible_to(request.user).current(), pk=pk)


def tag_form(request: AuthenticatedHttpRequest, form: TagForm, status: int = 200) -> HttpResponse:
    others = tag_page.others(form.tag, request.user)[: tag_page.MOST]
    context = {"tag": form.tag, "form": form, "others": others}
    return htmx.respond(request, "members/tag.html", context, status=status)


def answer(
    request: AuthenticatedHttpRequest, text: str, changes: Changes | None = None, *, level: str = ""
) -> HttpResponse:
    undo = changes.undo_url if changes else ""
    return htmx.tell(request, redirect("tag-list"), text, undo=undo, level=level)
