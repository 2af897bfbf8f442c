"""What is asked when a source is connected or changed. A platform's own form comes with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.text import one_line
from inbox.connectors.base import Capabilities, ChannelInfo, Connector
from inbox.models import Source
from team import hours
from team.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_KEYWORDS, LONGEST_KEYWORD = 100, 80
MOST_PEOPLE = 500
PERIODS: dict[str, tuple[str | _StrPromise, timedelta]] = {
    "none": (gettext_lazy("New posts only"), timedelta()),
    "week": (gettext_lazy("One week"), timedelta(days=7)),
    "month": (gettext_lazy("One month"), timedelta(days=30)),
    "quarter": (gettext_lazy("Three months"), timedelta(days=91)),
    "year": (gettext_lazy("One year"), timedelta(days=365)),
}


class KeywordsField(forms.CharField):
    """One a line, or with commas; kept once, in the order they were typed."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Watched words"),
            required=False,
            max_length=8000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=gettext_lazy("One per line. Matching posts go to Needs reply."),
        )

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        words = [one_line(part, 500) for line in text.splitlines() for part in line.split(",")]
        kept = list({word.casefold(): word for word in words if word}.values())
        if len(kept) > MOST_KEYWORDS:
            raise forms.ValidationError(
                _("You can watch at most %(n)s words.") % {"n": MOST_KEYWORDS}
            )
        for word in kept:
            if len(word) > LONGEST_KEYWORD:
                raise forms.ValidationError(
                    _("“%(start)s…” is too long: at most %(n)s characters.")
                    % {"start": word[:20], "n": LONGEST_KEYWORD}
                )
        return kept


class NewTopicsField(forms.BooleanField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Add new topics to Needs reply"),
            required=False,
            help_text=gettext_lazy(
                "If off, only mentions, replies to your team and watched words go to Needs reply."
            ),
        )


class OurPlaceField(forms.BooleanField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("This is one of our places"),
            required=False,
            help_text=gettext_lazy(
                "If off, who writes here is an outsider until they are seen in a place of yours."
            ),
        )


class SettingsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    keywords = KeywordsField()
    new_topics = NewTopicsField()
    is_our_place = OurPlaceField()

    def __init__(self, data: Any = None, *, source: Source) -> None:
        initial = {
            "name": source.name,
            "keywords": "\n".join(source.keywords),
            "new_topics": source.new_topics,
            "is_our_place": source.is_our_place,
        }
        super().__init__(data, initial=initial, auto_id="settings-%s")


class AudienceForm(forms.Form):
    """The whole team, or these people; admins and leads see every source anyway."""

    who = forms.ChoiceField(
        label=gettext_lazy("Visible to"),
        choices=[
            ("team", gettext_lazy("Everyone on the team")),
            ("people", gettext_lazy("Selected people (and admins and leads)")),
        ],
        widget=forms.RadioSelect,
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, source: Source) -> None:
        others = User.objects.active().exclude(role__in=["admin", "lead"]).order_by("name", "pk")
        granted = User.objects.filter(grants__scope=source.scope)
        initial = {"who": "people" if source.restricted else "team"}
        super().__init__(data, initial=initial, auto_id="audience-%s")
        people = self.fields["people"]
        assert isinstance(people, forms.ModelMultipleChoiceField)
        people.queryset = others
        if not others.exists():
            del self.fields["people"]
        if source.restricted and data is None:
            people.initial = list(granted.values_list("pk", flat=True)[:MOST_PEOPLE])

    def chosen(self) -> list[User] | None:
        """None: the whole team."""
        if self.cleaned_data["who"] == "team":
            return None
        return list(self.cleaned_data.get("people", ()))


class ChoicesForm(forms.Form):
    """The last step: what it is called, what is listened to, how far back to read."""

    name = forms.CharField(label=gettext_lazy("Name in the hub"), max_length=120)
    listen = forms.ChoiceField(
        label=gettext_lazy("Listen to"),
        choices=[
            ("all", gettext_lazy("All places, including new ones")),
            ("some", gettext_lazy("Selected places")),
        ],
        initial="all",
        widget=forms.RadioSelect,
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Places"), required=False, widget=forms.CheckboxSelectMultiple
    )
    keywords = KeywordsField()
    new_topics = NewTopicsField()
    is_our_place = OurPlaceField()
    history = forms.ChoiceField(label=gettext_lazy("Import history"), widget=forms.RadioSelect)
    since = forms.DateField(
        label=gettext_lazy("Since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Enter a date.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        name: str,
        channels: Iterable[ChannelInfo],
        capabilities: Capabilities,
    ) -> None:
        self._channels = {channel.external_id: channel for channel in channels}
        initial = {
            "name": name,
            "new_topics": capabilities.new_topics_are_mentions,
            "is_our_place": capabilities.is_our_place,
        }
        super().__init__(data, initial=initial)
        if self._channels:
            self._offer("channels", [(c.external_id, c.name) for c in self._channels.values()])
        else:
            del self.fields["listen"], self.fields["channels"]
        periods = [(key, words) for key, (words, _span) in PERIODS.items()]
        periods.append(("date", gettext_lazy("Since a date")))
        self._offer("history", periods if capabilities.backfill else periods[:1])
        self.fields["history"].initial = "month" if capabilities.backfill else "none"
        if not capabilities.backfill:
            del self.fields["since"]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("listen") == "some" and not data.get("channels"):
            self.add_error("channels", _("Select at least one place, or all places."))
        if data.get("history") != "date":  # then it is not shown, whatever stands in it
            self.errors.pop("since", None)
        elif (given := data.get("since")) and given > hours.of_hub().local().date():
            self.add_error("since", _("Select a date in the past."))
        return data

    def chosen_channels(self) -> list[ChannelInfo]:
        """Empty: every place."""
        if self.cleaned_data.get("listen") != "some":
            return []
        return [self._channels[key] for key in self.cleaned_data["channels"]]

    def import_from(self) -> datetime:
        history, now = self.cleaned_data["history"], timezone.now()
        if history == "date":
            day: date = self.cleaned_data["since"]
            return hours.of_hub().midnight(day)
        return now - PERIODS[history][1]


# A platform's own form ---------------------------------------------------------------------------


def platform_form(
    connector_class: type[Connector],
    data: QueryDict | None = None,
    *,
    stored: Source | None = None,
    typed: dict[str, Any] | None = None,
) -> forms.Form:
    """The form that connects a source; with `stored`, the one that reconnects it. `typed`: a config
    that was typed in before.

    Whatever a connector's author chose, a secret field is a password field that is never filled
    in. On reconnecting, an empty one means the secret we have; it is put in here, on the server.
    """
    form_class = connector_class.form_class()
    names = secret_names(form_class)
    if data is not None and stored:
        data = data.copy()
        for name in kept_secrets(form_class, data, stored):
            data[name] = stored.credentials[name]
    config = typed or (stored.config if stored else {})
    form = form_class(data, initial={k: as_typed(v) for k, v in config.items()})
    for name in names:
        field = form.fields[name]
        field.widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
        if stored and name in stored.credentials:
            field.required = False
            field.help_text = _("Leave empty to keep the current one.")
    return form


def validate_without_secrets(form: forms.Form) -> None:
    """Validate a bound form of which the secrets come from elsewhere, whatever stands in them."""
    fields, names = form.fields, secret_names(type(form))
    form.fields = {name: field for name, field in fields.items() if name not in names}
    form.full_clean()
    form.fields = fields


def secret_names(form_class: type[forms.Form]) -> tuple[str, ...]:
    return tuple(getattr(form_class, "secret_fields", ()))


def kept_secrets(form_class: type[forms.Form], data: QueryDict, stored: Source) -> list[str]:
    """The secrets that were left empty and that we have."""
    names = secret_names(form_class)
    return [name for name in names if not data.get(name) and name in stored.credentials]


def as_typed(value: Any) -> Any:
    """A stored list as somebody would have typed it."""
    return " ".join(map(str, value)) if isinstance(value, list) else value


def split_secrets(form: forms.Form) -> tuple[dict[str, Any], dict[str, Any]]:
    """A valid form's values: (config, credentials)."""
    names = secret_names(type(form))
    values = form.cleaned_data
    config = {k: v for k, v in values.items() if k not in names}
    return config, {k: v for k, v in values.items() if k in names}
