"""The form of an event. Times are entered as the clocks of its place show them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.loose_time import NotUnderstood, read_moment
from members.models import Tag
from members.models.tag import tag_name
from team.models import User
from team.timezones import choices_with

from . import local_time
from .checks import REMINDERS
from .models import Content, Event, Kind, Visibility
from .models.event import LONGEST_LINK, LONGEST_PLACE, LONGEST_TITLE, MOST_SEATS
from .verbs.editing import FIELDS

MOST_TAGS = 20
LONGEST_TEXT = 20_000
NATIVE = {"type": "datetime-local"}
REMINDER_WORDS = {
    "week": gettext_lazy("A week before"),
    "day": gettext_lazy("A day before"),
    "hour": gettext_lazy("An hour before"),
}


class LocalTimeField(forms.CharField):
    """A day and a clock time without timezone: as a browser's own field writes it, or as people do
    ("8 Dec 19:00"). Its value is a naive datetime."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs=NATIVE)
        super().__init__(max_length=60, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError:
            return self._loosely(typed)

    def _loosely(self, typed: str) -> datetime:
        try:
            found = read_moment(typed, timezone.localtime())
        except NotUnderstood:
            said = _("Enter a day and a time, such as 2026-12-08 19:00.")
            raise forms.ValidationError(said) from None
        return found.replace(tzinfo=None, second=0, microsecond=0)


def _text(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **more)


class EventForm(forms.Form):
    """`event`: the one that is edited; without one it is for a new one, with `initial` values."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter a title.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a kind.")},
    )
    content = forms.ChoiceField(
        label=gettext_lazy("What kind of content"),
        choices=[("", gettext_lazy("None")), *Content.choices],
        required=False,
        help_text=gettext_lazy("For the kind “Content”: what your team publishes."),
    )
    starts_at = LocalTimeField(
        label=gettext_lazy("Starts"),
        error_messages={"required": gettext_lazy("Enter when it starts.")},
    )
    ends_at = LocalTimeField(
        label=gettext_lazy("Ends"), error_messages={"required": gettext_lazy("Enter when it ends.")}
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Timezone"),
        help_text=gettext_lazy("Of the place: the times above are what clocks show there."),
    )
    venue = _text(gettext_lazy("Venue"), LONGEST_PLACE)
    address = _text(gettext_lazy("Address"), LONGEST_PLACE)
    venue_link = _text(gettext_lazy("Link to a map"), LONGEST_LINK)
    link = _text(
        gettext_lazy("Link"),
        LONGEST_LINK,
        help_text=gettext_lazy("To join online, or to the content itself."),
    )
    purpose = _text(
        gettext_lazy("What it’s for"),
        LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Markdown supported. Shown on the public page."),
    )
    cover_words = _text(gettext_lazy("Words on the share picture"), 80)
    capacity = forms.IntegerField(
        label=gettext_lazy("Seats"),
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        help_text=gettext_lazy("Empty: as many as come. Others go to the waiting list."),
        error_messages={"invalid": gettext_lazy("Enter a number, or leave it empty.")},
    )
    most_guests = forms.IntegerField(
        label=gettext_lazy("Guests per person"), min_value=0, max_value=20
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Visible to"), choices=Visibility.choices)
    host = forms.ChoiceField(label=gettext_lazy("Host"), required=False)
    co_hosts = forms.MultipleChoiceField(
        label=gettext_lazy("Co-hosts"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tags = _text(
        gettext_lazy("Tags"),
        900,
        help_text=gettext_lazy("Comma-separated"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reminders = forms.MultipleChoiceField(
        label=gettext_lazy("Reminders"),
        required=False,
        choices=[(name, REMINDER_WORDS[name]) for name in REMINDERS],
        widget=forms.CheckboxSelectMultiple,
    )
    thanks = forms.BooleanField(label=gettext_lazy("Thank who came by email"), required=False)
    feedback = forms.BooleanField(label=gettext_lazy("Ask for feedback"), required=False)
    greet_newcomers = forms.BooleanField(
        label=gettext_lazy("Plan a follow-up for each first-timer"), required=False
    )
    notes = _text(
        gettext_lazy("Internal notes"),
        LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Visible only to your team"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        event: Event | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        first = values_of(event) if event else new_values(user)
        super().__init__(data, initial={**first, **(initial or {})}, auto_id="event-%s")
        self.user, self.event = user, event
        self.said_twice = ""
        team = User.objects.active().order_by("name", "pk")
        people = [(str(each.pk), str(each)) for each in team]
        had = [event.host] if event and event.host and not event.host.is_active else []
        people += [(str(each.pk), str(each)) for each in had]
        self.fields["host"].choices = [("", _("Nobody")), *people]  # type: ignore[attr-defined]
        self.fields["co_hosts"].choices = people  # type: ignore[attr-defined]
        zone = event.timezone if event else user.timezone
        self.fields["timezone"].choices = choices_with(zone)  # type: ignore[attr-defined]

    def clean_tags(self) -> list[str]:
        names = [name for name in self.cleaned_data["tags"].split(",") if name.strip()]
        if len(names) > MOST_TAGS:
            raise forms.ValidationError(_("At most %(n)d tags.") % {"n": MOST_TAGS})
        try:
            return list({tag_name(name).lower(): tag_name(name) for name in names}.values())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("starts_at", "ends_at"):
            if data.get(name) and data.get("timezone"):
                data[name] = self._moment(name, data[name], data["timezone"])
        start, end = data.get("starts_at"), data.get("ends_at")
        if start and end and end < start and "ends_at" not in self.errors:
            self.add_error("ends_at", _("It ends before it starts. Change one of the two."))
        if data.get("kind") != Kind.CONTENT:
            data["content"] = ""
        return data

    def refuse(self, error: Exception) -> None:
        """What a verb says of it, beside the field that it is said of."""
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, str(error))

    @property
    def said(self) -> dict[str, Any]:
        """As the verbs take it, without tags and co-hosts."""
        data = self.cleaned_data
        fields = {name: data[name] for name in FIELDS if name in data}
        return {**fields, "host_id": int(data["host"]) if data["host"] else None}

    @property
    def co_host_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["co_hosts"]]

    @property
    def tag_ids(self) -> list[int]:
        """Makes those that are new."""
        return [Tag.named(name).pk for name in self.cleaned_data["tags"]]

    def _moment(self, name: str, local: datetime, zone: str) -> datetime | None:
        was = getattr(self.event, name) if self.event else None
        if was and zone == self.event.timezone and local == local_time.in_place(was, zone):  # type: ignore[union-attr]
            return was  # to the second, as it was
        try:
            found = local_time.read(local, zone)
        except local_time.NoSuchTime as error:
            self.add_error(name, str(error))
            return None
        except (LookupError, ValueError):
            self.add_error(
                "timezone",
                _("There’s no timezone “%(name)s” any more. Choose another one.") % {"name": zone},
            )
            return None
        if found.is_twice:
            said = _("Clocks show %(time)s twice on %(day)s: it’s the first of the two.")
            words = {"time": f"{local:%H:%M}", "day": date_format(local, "j F")}
            self.said_twice = said % words
        return found.at


def values_of(event: Event) -> dict[str, Any]:
    """What the form of an event begins with."""
    fields = {name: getattr(event, name) for name in FIELDS if name != "host_id"}
    tags = Tag.objects.current().filter(pk__in=event.tags.values("pk")).by_name()
    return {
        **fields,
        "starts_at": local_time.written(event.starts_at, event.timezone),
        "ends_at": local_time.written(event.ends_at, event.timezone),
        "host": str(event.host_id or ""),
        "co_hosts": [str(pk) for pk in event.co_hosts.values_list("pk", flat=True)],
        "tags": ", ".join(tag.name for tag in tags),
    }


def new_values(user: User) -> dict[str, Any]:
    """Of a new one: an evening in a week, in the timezone of whoever plans it."""
    blank = Event()
    fields = {name: getattr(blank, name) for name in FIELDS if name != "host_id"}
    at = timezone.localtime() + timedelta(days=7)
    start = at.replace(hour=19, minute=0, second=0, microsecond=0, tzinfo=None)
    return {
        **fields,
        "starts_at": start.strftime(local_time.MINUTES),
        "ends_at": start.replace(hour=21).strftime(local_time.MINUTES),
        "timezone": user.timezone,
        "host": str(user.pk),
        "reminders": ["day"],
    }
