"""The files that `up` makes before it starts anything: static ones, and compiled modules."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from community_hub.runtime import embedded

PACKAGES = ("community_hub", "team", "members", "inbox", "sandbox")


def collect_static(var: embedded.Var) -> None:
    """Hash and compress the files again only where one has changed."""
    marks = []
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            stat = Path(storage.path(path)).stat()
            marks.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    mark = hashlib.sha256("\n".join(sorted(marks)).encode()).hexdigest()
    done = var.root / "static.mark"
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if readable(manifest) and done.exists() and done.read_text() == mark:
        return
    manifest.unlink(missing_ok=True)  # a torn one, as a power cut leaves it, stops even collecting
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    done.write_text(mark)


def compile_modules() -> None:
    """Ours, where they changed: a process that compiles what it imports keeps the holes that this
    leaves in its memory, 6 MB of them, and so does each that is forked from it. Where the folder
    can't be written to, or one module is wrong, that shows when it is imported."""
    folders = [str(settings.BASE_DIR / name) for name in PACKAGES]
    command = [sys.executable, "-m", "compileall", "-q", *folders]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own words


def readable(manifest: Path) -> bool:
    try:
        json.loads(manifest.read_bytes())
    except (OSError, ValueError):
        return False
    return True
