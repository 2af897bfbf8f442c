"""The practice sites' connector keeps the contract that every connector keeps."""

from collections.abc import Iterator

import pytest

from inbox.connectors.contract import ConnectorContract
from inbox.connectors.sandbox import client
from inbox.connectors.sandbox.connector import SandboxConnector
from tests.sandbox.serving import Platform


class TestTheForum(ConnectorContract):
    slug = "forum"

    @pytest.fixture
    def platform(self, served, sites, monkeypatch) -> Platform:
        monkeypatch.setattr(client, "PAGE", Platform.page_size)
        return Platform(served, sites[self.slug])

    @pytest.fixture
    def connector(self, platform) -> Iterator[SandboxConnector]:
        site = platform.site
        connector = SandboxConnector({"site": self.slug}, {"token": site.token()})
        yield connector
        connector.close()


class TestTheMicroblog(TestTheForum):
    slug = "social"

    @pytest.fixture
    def platform(self, served, sites, monkeypatch) -> Platform:
        monkeypatch.setattr(client, "PAGE", Platform.page_size)
        sites[self.slug].place("soldering")
        return Platform(served, sites[self.slug])
