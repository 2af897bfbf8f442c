"""Which scopes a reader may not see: what was said there, and who was seen there alone, is not
there for them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar

from community_hub.lib import compiled_sql
from community_hub.lib.compiled_sql import Value
from team import hooks
from team.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    Scopes = QuerySet[Any, Any] | tuple[str, ...]

T = TypeVar("T")


def hidden_scopes(user: User) -> Scopes | None:
    """Of all apps that have scopes, those that this user may not see, for `scope__in`; None where
    there are none. A subquery, or the names themselves where they were read."""
    if user.known_hidden_scopes is None:
        return _subquery(user)
    return user.known_hidden_scopes or None


def with_hidden_scopes_read(user: User) -> User:
    """The same user, for one request: what each condition on sightings would look up is looked up
    once. The statements become short, and PostgreSQL plans them with the names in sight."""
    if user.known_hidden_scopes is not None:
        return user
    reader, role = copy(user), user.role
    if _subquery(user) is None:
        reader.known_hidden_scopes = ()
        return reader

    def hidden(user: int) -> Any:
        scopes = _subquery(User(pk=user, role=role))
        return scopes if scopes is None else scopes.values_list("as_scope", flat=True)

    found = compiled_sql.rows(("hidden scopes", role), hidden, user=user.pk)
    reader.known_hidden_scopes = tuple(found)
    return reader


def rows_as_seen_by(
    user: User, key: tuple[Hashable, ...], build: Callable[..., QuerySet[Any, T]], **values: Value
) -> list[T]:
    """compiled_sql.rows() of what a reader may see. `build` gets the reader as well, None where
    nothing is hidden from them."""
    role = user.role
    if hidden_scopes(user) is None:
        return compiled_sql.rows((*key, None), lambda **values: build(None, **values), **values)

    def built(user: int, **values: Value) -> QuerySet[Any, T]:
        return build(User(pk=user, role=role), **values)

    return compiled_sql.rows((*key, role), built, user=user.pk, **values)


def rows_with_scopes_read(
    user: User, key: tuple[Hashable, ...], build: Callable[..., QuerySet[Any, T]], **values: Value
) -> list[T]:
    """The same for what asks often about hidden scopes: `build` gets a reader of whom they are
    read already. `build` must compare something with the reader. One query more where they are
    not."""
    role, read = user.role, with_hidden_scopes_read(user).known_hidden_scopes or ()
    hidden = {f"hidden_{number}": scope for number, scope in enumerate(read)}

    def built(user: int, **given: Any) -> QuerySet[Any, T]:
        reader = User(pk=user, role=role)
        reader.known_hidden_scopes = tuple(given.pop(name) for name in hidden)
        return build(reader, **given)

    key = (*key, role, len(hidden))
    return compiled_sql.rows(key, built, user=user.pk, **hidden, **values)


def _subquery(user: User) -> QuerySet[Any, Any] | None:
    found: QuerySet[Any, Any] | None = None
    for hidden in hooks.hidden_scopes:
        scopes = hidden(user)
        if scopes is not None:
            found = scopes if found is None else found.union(scopes)
    return found
