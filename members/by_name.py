"""Members by the words of their names, and of the handles and names of their accounts."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.search import SearchQuery

from community_hub.lib.search_text import search_text
from team.models import User

from .models import Identity, Member
from .models.member import MemberQuerySet
from .models.name_words import account_words, name_words

MOST_WORDS = 10  # in a name or an address somebody would type


def members_named(typed: Sequence[str], user: User) -> MemberQuerySet:
    """Whom this reader may see and whose name, or one account's handle and name, has words that
    begin like each of what was typed. Nobody, of nothing and of more words than a name has."""
    words = " ".join(map(search_text, typed)).split()
    if not 0 < len(words) <= MOST_WORDS:
        return Member.objects.none()
    begun = SearchQuery(
        " & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw"
    )
    accounts = Identity.objects.visible_to(user).alias(words=account_words()).filter(words=begun)
    by_name = Member.objects.alias(words=name_words()).filter(words=begun).values("pk")
    found = by_name.union(accounts.values("member"))  # each by its index, where `or` has none
    return Member.objects.visible_to(user).filter(pk__in=found)
