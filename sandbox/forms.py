"""What the sites' pages and API accept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Place, Post, Site


class TextForm(forms.Form):
    """A post's text; how long it may be is the models' to say, in words."""

    body = forms.CharField(
        label=_("Your text"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown works: *italic*, **bold**, > quote, `code`."),
    )

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site


class ReplyForm(TextForm):
    who = forms.CharField(
        label=_("Write as"),
        max_length=80,
        help_text=_("A member’s handle, or a new name to join with."),
        widget=forms.TextInput(attrs={"list": "members", "autocomplete": "off"}),
    )
    comment = forms.BooleanField(label=_("Only a comment, not an answer"), required=False)

    field_order = ["who", "body", "comment"]

    def __init__(self, site: Site, *args: Any, parent: Post | None = None, **kwargs: Any) -> None:
        super().__init__(site, *args, **kwargs)
        asks = site.kind == Site.Kind.HELPBOARD and parent and parent.kind == Post.Kind.ROOT
        if not asks:
            del self.fields["comment"]


class StartForm(TextForm):
    who = ReplyForm.base_fields["who"]
    title = forms.CharField(label=_("Title"), max_length=200)
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("Category"),
        empty_label=_("Select a category"),
        error_messages={"required": _("Select a category.")},
    )
    direct = forms.BooleanField(
        label=_("Private message to @polyphon"),
        required=False,
        help_text=_("Only you and the team would see it on a real site."),
    )

    field_order = ["who", "title", "place", "body", "direct"]

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(site, *args, **kwargs)
        if site.has_titles:
            del self.fields["direct"]
            places: Any = self.fields["place"]
            places.queryset = site.places.order_by("name")  # a slice would refuse every choice
            if not site.places.exists():
                del self.fields["place"]
        else:
            del self.fields["title"], self.fields["place"]


class SentForm(forms.Form):
    """What POST api/posts takes; lengths are the models' to refuse, in their own words."""

    in_reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    thread = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    body = forms.CharField(required=False, max_length=200_000)
    client_token = forms.UUIDField(required=False)
    visibility = forms.ChoiceField(
        choices=[("public", "public"), ("direct", "direct")], required=False
    )


class ModerationForm(forms.Form):
    hook_url = forms.URLField(
        label=_("Webhook address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Copy it from the source’s page in the hub to send posts there immediately."),
    )
    moderates = forms.BooleanField(
        label=_("Replies wait for approval"),
        required=False,
        help_text=_("Each new reply stays hidden until somebody approves it here."),
    )
    out_of_order = forms.BooleanField(
        label=_("Out of order"),
        required=False,
        help_text=_("Every page and the API answer with an error until this is off."),
    )
