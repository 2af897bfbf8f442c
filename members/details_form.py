"""The form with all that can be corrected about a member by hand, saved at once."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import TooLong, one_line, typed_line
from team.models import User

from . import custom_fields, day_of_year, interests
from .details_saving import PEOPLE
from .models import Member

MOST_LANGUAGES = 12
KEPT = ("pronouns", "place", "timezone", "languages", "interests", "birthday", "do_not_contact")


class DetailsForm(forms.Form):
    """`user` is whoever fills it in: leads also say which teammate a member is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    pronouns = forms.CharField(label=gettext_lazy("Pronouns"), max_length=40, required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)
    timezone = forms.CharField(
        label=gettext_lazy("Timezone"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"list": "timezones", "autocomplete": "off"}),
        help_text=gettext_lazy("Such as Europe/Berlin. Shows their local time."),
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Comma-separated."),
    )
    interests = forms.CharField(
        label=gettext_lazy("Interests"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Comma-separated, such as ambient, soldering."),
    )
    birthday = forms.CharField(
        label=gettext_lazy("Birthday"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Day and month, such as 12 March. Nobody’s year of birth is kept."),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Unassigned"),
        help_text=gettext_lazy("The teammate who keeps in touch with them."),
        error_messages={"invalid_choice": gettext_lazy("Select a teammate.")},
    )
    backup = forms.ModelChoiceField(
        label=gettext_lazy("Backup"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Unassigned"),
        help_text=gettext_lazy("Steps in while the owner is away."),
        error_messages={"invalid_choice": gettext_lazy("Select a teammate.")},
    )
    user = forms.ModelChoiceField(
        label=gettext_lazy("Teammate"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Not a teammate"),
        help_text=gettext_lazy(
            "Only if they are on your team: what they write on the platform counts as the "
            "team’s reply."
        ),
        error_messages={
            "invalid_choice": gettext_lazy("Select a teammate who isn’t linked to another member.")
        },
    )
    do_not_contact = forms.BooleanField(
        label=gettext_lazy("Do not contact"),
        required=False,
        help_text=gettext_lazy("They asked not to be contacted. Replies to them are refused."),
    )

    def __init__(self, data: Any = None, *, member: Member, user: User) -> None:
        self.member, self.custom = member, custom_fields.current()
        initial = {name: getattr(member, name) for name in ("name", *KEPT)}
        initial["languages"] = ", ".join(member.languages)
        initial["interests"] = ", ".join(member.interests)
        initial["birthday"] = day_of_year.words(member.birthday) if member.birthday else ""
        initial |= {
            "owner": member.owner_id, "backup": member.backup_id, "user": member.user_id
        }  # fmt: skip
        initial |= custom_fields.initial(self.custom, member)
        super().__init__(data, initial=initial)
        self.fields |= custom_fields.form_fields(self.custom)
        last = [*PEOPLE, "do_not_contact"]
        self.order_fields([*(name for name in self.fields if name not in last), *last])
        # Whoever it is now stays, though they were switched off meanwhile.
        for name, now in (("owner", member.owner_id), ("backup", member.backup_id)):
            self._offer(name, User.objects.filter(Q(is_active=True) | Q(pk=now)))
        if user.can_link_staff:
            free = Q(is_active=True, member__isnull=True) | Q(pk=member.user_id)
            self._offer("user", User.objects.filter(free))
        else:
            del self.fields["user"]

    def _offer(self, name: str, users: QuerySet[User]) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = users.order_by("name", "pk")

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"].strip()
        if name and name not in zoneinfo.available_timezones():
            raise forms.ValidationError(
                _("Unknown timezone. Select one from the list, such as Europe/Berlin.")
            )
        return name

    def clean_languages(self) -> list[str]:
        said = _("That’s %(n)s languages. Up to %(most)s fit.")
        return _words(self.cleaned_data["languages"], MOST_LANGUAGES, said)

    def clean_interests(self) -> list[str]:
        said = _("That’s %(n)s interests. Up to %(most)s fit.")
        return _words(self.cleaned_data["interests"], interests.MOST, said)

    def clean_birthday(self) -> int | None:
        try:
            return day_of_year.parse(self.cleaned_data["birthday"])
        except day_of_year.NotADay as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("name", "pronouns", "place"):
            if name in data:
                data[name] = one_line(data[name], 200)
        backup = data.get("backup")
        if backup and backup == data.get("owner") and "backup" in self.data:
            self.add_error("backup", _("Select somebody else: they are the owner."))
        return data

    @property
    def changed(self) -> dict[str, Any]:
        """Of a valid form: columns of the member that are others now; PEOPLE as User or
        None. What the form was sent without is left as it is."""
        data = {name: self.cleaned_data[name] for name in ("name", *KEPT)}
        data["fields"] = custom_fields.stored(self.custom, self.member, self.cleaned_data)
        data |= {n: self.cleaned_data[n] for n in PEOPLE if n in self.fields and n in self.data}
        return {name: it for name, it in data.items() if getattr(self.member, name) != it}


def _words(typed: str, most: int, too_many: str) -> list[str]:
    """Between commas, each once, in whatever case it was typed first."""
    try:
        lines = [typed_line(word, interests.LONGEST) for word in typed.split(",")]
    except TooLong as error:
        raise forms.ValidationError(str(error)) from error
    found: dict[str, str] = {}
    for word in filter(None, lines):
        found.setdefault(word.casefold(), word)
    if len(found) > most:
        raise forms.ValidationError(too_many % {"n": len(found), "most": most})
    return list(found.values())
