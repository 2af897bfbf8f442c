"""Re-encodes a picture in a process of its own; encode.py says why and how."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import structlog

from .failures import NoPicture, Refused, TooBig

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("encode.py")
MOST_SECONDS = 20.0  # by the clock: the machine may be busy
_one_at_a_time = threading.Lock()  # each may take some hundred MB


def encode(data: bytes, sizes: tuple[str, ...]) -> list[bytes]:
    """A WebP file for each of `sizes`, as encode.py takes them. Raises Refused."""
    command = [sys.executable, "-I", str(PROGRAM), *sizes]
    try:
        with _one_at_a_time:
            done = subprocess.run(  # noqa: S603 - our own program
                command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False, env={}
            )
    except subprocess.TimeoutExpired as error:
        raise Refused("slow") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:80]
        log.info("picture not encoded", code=done.returncode, reason=reason)
        large = reason == "too-large" or "DecompressionBomb" in reason
        raise TooBig(reason) if large else NoPicture(reason)
    return _files(done.stdout)


def _files(output: bytes) -> list[bytes]:
    files = []
    at = 0
    while at < len(output):
        length = int.from_bytes(output[at : at + 4], "big")
        files.append(output[at + 4 : at + 4 + length])
        at += 4 + length
    return files
