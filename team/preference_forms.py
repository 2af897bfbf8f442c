"""What a colleague chooses for themselves: profile, notifications, preferences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from team import notifications, timezones
from team.models import User
from team.widgets import LongSelect


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "timezone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Timezone"),
            choices=timezones.choices_with(self.instance.timezone),
            widget=LongSelect,
            help_text=_("Times are shown in this timezone."),
        )


class NotificationForm(forms.Form):
    """What is ticked is on. The quiet hours are "HH:MM" or empty, both or neither."""

    bell = forms.MultipleChoiceField(required=False)
    mail = forms.MultipleChoiceField(required=False)
    today_mail = forms.BooleanField(required=False)
    quiet_from = forms.TimeField(required=False)
    quiet_until = forms.TimeField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.slug, kind.label) for kind in notifications.kinds()]
        for name in ("bell", "mail"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("quiet_from")) != bool(found.get("quiet_until")):
            raise forms.ValidationError(_("Enter both times of your quiet hours, or none."))
        return found

    def chosen(self) -> dict[str, Any]:
        """As User.prefer() takes them."""
        said = self.cleaned_data
        return {
            "notifications": {
                kind.slug: {way: kind.slug in said[way] for way in ("bell", "mail")}
                for kind in notifications.kinds()
            },
            "today_mail": said["today_mail"],
            **{
                name: said[name].strftime("%H:%M") if said[name] else ""
                for name in ("quiet_from", "quiet_until")
            },
        }


class PreferencesForm(forms.Form):
    """Any of them may be sent alone: a switch in the menu saves itself."""

    theme = forms.ChoiceField(
        required=False,
        choices=[("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    density = forms.ChoiceField(
        required=False, choices=[("comfortable", _("Comfortable")), ("compact", _("Compact"))]
    )
    list_width = forms.IntegerField(required=False, min_value=0, max_value=4000)
    keys = forms.ChoiceField(required=False, choices=[("on", _("On")), ("off", _("Off"))])
    assign = forms.ChoiceField(required=False, choices=[("on", _("On")), ("off", _("Off"))])
    pictures = forms.ChoiceField(required=False, choices=[("on", _("On")), ("off", _("Off"))])
    next = forms.ChoiceField(
        required=False,
        choices=[("on", _("Open the next conversation")), ("off", _("Stay on this one"))],
    )

    def chosen(self) -> dict[str, Any]:
        """As User.prefer() takes them."""
        sent = {name: value for name, value in self.cleaned_data.items() if value}
        chosen: dict[str, Any] = {n: sent[n] for n in ("theme", "density") if n in sent}
        if self.cleaned_data["list_width"] is not None:  # 0 goes back to the width it had
            chosen["list_width"] = self.cleaned_data["list_width"]
        if "keys" in sent:
            chosen["single_keys"] = sent["keys"] == "on"
        if "pictures" in sent:
            chosen["pictures"] = sent["pictures"] == "on"
        if "assign" in sent:
            chosen["assign_on_reply"] = sent["assign"] == "on"
        if "next" in sent:
            chosen["open_next"] = sent["next"] == "on"
        return chosen
