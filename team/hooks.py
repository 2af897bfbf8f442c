"""What this app asks of a higher one: explicit lists, filled in its AppConfig."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Given a User, a subquery of one column: scopes they may not see. None where there are none.
hidden_scopes: list[Callable[[Any], Any]] = []
