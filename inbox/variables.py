"""The variables of saved replies: `{{ member.first_name }}`, or `{{ member.first_name | friend }}`
with what stands there where nothing is known.

Nothing but these names is looked up, so a text can reach nothing else; and none is ever left
unfilled: each has words of its own for when neither the facts nor the text has any.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib import variables
from community_hub.lib.variables import CODE, LOOKS_LIKE_ONE, THERE, Variable, first_word

if TYPE_CHECKING:
    from inbox.models import Conversation
    from members.models import Member
    from team.models import User


@dataclass(frozen=True)
class Facts:
    """What a reply is about: who gets it, who writes it, and where."""

    conversation: Conversation
    me: User
    member: Member | None


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
    return variables.fill(text, VARIABLES, facts)


def what_is_wrong(text: str) -> str:
    """A sentence about the first variable that nobody could fill; "" where all is well."""
    return variables.what_is_wrong(text, VARIABLES)


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
