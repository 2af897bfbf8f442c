"""Mastodon passes the contract that every connector passes."""

from collections.abc import Iterator

import pytest

from inbox.connectors.contract import ConnectorContract
from inbox.connectors.mastodon.connector import MastodonConnector
from tests.platforms.mastodon import TOKEN, MastodonServer


class TestMastodon(ConnectorContract):
    @pytest.fixture
    def platform(self, settings) -> Iterator[MastodonServer]:
        with MastodonServer() as site:
            settings.HTTP_ALLOWED_ORIGINS = [site.url]
            yield site

    @pytest.fixture
    def connector(self, platform: MastodonServer) -> Iterator[MastodonConnector]:
        connector = MastodonConnector({"instance": platform.url}, {"access_token": TOKEN})
        yield connector
        connector.close()


class TestMastodonWithoutIdempotency(TestMastodon):
    """A compatible server that ignores Idempotency-Key and knows no actor URIs."""

    @pytest.fixture
    def platform(self, settings) -> Iterator[MastodonServer]:
        with MastodonServer(honours_keys=False, has_uris=False) as site:
            site.missing = {"GET /api/v1/conversations", "GET /api/v1/statuses"}
            site.missing |= {"GET /api/v2/instance", "GET /api/v1/apps/verify_credentials"}
            settings.HTTP_ALLOWED_ORIGINS = [site.url]
            yield site


class TestMastodonCompatible(TestMastodon):
    """A compatible server that answers with a web page for whatever it does not know."""

    @pytest.fixture
    def platform(self, settings) -> Iterator[MastodonServer]:
        with MastodonServer(plain=True, honours_keys=False) as site:
            site.missing = {"GET /api/v1/conversations", "GET /api/v1/statuses"}
            site.missing |= {"GET /api/v2/instance", "GET /api/v1/apps/verify_credentials"}
            settings.HTTP_ALLOWED_ORIGINS = [site.url]
            yield site
