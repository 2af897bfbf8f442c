"""The Discourse connector keeps the contract that every connector keeps."""

from collections.abc import Iterator

import pytest

from inbox.connectors.contract import ConnectorContract
from inbox.connectors.discourse.connector import DiscourseConnector
from tests.platforms.discourse import KEY, Discourse


class TestDiscourse(ConnectorContract):
    @pytest.fixture
    def platform(self, settings) -> Iterator[Discourse]:
        with Discourse() as forum:
            settings.HTTP_ALLOWED_ORIGINS = [forum.url]
            yield forum

    @pytest.fixture
    def connector(self, platform) -> Iterator[DiscourseConnector]:
        connector = DiscourseConnector({"url": platform.url, "username": "hub"}, {"api_key": KEY})
        yield connector
        connector.close()


class TestAnOlderDiscourse(TestDiscourse):
    """Before 2025 a page was a window of 50 ids, and `before` was part of it."""

    @pytest.fixture
    def platform(self, settings) -> Iterator[Discourse]:
        with Discourse(windows=True) as forum:
            settings.HTTP_ALLOWED_ORIGINS = [forum.url]
            yield forum
