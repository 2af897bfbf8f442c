"""The variables of saved replies: `{{ member.first_name }}`, or `{{ member.first_name | friend }}`
with what stands there where nothing is known.

Nothing but these names is looked up, so a text can reach nothing else; and none is ever left
unfilled: each has words of its own for when neither the facts nor the text has any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from inbox.models import Conversation
    from members.models import Member
    from team.models import User

VARIABLE = re.compile(r"\{\{\s*([\w.]*)\s*(?:\|([^{}]*))?\}\}")
BOTH_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
LOOKS_LIKE_ONE = re.compile(r"\{\{\s*(\w[^{}|]*?)\s*(?:\|[^{}]*)?\}\}")
A_FILTER = re.compile(
    r"\w+\s*[:(]\s*[\"'“”‘’]|default(_if_none)?\b"
)  # of another template language
TAG = re.compile(r"\{%.*?%\}|\{%|%\}", re.DOTALL)
CODE = re.compile(  # of Markdown: fenced, or between as many backticks
    r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Facts:
    """What a reply is about: who gets it, who writes it, and where."""

    conversation: Conversation
    me: User
    member: Member | None


class Variable(NamedTuple):
    """`default`: what stands there where nothing is known and the text says nothing."""

    means: _StrPromise
    value: Callable[[Facts], str]
    default: _StrPromise


THERE = gettext_lazy("there")
VARIABLES = {
    "member.first_name": Variable(
        gettext_lazy("First name of the member you reply to"),
        lambda facts: first_word(facts.member.name) if facts.member else "",
        THERE,
    ),
    "member.name": Variable(
        gettext_lazy("Name of the member you reply to"),
        lambda facts: facts.member.name if facts.member else "",
        THERE,
    ),
    "me.first_name": Variable(
        gettext_lazy("Your first name"), lambda facts: facts.me.first_name, gettext_lazy("the team")
    ),
    "me.name": Variable(
        gettext_lazy("Your name"), lambda facts: facts.me.name, gettext_lazy("the team")
    ),
    "conversation.title": Variable(
        gettext_lazy("Title of the conversation"),
        lambda facts: facts.conversation.subject,
        gettext_lazy("your post"),
    ),
    "conversation.link": Variable(
        gettext_lazy("Address of the conversation on its platform"),
        lambda facts: facts.conversation.permalink,
        gettext_lazy("this conversation"),
    ),
    "source.name": Variable(
        gettext_lazy("Name of the source"),
        lambda facts: facts.conversation.source.name,
        gettext_lazy("our community"),
    ),
}


def fill(text: str, facts: Facts) -> str:
    """The text with every variable replaced. What is no variable stays as it is."""

    def filled(found: re.Match[str]) -> str:
        variable = VARIABLES.get(found[1])
        if variable is None:
            return found[0]
        return variable.value(facts).strip() or (found[2] or "").strip() or str(variable.default)

    return VARIABLE.sub(filled, text)


def what_is_wrong(text: str) -> str:
    """A sentence about the first variable that nobody could fill; "" where all is well."""
    for found in VARIABLE.finditer(text):
        if found[1] not in VARIABLES:
            return _("%(variable)s is not a variable. The variables are: %(known)s.") % {
                "variable": found[0],
                "known": ", ".join(VARIABLES),
            }
        if found[2] and A_FILTER.match(found[2].strip()):
            said = _(
                "%(variable)s has a filter. What stands there where nothing is known is written "
                "after the bar as it is: %(with_words)s."
            )
            with_words = f"{{{{ {found[1]} | {THERE} }}}}"
            return said % {"variable": found[0], "with_words": with_words}
    if tag := TAG.search(CODE.sub(" ", text)):
        said = _(
            "%(tag)s can’t be filled in. Only variables can, such as %(example)s, or with what "
            "stands there where nothing is known: %(with_words)s."
        )
        return said % {
            "tag": tag[0],
            "example": "{{ member.first_name }}",
            "with_words": f"{{{{ member.first_name | {THERE} }}}}",
        }
    rest = VARIABLE.sub("", text)
    if odd := BOTH_BRACES.search(rest):
        said = _(
            "%(variable)s is not a variable. Write its name alone, as in %(example)s, or with what "
            "stands there where nothing is known: %(with_words)s."
        )
        name = first_word(odd[1]) if first_word(odd[1]) in VARIABLES else "member.first_name"
        return said % {
            "variable": odd[0],
            "example": f"{{{{ {name} }}}}",
            "with_words": f"{{{{ {name} | {THERE} }}}}",
        }
    if "{{" in rest or "}}" in rest:
        return _("A variable needs both its braces, as in %(example)s.") % {
            "example": "{{ member.first_name }}"
        }
    return ""


def unfilled(text: str) -> str:
    """A sentence about the first of what looks like a variable in a reply; "" where nothing does.
    What stands in code is another matter: see `unfilled_in_code`."""
    found = LOOKS_LIKE_ONE.search(CODE.sub(" ", text))
    if found is None:
        return ""
    written, name = found[0], found[1].casefold()
    if name in VARIABLES:
        return _("Replace %(variable)s with your own words first.") % {"variable": written}
    nearest = get_close_matches(name, VARIABLES, n=1)
    if nearest:
        said = _(
            "%(variable)s is not a variable. Did you mean %(nearest)s? Insert the saved reply "
            "again, or write your own words. Between backticks it is sent as it is."
        )
        return said % {"variable": written, "nearest": f"{{{{ {nearest[0]} }}}}"}
    said = _("%(variable)s is not a variable. Write your own words, or put it between backticks.")
    return said % {"variable": written}


def unfilled_in_code(text: str) -> str:
    """The first of what looks like a variable, as it is written there: in a reply it may be what
    somebody explains. "" where nothing does."""
    found = LOOKS_LIKE_ONE.search(text)
    return found[0] if found else ""


def first_word(name: str) -> str:
    return name.split()[0] if name.strip() else ""
