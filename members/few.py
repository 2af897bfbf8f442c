"""A condition on members who are few: they are found first, and then each by its index, whatever
order a list is in. PostgreSQL would look at one member after the other until a page is full."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, Q, QuerySet, TextField, When
from django.db.models.functions import Cast

from team.models import User

from .models import Member
from .models.member import has_id, has_own_id

FEW = 10_000  # rows that tell of members


def found_first(rows: QuerySet[Any, Any], member: str) -> Q | None:
    """Those whose id is the field `member` of some rows; None where these are more than FEW. Of
    members with `own_id`, see with_seen_at(). One query."""
    rows = rows.order_by()
    ids = Cast(ArraySubquery(rows.values(member).distinct()), TextField())
    array = Case(When(~Exists(rows[FEW : FEW + 1]), then=ids))
    (found,) = User.objects.order_by().values_list(array, flat=True)[:1]  # whoever asks is one
    return None if found is None else has_own_id(found)


def others_found_first(members: QuerySet[Any, Any], user: User) -> Q | None:
    """The other way round, for what is looked for behind a "-": everybody but these, as far as this
    reader may see them; None where these are more than FEW. Two queries."""
    found = _array_of(members)
    if found.count(",") >= FEW:
        return None
    seen = _array_of(Member.objects.few_visible_to(user).filter(has_id(found)))
    return ~has_own_id(seen)


def _array_of(members: QuerySet[Any, Any]) -> str:
    """The ids of FEW and one more, as PostgreSQL writes them."""
    ids = Cast(ArraySubquery(members.order_by().values("pk")[: FEW + 1]), TextField())
    (found,) = User.objects.order_by().values_list(ids, flat=True)[:1]
    return str(found)
