"""What one may write down about a member."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import one_line, storable
from team.models import User

from .cadences import check_cadence
from .models import FollowUp, FollowUpKind, Tag, Visibility
from .models.follow_up import LONGEST as FOLLOW_UP_LENGTH
from .models.tag import LONGEST


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Visible to"), choices=Visibility.choices, initial=Visibility.TEAM
    )

    def clean_text(self) -> str:
        return storable(self.cleaned_data["text"]).strip()


COLOURS = (  # in the order of the palette's hues
    gettext_lazy("Red"),
    gettext_lazy("Orange"),
    gettext_lazy("Amber"),
    gettext_lazy("Yellow"),
    gettext_lazy("Lime"),
    gettext_lazy("Green"),
    gettext_lazy("Teal"),
    gettext_lazy("Cyan"),
    gettext_lazy("Sky"),
    gettext_lazy("Blue"),
    gettext_lazy("Violet"),
    gettext_lazy("Pink"),
)


class CadenceField(forms.IntegerField):
    """Days between contacts; empty: none. As a person types it, so that 0 gets a sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Keep in touch every … days"),
            required=False,
            error_messages={"invalid": gettext_lazy("Enter a number of days.")},
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
            **options,
        )

    def clean(self, value: Any) -> int | None:
        days: int | None = super().clean(value)
        if days is not None:
            try:
                check_cadence(days)
            except ValueError as error:
                raise forms.ValidationError(str(error)) from None
        return days


class CadenceForm(forms.Form):
    cadence_days = CadenceField(
        help_text=gettext_lazy("Since the last contact in either direction. Empty: by their tags.")
    )


class TagForm(forms.Form):
    """`tag` is the one that is edited; many such forms stand on one page."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST,
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    colour = forms.TypedChoiceField(
        label=gettext_lazy("Colour"),
        choices=list(enumerate(COLOURS)),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Select a colour."),
            "invalid_choice": gettext_lazy("Select one of the colours."),
        },
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("When to use it."),
    )
    cadence_days = CadenceField(
        help_text=gettext_lazy("With each member who has it. A member’s own number of days wins.")
    )

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        first = {name: getattr(tag, name) for name in self.base_fields}
        super().__init__(data, initial=first, auto_id=f"tag-{tag.pk}-%s")
        self.tag = tag

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], LONGEST)
        if not name:
            raise forms.ValidationError(_("Enter a name."))
        return name

    def clean_description(self) -> str:
        return one_line(self.cleaned_data["description"], 200)


class FollowUpForm(forms.Form):
    """`follow_up` is the one that is edited; without one it is for a new one about `member`."""

    text = forms.CharField(
        label=gettext_lazy("What to do"),
        max_length=FOLLOW_UP_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        error_messages={"required": gettext_lazy("Say what should be done.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("By"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Select a day."),
            "invalid": gettext_lazy("That’s not a day. Write it as 2026-12-31."),
        },
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Select a teammate."),
            "invalid_choice": gettext_lazy("Select a teammate who can edit members."),
        },
    )
    promised = forms.BooleanField(
        label=gettext_lazy("Promised"),
        required=False,
        help_text=gettext_lazy("We told them that we would."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        follow_up: FollowUp | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        first: dict[str, Any] = {"owner": user.pk, **(initial or {})}
        if follow_up:
            first = {
                "text": follow_up.text,
                "due_on": follow_up.due_on,
                "owner": follow_up.owner_id,
                "promised": follow_up.is_promise,
            }
        super().__init__(data, initial=first, auto_id="follow-up-%s")
        self.follow_up = follow_up
        chosen = self.fields["owner"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = User.objects.who_can_triage().order_by("name", "pk")

    @property
    def said(self) -> dict[str, Any]:
        """As the verbs take it."""
        data = dict(self.cleaned_data)
        if data.pop("promised"):
            return {**data, "kind": FollowUpKind.PROMISE}
        row = self.follow_up  # a welcome stays one
        return {**data, "kind": FollowUpKind.FOLLOW_UP if not row or row.is_promise else row.kind}
