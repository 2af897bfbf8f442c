"""Incoming items as a connector would yield them."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from inbox.connectors.base import Incoming, Page, Person

ALL = 1_000_000  # for repair_drift(): more conversations than any test has, whatever their ids

_numbers = itertools.count(1)


def person(name: str = "ines", **fields: Any) -> Person:
    return Person(
        **{
            "external_id": f"user-{name}",
            "network": "sandbox:forum",
            "handle": name,
            "display_name": name.title(),
            **fields,
        }
    )


def item(external_id: str = "", **fields: Any) -> Incoming:
    """An opening post by Ines, a minute ago, unless told otherwise."""
    external_id = external_id or f"post-{next(_numbers)}"
    return Incoming(
        **{
            "external_id": external_id,
            "thread_id": f"thread-of-{external_id}",
            "thread_title": "MIDI clock drifts",
            "created_at": ago(minutes=1),
            "author": person(),
            "body": "<p>It starts fine and is late by a bar.</p>",
            "version": "1",
            "is_root": True,
            **fields,
        }
    )


def reply(external_id: str, parent: Incoming, **fields: Any) -> Incoming:
    return item(
        external_id,
        **{
            "thread_id": parent.thread_id,
            "parent_id": parent.external_id,
            "is_root": False,
            "created_at": parent.created_at + timedelta(seconds=10),
            **fields,
        },
    )


def page(*items: Incoming, **fields: Any) -> Page:
    return Page(items=list(items), **{"cursor": {"after": len(items)}, **fields})


def ago(**parts: float) -> datetime:
    return timezone.now() - timedelta(**parts)
