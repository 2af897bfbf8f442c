"""The form of a member's size and address for gifts, and of their consent to keep them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from community_hub.lib.text import one_line, storable

from . import gift_verbs
from .follow_up_verbs import NotPossible
from .follow_ups import today
from .gift_verbs import Gift
from .models import GiftDetails, Member
from .models.gift import LONGEST_ADDRESS, LONGEST_CONSENT, LONGEST_SIZE, USUAL_MONTHS

MONTHS = (3, 6, 12, 24)
NO_DAY = gettext_lazy("That’s not a day. Write it as 2026-12-31.")


class GiftForm(forms.Form):
    """`kept`: what is there already. With `is_renewal`, the consent has to be told anew."""

    size = forms.CharField(
        label=gettext_lazy("Size"),
        max_length=LONGEST_SIZE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Such as XL. Found by size:XL."),
    )
    address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=gettext_lazy("As it stands on a parcel. Encrypted, and never part of an export."),
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("They agreed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Select the day on which they agreed."),
            "invalid": NO_DAY,
        },
    )
    agreed_where = forms.CharField(
        label=gettext_lazy("Where or how they agreed"),
        max_length=LONGEST_CONSENT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("In a few words, such as “in an email to Bo”. Without the address."),
        error_messages={"required": gettext_lazy("Say where or how they agreed.")},
    )
    months = forms.TypedChoiceField(
        label=gettext_lazy("Keep it for"),
        coerce=int,
        initial=USUAL_MONTHS,
        help_text=gettext_lazy("Counted from the day they agreed; deleted by itself after that."),
        error_messages={"invalid_choice": gettext_lazy("Select one of these times.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        member: Member,
        kept: GiftDetails | None = None,
        is_renewal: bool = False,
    ) -> None:
        self.member = member
        initial: dict[str, Any] = {"agreed_on": today()}
        if kept:
            initial = {"size": kept.size, "address": kept.address}
            consent = ("agreed_on", "agreed_where", "months")
            initial |= {} if is_renewal else {name: getattr(kept, name) for name in consent}
        super().__init__(data, initial=initial, auto_id="gift-%s")
        offered = sorted({*MONTHS, kept.months} if kept else MONTHS)
        choice = self.fields["months"]
        assert isinstance(choice, forms.TypedChoiceField)
        words = ngettext_lazy("%(n)d month", "%(n)d months", "n")
        choice.choices = [(each, words % {"n": each}) for each in offered]
        if is_renewal:
            self.fields["agreed_on"].widget.attrs["autofocus"] = True

    def clean_size(self) -> str:
        return one_line(self.cleaned_data["size"], LONGEST_SIZE)

    def clean_address(self) -> str:
        lines = storable(self.cleaned_data["address"]).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    def clean_agreed_where(self) -> str:
        said = one_line(self.cleaned_data["agreed_where"], LONGEST_CONSENT)
        if not said:
            raise forms.ValidationError(_("Say where or how they agreed."))
        return said

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                gift_verbs.check(self.member, Gift(**data))
            except NotPossible as error:
                self.add_error(
                    "size" if not data["size"] + data["address"] else "agreed_on", str(error)
                )
        return data

    @property
    def gift(self) -> Gift:
        """Of a valid form."""
        return Gift(**self.cleaned_data)
