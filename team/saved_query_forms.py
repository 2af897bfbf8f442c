"""The form in which a view is saved and edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_hub.lib.query import LONGEST as LONGEST_QUERY
from community_hub.lib.query import Marked, Mistake, marked
from community_hub.lib.text import one_line

from .listings import ListKind
from .models import SavedQuery, User
from .models.saved_query import LONGEST
from .saved_query_checks import checked


class SavedQueryForm(forms.Form):
    """`q` and `sort` are called as in the address of a list. `was_name` and `was_q` are what the
    view had when the form was shown. `mistake`: what is wrong with the query; `place`: where."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST, error_messages={"required": _("Enter a name.")}
    )
    q = forms.CharField(
        label=_("Search"),
        max_length=LONGEST_QUERY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "dir": "auto"}),
    )
    sort = forms.ChoiceField(label=_("Order"), required=False)
    shared = forms.BooleanField(
        label=_("Share with the team"),
        required=False,
        help_text=_("Everyone sees it in their navigation. Leads can edit and remove it."),
    )
    was_name = forms.CharField(required=False, widget=forms.HiddenInput)
    was_q = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        listing: ListKind,
        view: SavedQuery | None = None,
    ) -> None:
        first: dict[str, Any] = {}
        if view:
            first = {"name": view.name, "q": view.text, "sort": view.order, "shared": view.shared}
            first |= {"was_name": view.name, "was_q": view.text}
        super().__init__(data, initial=first)
        self.mistake: Mistake | None = None
        self.place: Marked | None = None
        self.user = user
        self.listing = listing
        self.view = view
        self.fields["sort"] = forms.ChoiceField(
            label=_("Order"), required=False, choices=list(listing.orders.items())
        )
        if not (view.can_be_shared_by(user) if view else user.can_share_views):
            del self.fields["shared"]

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], LONGEST)
        if not name:
            raise forms.ValidationError(_("Enter a name."))
        return name

    def clean_q(self) -> str:
        """What a view had before may stay, although its tag is gone."""
        text: str = self.cleaned_data["q"]
        if self.view and text == self.view.text:
            return text
        try:
            owner = self.view.owner if self.view else None
            return checked(self.listing, text, self.user, owner=owner)
        except Mistake as mistake:
            self.mistake, self.place = mistake, marked(mistake, text)
            raise forms.ValidationError(mistake.sentence) from mistake

    def showing(self, view: SavedQuery) -> SavedQueryForm:
        """The same form, once its writer has been told how the view is by now."""
        told = {name: self.data[name] for name in self.data}
        told |= {"was_name": view.name, "was_q": view.text}
        form = SavedQueryForm(told, user=self.user, listing=self.listing, view=self.view)
        form.full_clean()
        return form
