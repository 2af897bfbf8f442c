"""What one entry of the matrix says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

    Filled = str | int | Callable[[World], object]

ADMINS = ("admin",)
LEADS = ("lead", *ADMINS)
TRIAGERS = ("manager", *LEADS)
NOTERS = ("contributor", *TRIAGERS)
EVERYBODY = ("observer", *NOTERS)
NOBODY: tuple[str, ...] = ()

LOGIN = "login"  # a stranger is sent to sign in
OPEN = "open"  # a stranger may come in like everybody else


@dataclass(frozen=True)
class Endpoint:
    """One address with one method.

    `route` is the pattern as urls.py has it, `ids` fills its <holes>, `data` is the form: each
    value may be a function of the World, which makes what it is asked for. Whoever is in `may` gets
    an answer from `ok`, every other role `refused`, and strangers what `stranger` says (LOGIN,
    OPEN, or a status). `scoped`: what it shows belongs to a source, so it is tried once more with
    a restricted one, where only leads and those with a grant may know that it exists.
    """

    route: str
    method: str
    may: tuple[str, ...] = EVERYBODY
    ids: Mapping[str, Filled] = field(default_factory=dict)
    data: Mapping[str, Filled] = field(default_factory=dict)
    ok: tuple[int, ...] = (200, 204, 302)
    refused: int = 403
    stranger: str | int = LOGIN
    scoped: bool = False
    by_hand: bool = False  # an own test in test_role_matrix.py tries it
    urlconf: str = "community_hub.urls"

    def __str__(self) -> str:
        return f"{self.method} /{self.route}"

    def path(self, world: World | None) -> str:
        """Without a world every hole is filled with a number that belongs to nothing."""

        def filled(hole: re.Match[str]) -> str:
            nothing = str(uuid.UUID(int=0)) if hole[1] == "uuid" else "999999"
            return str(fill(self.ids[hole[2]], world)) if world else nothing

        return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", filled, self.route)

    def form(self, world: World) -> dict[str, object]:
        return {name: fill(value, world) for name, value in self.data.items()}


def fill(value: Filled, world: World) -> object:
    return value(world) if callable(value) else value


# A follow-up, as its form says it.
PLANNED: Mapping[str, Filled] = {
    "text": "Send the schematics",
    "due_on": lambda world: world.next_week,
    "owner": lambda world: world.asker.pk,  # who may see it
}
