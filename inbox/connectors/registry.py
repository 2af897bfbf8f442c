"""Which connectors are installed: found by entry point, loaded once, broken ones named."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

import structlog

from inbox.connectors.base import Connector

log = structlog.get_logger(__name__)
ENTRY_POINTS = "community_hub.connectors"


class ConnectorUnavailable(LookupError):
    """The package that brought a connector is gone, or cannot be imported; says which and why."""


_loaded: dict[str, type[Connector]] = {}
_broken: dict[str, str] = {}


def installed() -> dict[str, type[Connector]]:
    """Every connector on this machine that can be imported, by kind; outside packages add theirs
    by entry point."""
    found: dict[str, type[Connector]] = {}
    for kind in sorted(entries()):
        try:
            found[kind] = connector_class(kind)
        except ConnectorUnavailable:
            continue  # broken() names it
    return found


def broken() -> dict[str, str]:
    """Of the installed connectors those that cannot be imported: the error, by kind."""
    installed()
    return dict(sorted(_broken.items()))


def connector_class(kind: str) -> type[Connector]:
    """Raises ConnectorUnavailable where it is not installed or cannot be imported. What a package
    raises while it is imported is logged once and breaks nothing else."""
    if kind in _loaded:
        return _loaded[kind]
    if kind in _broken:
        raise ConnectorUnavailable(_broken[kind])
    if kind not in entries():
        raise ConnectorUnavailable(f"No connector for “{kind}” is installed.")
    entry = entries()[kind]
    try:
        _loaded[kind] = entry.load()
    except Exception as error:  # a package of somebody else's may raise anything
        log.exception("connector not importable", kind=kind, package=entry.value)
        _broken[kind] = f"{entry.value}: {type(error).__name__}: {error}"[:500]
        raise ConnectorUnavailable(_broken[kind]) from error
    return _loaded[kind]


@cache
def entries() -> dict[str, EntryPoint]:
    """Read once: it looks into the folder of every package that is installed."""
    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
