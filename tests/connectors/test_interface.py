"""What the interface declares, the hub reads."""

import dataclasses
import re
from pathlib import Path

import pytest

from inbox.connectors import base, values

ROOT = Path(__file__).resolve().parents[2]
FROM_CONNECTORS = (
    base.Attachment,
    base.Capabilities,
    base.ChannelInfo,
    base.Health,
    base.Incoming,
    base.Page,
    base.Person,
    base.Problem,
    values.Rate,
    base.Sent,
)


@pytest.fixture(scope="module")
def hub() -> str:
    """Its modules and templates, without the connectors that ship with it."""
    kit = [path for path in (ROOT / "inbox/connectors").glob("*.py") if path.name != "values.py"]
    rest = [
        path
        for app in ("inbox", "members")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and "connectors" not in path.parts
    ]
    contract = (ROOT / "inbox/connectors/contract").glob("*.py")
    templates = (ROOT / "templates/inbox").rglob("*.*")
    return "\n".join(path.read_text() for path in [*kit, *contract, *rest, *templates])


@pytest.mark.parametrize("value", FROM_CONNECTORS)
def test_each_field_is_read(hub, value):
    fields = [field.name for field in dataclasses.fields(value)]
    assert [name for name in fields if not re.search(rf"\.{name}\b", hub)] == []
