"""The pages on which an admin says what else the team keeps of its members."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from members import custom_fields, field_verbs
from members.field_forms import FieldForm
from members.field_verbs import FieldRefused
from members.models import Field
from team.actions import Changes
from team.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "POST"])
def field_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """POST: a new field."""
    field_verbs.create.require(request.user)
    if request.method == "GET":
        return list_page(request, FieldForm())
    form = FieldForm(request.POST)
    if not form.is_valid():
        return list_page(request, form, status=422)
    try:
        changes = field_verbs.create(by=request.user, **form.cleaned_data)
    except FieldRefused as refused:
        form.add_error("name", str(refused))
        return list_page(request, form, status=422)
    return answer(request, _("Field added."), changes)


@require_http_methods(["GET", "POST", "DELETE"])
def field(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST: name, choices and help. DELETE: gone from every member."""
    field_verbs.edit.require(request.user)
    found = get_object_or_404(Field.objects.visible_to(request.user).current(), pk=pk)
    if request.method == "GET":
        return field_page(request, FieldForm(field=found))
    if htmx.method(request) == "DELETE":
        changes = field_verbs.delete(found, by=request.user)
        return answer(request, _("Deleted “%(name)s”.") % {"name": found}, changes)
    form = FieldForm(request.POST, field=found)
    if not form.is_valid():
        return field_page(request, form, status=422)
    try:
        changes = field_verbs.edit(found, by=request.user, **form.cleaned_data)
    except FieldRefused as refused:
        form.add_error("name", str(refused))
        return field_page(request, form, status=422)
    return answer(request, _("Saved.") if changes else _("No changes."), changes)


def list_page(
    request: AuthenticatedHttpRequest, form: FieldForm, *, status: int = 200
) -> HttpResponse:
    context = {"fields": custom_fields.current(), "form": form}
    return render(request, "members/fields.html", context, status=status)


def field_page(
    request: AuthenticatedHttpRequest, form: FieldForm, *, status: int = 200
) -> HttpResponse:
    context = {"field": form.field, "form": form}
    return render(request, "members/field.html", context, status=status)


def answer(request: AuthenticatedHttpRequest, text: str, changes: Changes) -> HttpResponse:
    return htmx.tell(request, redirect("member-fields"), text, undo=changes.undo_url)
