"""Style and behaviour live in one small file a component; a browser fetches one of each kind.

`JoinedFinder` offers the joined files to Django's staticfiles, in development and to collectstatic
alike, so that there is no build to run or to forget. `HashedModules` names them by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PARTS = Path(__file__).resolve().parent.parent / "static"


class HashedModules(CompressedManifestStaticFilesStorage):
    """Files named by their content, so that browsers may keep them for good."""

    # Our scripts are joined and import nothing; Django would take `import("../htmx")` in a comment
    # of htmx's extensions for a file that is missing.
    support_js_module_import_aggregation = False
    manifest_strict = True


def join_styles(parts: Iterable[Path]) -> str:
    """In the order of names: `_layers.css`, which declares the layers, sorts first."""
    return "\n".join(part.read_text() for part in parts)


def join_scripts(parts: Iterable[Path]) -> str:
    """Each file in a block of its own, so that their constants do not meet."""
    return "\n".join("{\n" + part.read_text() + "}" for part in parts)


JOINED: dict[str, tuple[str, Callable[[Iterable[Path]], str]]] = {
    "hub.css": ("css/*.css", join_styles),
    "hub.js": ("js/*.js", join_scripts),
    "check-in.js": ("js/check-in/*.js", join_scripts),  # of one page, which phones at a door open
}


def build(name: str) -> Path:
    """Write the joined file below var/ where its parts have changed, and say where it is."""
    pattern, join = JOINED[name]
    target = Path(settings.VAR_DIR) / "joined" / name
    text = join(sorted(PARTS.glob(pattern)))
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return target


class JoinedFinder(BaseFinder):
    """Finds `hub.css`, `hub.js` and what else is joined."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(build(path))] if path in JOINED else []
        return found if find_all else (found[0] if found else None)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in JOINED:
            yield name, FileSystemStorage(location=build(name).parent)
