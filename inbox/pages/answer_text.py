"""The words of a past answer, made ready to be sent to somebody else.

Whoever was greeted there is replaced by whoever is answered now. What else names somebody is not
changed, since it may be meant; it is pointed out: addresses and numbers, and the names of those who
took part in that conversation, also of the colleague who signed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib.markdown_of import markdown_of
from inbox.variables import THERE, first_word

if TYPE_CHECKING:
    from inbox.models import Message
    from members.models import Identity

LEADING_HANDLES = re.compile(r"\A\s*(?:@[\w.-]+(?:@[\w.-]+\w)?[\s,:]*)+")
BEFORE = r"\A(\s*(?:[^\W\d_][\w'’]*[ ,]+){0,3}|\s*)"  # "Hi", "Good morning"
HONORIFIC = "さん|様|님|씨"
AFTER = rf"(?=(?:{HONORIFIC})?\s*(?:[,!.:;–—、，！。：]|-\s|\n|\Z))"
SHORTEST = 2  # characters of a name that is looked for
PERSONAL = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # an email address, or who is on another server
    re.compile(r"(?<![\w/@.])@[\w.-]*\w(?:@[\w.-]+\w)?"),
    re.compile(r"(?<![\w.+])(?:\+|00?)\d[\d ()/-]{7,}\d"),
)
MOST_POINTED_OUT = 5


@dataclass(frozen=True)
class ReadyText:
    """`text`: Markdown. `personal`: what names somebody still, as it stands there."""

    text: str
    personal: tuple[str, ...]

    @property
    def remark(self) -> str:
        """A sentence, or "" where nobody is named."""
        if not self.personal:
            return ""
        shown = ", ".join(self.personal[:MOST_POINTED_OUT])
        left = len(self.personal) - MOST_POINTED_OUT
        if left > 0:
            more = ngettext("%(n)s more", "%(n)s more", left) % {"n": left}
            shown = f"{shown}, {more}"
        return _("Check before sending. This answer mentions: %(names)s") % {"names": shown}


def ready_for(
    reply: Message,
    old: Identity | None,
    new: Identity | None,
    others: Iterable[Identity] = (),
    signed: Iterable[str] = (),
) -> ReadyText:
    """`old`: whom it answered; `new`: whom it is to answer, None where nobody is known; `others`:
    who else wrote there. `signed`: the names of the colleague whose answer it was, which may stand
    below it."""
    text = greeting_anew(written(reply), old, new)
    known = {name.casefold() for name in names_of(new)} if new else set()
    found = [match[0] for pattern in PERSONAL for match in pattern.finditer(text)]
    people = [names_of(person) for person in ([old, *others] if old else others)]
    for names in (*people, signed):
        for name in names:
            if name not in " ".join(found) and re.search(mentioned(name), text):
                found.append(name)
    left = dict.fromkeys(one for one in found if one.lstrip("@").casefold() not in known)
    return ReadyText(text, tuple(left))


def written(reply: Message) -> str:
    """Markdown as a colleague wrote it here; of what was written or edited on the platform, as
    near as it can be told."""
    if reply.body_source and not reply.edited_at:
        return reply.body_source
    return markdown_of(reply.body_html)


def greeting_anew(text: str, old: Identity | None, new: Identity | None) -> str:
    """Handles that a platform or a colleague put in front are left out: who is answered is said by
    the platform. A name in the greeting becomes the other's."""
    text = LEADING_HANDLES.sub("", text)
    if old is None:
        return text
    for name in names_of(old):
        found = re.match(BEFORE + f"@?{whole(name)}" + AFTER, text)
        if found:
            return found[1] + name_like(name, old, new) + text[found.end() :]
    return text


def names_of(identity: Identity) -> list[str]:
    """As somebody may be addressed: whole names before first names, handles last."""
    whole_names = [identity.member.name.strip(), identity.display_name.strip()]
    names = [*whole_names, *map(first_word, whole_names), identity.handle.lstrip("@")]
    return [name for name in dict.fromkeys(names) if len(name) >= SHORTEST]


def name_like(name: str, old: Identity, new: Identity | None) -> str:
    """The other's whole name where a whole name stands, else the first."""
    if new is None or not new.member.name.strip():
        return str(THERE)
    is_whole = name in (old.member.name, old.display_name) and " " in name
    return new.member.name.strip() if is_whole else first_word(new.member.name)


def whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?:(?![\w@])|(?={HONORIFIC}))"


def mentioned(name: str) -> str:
    """As `whole`, or as whose something is: "Henrikes Hinweis"."""
    return rf"{whole(name)}|(?<!\w){re.escape(name)}s(?![\w@])"
