"""The files of pictures under var/: a folder an owner, so that they go when their owner goes.

    pictures/3f/message-42/9c1f0d2b7a6e4c58.webp          as a page shows it
    pictures/3f/message-42/9c1f0d2b7a6e4c58-large.webp    as a click opens it, where that is larger

For nobody but us (0700, 0600). Nothing is lost with them: what is missing is fetched anew.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2s
from pathlib import Path

from django.conf import settings

KEPT = 30 * 24 * 60 * 60  # seconds: then the other server is asked whether it still shows it
TOUCHED = 24 * 60 * 60  # a picture that is looked at counts as used once a day
DOWN_TO = 0.8  # of the bound, so that it isn't reached again at once


@dataclass(frozen=True)
class File:
    path: Path
    size: int
    used: float


def folder() -> Path:
    return Path(settings.VAR_DIR) / "pictures"


def path_of(owner: str, name: str) -> Path:
    shard = blake2s(owner.encode(), digest_size=1).hexdigest()
    return folder() / shard / owner / f"{name}.webp"


def load(owner: str, name: str) -> bytes | None:
    path = path_of(owner, name)
    try:
        data = path.read_bytes()
        if time.time() - path.stat().st_atime > TOUCHED:
            os.utime(path, (time.time(), path.stat().st_mtime))
    except OSError:
        return None
    return data


def write(owner: str, name: str, data: bytes) -> None:
    """At once or not at all: it may be read meanwhile."""
    path = path_of(owner, name)
    for part in (folder(), path.parent.parent, path.parent):
        part.mkdir(mode=0o700, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    unfinished.replace(path)


def owners() -> list[str]:
    return [path.name for path in folder().glob("*/*")]


def remove(owner: str) -> None:
    shutil.rmtree(path_of(owner, "x").parent, ignore_errors=True)


def trim(most_bytes: int) -> int:
    """Remove what is older than KEPT, then what was not used for longest, until it fits; how many
    files went."""
    files = sorted(_files(), key=lambda file: file.used)
    total = sum(file.size for file in files)
    aim = int(most_bytes * DOWN_TO) if total > most_bytes else most_bytes
    old = time.time() - KEPT
    gone = 0
    for file in files:
        with suppress(OSError):
            if total > aim or file.path.stat().st_mtime < old:
                file.path.unlink()
                total -= file.size
                gone += 1
    for empty in folder().glob("*/*"):
        with suppress(OSError):
            empty.rmdir()  # unless there is something in it
    return gone


def _files() -> Iterator[File]:
    for path in folder().glob("*/*/*"):
        with suppress(OSError):
            state = path.stat()
            yield File(path, state.st_size, max(state.st_atime, state.st_mtime))
