"""What more than one connector's tests share: the practice sites and a forum, over real HTTP."""

import pytest

from inbox.connectors.discourse.connector import DiscourseConnector
from tests.platforms.discourse import KEY, Discourse
from tests.sandbox.fixtures import served, sites

__all__ = ["served", "sites"]


@pytest.fixture
def forum(settings):
    """A Discourse of its own; tests of another platform have their own `forum`."""
    with Discourse() as forum:
        settings.HTTP_ALLOWED_ORIGINS = [forum.url]
        yield forum


@pytest.fixture
def connector(forum):
    connector = DiscourseConnector({"url": forum.url, "username": "hub"}, {"api_key": KEY})
    yield connector
    connector.close()
