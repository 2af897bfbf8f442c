"""Members whom sources saw that are hidden from a reader: their ids are read once for a statement
that asks about them again and again. Each time anew, PostgreSQL looks up all their accounts."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, IsNull

from community_hub.lib import compiled_sql
from team.models import User

from .models import Member, Sighting
from .models.member import MemberQuerySet, seen_in
from .models.scopes import hidden_scopes


def ids_seen_hidden(user: User) -> str | None:
    """As PostgreSQL writes an array; None where no source is hidden from this reader. One query."""
    if hidden_scopes(user) is None:
        return None
    role = user.role

    def found(user: int) -> QuerySet[Any, str]:
        hidden = hidden_scopes(User(pk=user, role=role)) or ()
        ids = Cast(ArraySubquery(seen_in(hidden)), TextField())
        return User.objects.filter(pk=user).order_by().values_list(ids, flat=True)

    rows = compiled_sql.rows(("ids seen hidden", role), found, user=user.pk)
    return rows[0]


class _OneOf(Exact):
    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        sql, params = super().process_rhs(compiler, connection)
        return f"any (select unnest({sql}))", params


def is_one_of(field: str, ids: str) -> Q:
    """As has_id(), for rows that are found by something else: PostgreSQL hashes the ids."""
    array = Cast(Value(ids), ArrayField(BigIntegerField()))
    return Q(_OneOf(F(field), array))


def visible_besides(ids: str | None, user: User) -> MemberQuerySet:
    """Member.objects.visible_to(), with these as ids_seen_hidden() has them."""
    if ids is None:
        return Member.objects.visible_to(user)
    seen = Sighting.objects.filter(identity__member=OuterRef("pk"))
    elsewhere = Subquery(seen.exclude(scope__in=hidden_scopes(user) or ()).values("pk")[:1])
    either = ~is_one_of("pk", ids) | Q(IsNull(elsewhere, False))
    return Member.objects.filter(either, erased_at=None)
