"""What can be filled in about saved replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_hub.lib.language_names import ENGLISH, NAMES
from community_hub.lib.text import one_line, storable
from members.forms import FollowUpForm
from members.models import Member

from .variables import what_is_wrong

if TYPE_CHECKING:
    from team.models import User

    from .models import Conversation, SavedReply

LONGEST = 20_000  # characters
# by their English names, each with what its speakers call it
LANGUAGES = [
    (code, name if name == NAMES[code] else f"{name} ({NAMES[code]})")
    for code, name in sorted(ENGLISH.items(), key=lambda pair: pair[1])
]


class TextForm(forms.Form):
    """What a saved reply says in one language."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("Select a language")), *LANGUAGES],
        error_messages={"required": _("Select a language.")},
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        error_messages={"required": _("Write the reply first.")},
    )

    def clean_text(self) -> str:
        text = storable(self.cleaned_data["text"]).strip()
        if wrong := what_is_wrong(text):
            raise forms.ValidationError(wrong)
        return text


class SavedReplyForm(TextForm):
    title = forms.CharField(
        label=_("Title"), max_length=80, error_messages={"required": _("Enter a title.")}
    )
    folder = forms.CharField(
        label=_("Folder"),
        max_length=60,
        required=False,
        help_text=_("Replies with the same folder stand together."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("Any language")), *LANGUAGES],
        help_text=_("Replies in a member’s language are offered first."),
    )
    shared = forms.BooleanField(
        label=_("Share with the team"),
        required=False,
        help_text=_("Everyone who can reply can use and edit it."),
    )
    field_order = ("title", "folder", "language", "text", "shared")

    def __init__(self, data: Any = None, *, user: User, reply: SavedReply | None = None) -> None:
        first = {"shared": True}
        if reply:
            first = {name: getattr(reply, name) for name in ("title", "folder", "language", "text")}
            first["shared"] = reply.owner_id is None
        super().__init__(data, initial=first)
        self.user = user
        if not reply and data is None:  # else the focus is for what is wrong
            self.fields["title"].widget.attrs["autofocus"] = True

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"], 80)
        if not title:
            raise forms.ValidationError(_("Enter a title."))
        return title

    def clean_folder(self) -> str:
        return one_line(self.cleaned_data["folder"], 60)

    def clean(self) -> dict[str, Any]:
        """As the verbs take it: `owner` in the place of `shared`."""
        cleaned = super().clean() or {}
        cleaned["owner"] = None if cleaned.pop("shared", False) else self.user
        return cleaned


class PromiseForm(FollowUpForm):
    """What is promised in a reply, to one of those who wrote in the conversation."""

    member = forms.ModelChoiceField(
        label=_("To"),
        queryset=Member.objects.none(),
        empty_label=None,
        error_messages={
            "required": _("Select whom you promise it to."),
            "invalid_choice": _("Select someone who wrote in this conversation."),
        },
    )
    field_order = ("member", "text", "due_on", "owner")

    def __init__(self, data: Any = None, *, conversation: Conversation, **options: Any) -> None:
        super().__init__(data, **options)
        del self.fields["promised"]
        self.fields["text"].label = _("What you promise")
        self.fields["text"].widget.attrs["autofocus"] = True
        chosen = self.fields["member"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = who_wrote_in(conversation)


def who_wrote_in(conversation: Conversation) -> Any:
    """Those that something can be promised to; the latest of many."""
    wrote = conversation.messages.filter(kind="inbound", author__isnull=False)
    latest = wrote.order_by("-sent_at").values_list("author__member", flat=True)[:200]
    found = Member.objects.filter(pk__in=set(latest), user=None, is_bot=False)
    return found.exclude(identities__is_us=True).order_by("name", "pk")
