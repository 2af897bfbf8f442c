"""The cast. Each plays one role; mallory has no account."""

import pytest
from django.test import Client

from team.models import Role, User


def play(name: str, role: Role) -> User:
    return User.objects.create_user(
        f"{name.lower()}@example.org", "correct horse battery", name=name, role=role
    )


@pytest.fixture
def alice(db: None) -> User:
    return play("Alice", Role.ADMIN)


@pytest.fixture
def lena(db: None) -> User:
    return play("Lena", Role.LEAD)


@pytest.fixture
def bob(db: None) -> User:
    return play("Bob", Role.MANAGER)


@pytest.fixture
def carol(db: None) -> User:
    return play("Carol", Role.CONTRIBUTOR)


@pytest.fixture
def olga(db: None) -> User:
    return play("Olga", Role.OBSERVER)


@pytest.fixture
def mallory() -> Client:
    """Nobody: a browser that is not signed in."""
    return Client()
