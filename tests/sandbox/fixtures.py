"""Fixtures of the practice sites, for the tests of their pages and of their connector."""

from collections.abc import Iterator

import pytest

from sandbox import seed
from sandbox.models import Site
from tests.sandbox.serving import Served


@pytest.fixture
def sites(db, settings) -> dict[str, Site]:
    settings.ROOT_URLCONF = "tests.sandbox.urls"
    return seed.create_sites()


@pytest.fixture
def served(sites, settings) -> Iterator[Served]:
    with Served() as served:
        settings.HTTP_ALLOWED_ORIGINS = [served.url]
        settings.HUB_URL = served.url
        yield served
