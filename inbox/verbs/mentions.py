"""@mentions of colleagues in notes: who is meant, and telling them."""

from __future__ import annotations

import re
from collections import Counter

from django.utils.translation import gettext as _

from inbox.models import Conversation
from team.models import User
from team.notifications import notify


def mentioned(text: str, conversation: Conversation) -> list[User]:
    """The colleagues whom `text` names after an @, by full name, or by first name where only one
    has it. Only who may see the conversation."""
    if "@" not in text:
        return []
    users = list(can_be_mentioned(conversation))
    first_names = Counter(user.first_name.casefold() for user in users)
    found = []
    for user in users:
        names = [user.name]
        if first_names[user.first_name.casefold()] == 1:
            names.append(user.first_name)
        pattern = "|".join(re.escape(name) for name in names if name)
        if pattern and re.search(rf"(?<!\w)@(?:{pattern})(?!\w)", text, re.IGNORECASE):
            found.append(user)
    return found


def can_be_mentioned(conversation: Conversation) -> list[User]:
    active = User.objects.active()
    source = conversation.source
    seen = active.admitted_to(source.scope) if source.restricted else active
    return list(seen.order_by("name", "pk")[:500])


def tell_mentioned(conversation: Conversation, text: str, *, by: User) -> None:
    users = mentioned(text, conversation)
    if users:
        said = _("%(who)s mentioned you in “%(what)s”")
        notify(
            "mention", users, f"conversation:{conversation.pk}",
            said % {"who": by, "what": str(conversation)[:120]}, conversation.get_absolute_url(),
            scope=conversation.source.scope, by=by,
        )  # fmt: skip
