"""What this app asks of a higher one: an explicit list, filled in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .models import User

# Scopes a user may not see, as a subquery of one column; None where there are none.
hidden_scopes: list[Callable[[User], QuerySet[Any, Any] | None]] = []
