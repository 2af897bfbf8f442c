"""The contract that every connector passes, as a pytest class that outside packages subclass too.

    class TestMyPlatform(ConnectorContract):
        @pytest.fixture
        def platform(self): ...   # a local server that behaves like the platform: see Platform
        @pytest.fixture
        def connector(self, platform): ...   # signed in there

Nothing here knows a platform, a model or a database. A class whose fixtures never came up fails,
also where each of its tests was skipped.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from inbox.connectors.base import Connector
from inbox.connectors.contract.platform import (
    Platform,
    beginning,
    drain,
    reply_to,
    through_json,
    walk,
)
from inbox.connectors.contract.reading import ReadingContract
from inbox.connectors.contract.sending import SendingContract

__all__ = [
    "ConnectorContract",
    "Platform",
    "beginning",
    "drain",
    "reply_to",
    "through_json",
    "walk",
]


class ConnectorContract(ReadingContract, SendingContract):
    """Subclass it as Test..., override the two fixtures, and every test of its bases runs."""

    started: ClassVar[set[str]]  # the tests that got a platform and a connector

    @classmethod
    def setup_class(cls) -> None:
        cls.started = set()

    @classmethod
    def teardown_class(cls) -> None:
        if not cls.started:
            pytest.fail("The contract ran nothing: `platform` or `connector` never came up.", False)

    @pytest.fixture(autouse=True)
    def _counts(
        self, platform: Platform, connector: Connector, request: pytest.FixtureRequest
    ) -> None:
        type(self).started.add(request.node.name)

    @pytest.fixture
    def platform(self) -> Any:
        raise NotImplementedError("Return a Platform: a local server with its hooks.")

    @pytest.fixture
    def connector(self, platform: Platform) -> Any:
        raise NotImplementedError("Return the connector, signed in on `platform`.")

    @pytest.fixture
    def many(self, platform: Platform) -> set[str]:
        """Posts that fill more than two pages; their ids."""
        return {platform.post(f"Post number {n}") for n in range(platform.page_size * 2 + 3)}
