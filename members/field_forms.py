"""The forms in which an admin adds and changes the fields of members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import one_line

from .models import Field, FieldType
from .models.field import LONGEST_HELP, LONGEST_NAME, MOST_CHOICES

LONGEST_CHOICE = 80


class ChoicesField(forms.CharField):
    """One a line; kept once, in the order they were typed."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Choices"),
            required=False,
            max_length=MOST_CHOICES * (LONGEST_CHOICE + 2),
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=gettext_lazy("One per line. Only for the type Choice."),
        )

    def clean(self, value: Any) -> list[str]:
        lines = [one_line(line, 500) for line in super().clean(value).splitlines()]
        kept = list({line.casefold(): line for line in lines if line}.values())
        if len(kept) > MOST_CHOICES:
            raise forms.ValidationError(
                _("A field can have at most %(n)s choices.") % {"n": MOST_CHOICES}
            )
        for line in kept:
            if len(line) > LONGEST_CHOICE:
                said = _("“%(start)s…” is too long: at most %(n)s characters.")
                raise forms.ValidationError(said % {"start": line[:20], "n": LONGEST_CHOICE})
        return kept


class FieldForm(forms.Form):
    """`field` is the one that is changed: its type stays as it is. Without one, a new one."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=FieldType.choices,
        error_messages={"invalid_choice": gettext_lazy("Select one of the types.")},
    )
    choices = ChoicesField()
    help = forms.CharField(
        label=gettext_lazy("Help"),
        max_length=LONGEST_HELP,
        required=False,
        help_text=gettext_lazy("What to write there. It stands below the field."),
    )

    def __init__(self, data: Any = None, *, field: Field | None = None) -> None:
        initial = None
        if field:
            initial = {
                "name": field.name,
                "choices": "\n".join(field.choices),
                "help": field.help,
            }
        super().__init__(data, initial=initial, auto_id="field-%s")
        self.field = field
        if field:
            del self.fields["kind"]
            if field.kind != FieldType.CHOICE:
                del self.fields["choices"]

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], LONGEST_NAME)
        if not name:
            raise forms.ValidationError(_("Enter a name."))
        return name

    def clean_help(self) -> str:
        return one_line(self.cleaned_data["help"], LONGEST_HELP)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = self.field.kind if self.field else data.get("kind")
        if kind == FieldType.CHOICE:
            if not data.get("choices") and "choices" not in self.errors:
                self.add_error("choices", _("Write at least one choice."))
        else:
            data.pop("choices", None)
        return data
