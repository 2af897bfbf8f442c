"""The practice sites over HTTP, beside the hub's own pages, as the demo has them."""

import pytest

from sandbox import seed
from sandbox.models import Site
from tests.sandbox.fixtures import served

__all__ = ["served", "sites"]


@pytest.fixture
def sites(db, settings) -> dict[str, Site]:
    settings.ROOT_URLCONF = "tests.demo.urls"
    return seed.create_sites()
