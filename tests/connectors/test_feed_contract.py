"""The feed connector keeps the contract that every connector keeps, in all three formats."""

from collections.abc import Iterator

import pytest

from inbox.connectors.contract import ConnectorContract
from inbox.connectors.feed.connector import FeedConnector
from tests.platforms.feeds import PATHS, FeedSite


class TestFeed(ConnectorContract):
    @pytest.fixture
    def platform(self, settings) -> Iterator[FeedSite]:
        with FeedSite() as site:
            settings.HTTP_ALLOWED_ORIGINS = [site.url]
            yield site

    @pytest.fixture(params=list(PATHS))
    def connector(self, platform, request) -> Iterator[FeedConnector]:
        connector = FeedConnector({"url": platform.url + request.param}, {})
        yield connector
        connector.close()
