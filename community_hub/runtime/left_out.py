"""What libraries import only because it is installed, beside the hub or for its tests."""

from __future__ import annotations

import sys

# structlog draws tracebacks with rich, and asks greenlet which thread it is in; httpx has a command
# line of its own, in the colours of pygments; kombu would read YAML, Celery ask for its memory.
# 6 MB, in every process.
NAMES = ("greenlet", "psutil", "pygments", "rich", "yaml")


def leave_out() -> None:
    """To these libraries, they are not there. For a process that is not shared with others' code;
    before anything is imported that looks for them."""
    for name in NAMES:
        # None is how Python is told that there is no such module; typeshed doesn't know that
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
