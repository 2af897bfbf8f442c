"""Lists as files: begun by a verb, written in steps by a background job, fetched by their maker.

    register(ExportKind("members", label=_("Members"), ids=..., header=..., rows=...))

The first step keeps which rows there are, in their order; each step after it writes some of them
as they are then, without those that their maker may not see by then. What a step writes begins
where the one before it ended, so a worker that is killed writes nothing twice, and the file gets
its name once it is whole.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import spreadsheet
from community_hub.lib.paths import path

from . import actions, hooks, jobs
from .actions import Changes, verb
from .jobs import background_job
from .models import BackgroundJob, Export, User
from .models.export import KEPT
from .notifications import notify
from .notifications import register as register_notification

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

JOB = "export"
STEP = 1_000  # rows
MOST_UNFINISHED = 3  # of one colleague
TOLD_AFTER = timedelta(seconds=10)  # one that took longer is told of in the bell


@dataclass(frozen=True)
class ExportKind:
    """`ids`: of the rows, in their order. `header`: the first line. `rows`: the lines of some ids,
    as far as the export's maker may see them; dates and numbers may be as they are."""

    slug: str
    label: str | _StrPromise
    ids: Callable[[Export], Iterable[int]]
    header: Callable[[Export], Sequence[Any]]
    rows: Callable[[Export, Sequence[int]], Iterable[Sequence[Any]]]


class TooMany(Exception):
    """Of exports that are under way."""

    def __str__(self) -> str:
        return _now("Wait until your other exports are ready.")


_kinds: dict[str, ExportKind] = {}


def register(kind: ExportKind) -> None:
    """ValueError where the slug is taken."""
    if _kinds.setdefault(kind.slug, kind) is not kind:
        raise ValueError(f"there is an export {kind.slug} already")


register_notification("export", _("An export is ready"))


@verb("export", on="team.export", right="can_export", words=_("exported %(object)s"))
def begin(kind: str, params: dict[str, Any], name: str, *, by: User) -> Changes:
    """`params`: JSON, for the kind's functions. `name`: what will be in it. TooMany where some are
    under way; KeyError for a kind that is not registered."""
    slug = _kinds[kind].slug
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        if mine(by).filter(finished_at=None).count() >= MOST_UNFINISHED:
            raise TooMany
        made = Export.objects.create(
            by=by, kind=slug, params=params, name=name[:200], closed=sorted(closed_to(by))
        )
        jobs.start(JOB, _about(made.pk), by=by, name=made.name)
        return actions.record("export", [made], by=by, after={"name": made.name})


def mine(user: User) -> Any:
    """Whose files there are, or will be."""
    return Export.objects.filter(by=user, deleted_at=None)


def of_jobs(
    begun: Iterable[BackgroundJob], kind: str, *, wanted: Callable[[Export], bool]
) -> list[Export]:
    """Of a user's jobs, the exports of a kind that its list shows, among those that are `wanted`:
    under way; else the newest."""
    by_pk = {_pk(job): job for job in begun if job.kind == JOB}
    if not by_pk:
        return []
    found = Export.objects.filter(pk__in=by_pk, kind=kind, deleted_at=None, dismissed_at=None)
    rows = [row for row in found.order_by("-pk") if wanted(row)]
    for row in rows:
        row.job = by_pk[row.pk]
    return [row for row in rows if not row.is_over] or rows[:1]


def dismiss(export: Export) -> None:
    """Its list offers it no more; its page and its file stay."""
    Export.objects.filter(pk=export.pk, dismissed_at=None).update(dismissed_at=timezone.now())


def with_job(export: Export) -> Export:
    """With `job`, which says how far it is, as long as it is under way."""
    if not export.is_over:
        export.job = jobs.unfinished(_about(export.pk))
    return export


def _about(pk: int) -> str:
    return f"export:{pk}"


def _pk(job: BackgroundJob) -> int:
    return int(job.about.removeprefix("export:"))


def closed_to(user: User) -> set[str]:
    """The scopes that somebody may not see."""
    found: set[str] = set()
    for hidden in hooks.hidden_scopes:
        scopes = hidden(user)
        if scopes is not None:
            found.update(scope for row in scopes for scope in row.values())
    return found


def may_download(export: Export, user: User) -> bool:
    """Its maker, as long as they may export, and may see all that they could when it was made."""
    same = export.by_id == user.pk and user.can_export
    return same and closed_to(user) <= set(export.closed)


# Writing ----------------------------------------------------------------------------------------


@background_job(JOB, words=_("Exporting %(name)s"))
def export_step(job: BackgroundJob) -> bool:
    """`cursor["bytes"]`: how long the file was after the last step that was committed."""
    export = Export.objects.select_related("by").filter(
        pk=_pk(job), finished_at=None, deleted_at=None
    ).first()  # fmt: skip
    if export is None:
        return False
    if not begin.entry.allows(export.by):
        delete(export)
        return False
    with translation.override(export.by.locale):
        return _write_some(job, export, _kinds[export.kind])


def _write_some(job: BackgroundJob, export: Export, kind: ExportKind) -> bool:
    written, ids = _part(export, ".part"), _part(export, ".ids")
    length = job.cursor.get("bytes", 0)
    if job.total is None or not _is_whole(written, length) or not ids.exists():
        return _begin_file(job, export, kind)
    some = array("q")
    with ids.open("rb") as file:
        file.seek(job.done * some.itemsize)
        some.frombytes(file.read(STEP * some.itemsize))
    if not some:
        return _finish(job, export)
    lines = [spreadsheet.line(row) for row in kind.rows(export, some.tolist())]
    job.cursor = {
        "bytes": _write(written, length, b"".join(lines)),
        "rows": job.cursor["rows"] + len(lines),
    }
    job.done += len(some)
    return True


def _begin_file(job: BackgroundJob, export: Export, kind: ExportKind) -> bool:
    found = array("q", kind.ids(export))
    _write(_part(export, ".ids"), 0, found.tobytes())
    head = spreadsheet.BOM + spreadsheet.line(kind.header(export))
    job.cursor = {"bytes": _write(_part(export, ".part"), 0, head), "rows": 0}
    job.done, job.total = 0, len(found)
    return True


def _finish(job: BackgroundJob, export: Export) -> bool:
    _part(export, ".part").replace(export.path)
    _part(export, ".ids").unlink(missing_ok=True)
    export.finished_at = timezone.now()
    export.rows, export.size = job.cursor["rows"], job.cursor["bytes"]
    export.save(update_fields=["finished_at", "rows", "size"])
    if export.finished_at - export.created_at > TOLD_AFTER:
        text = _now("Your export is ready: %(name)s") % {"name": export.name}
        notify("export", [export.by], _about(export.pk), text, path("export", export.pk))
    return False


def _part(export: Export, ending: str) -> Path:
    return export.path.with_suffix(ending)


def _is_whole(file: Path, length: int) -> bool:
    """A power cut may have taken what was not on the disk yet."""
    return file.exists() and file.stat().st_size >= length


def _write(file: Path, start: int, data: bytes) -> int:
    """Put bytes at a place, and nothing after them; how long the file is then. Nobody but whoever
    runs the hub may read it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as out:
        out.truncate(start)
        out.seek(start)
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return start + len(data)


# Deleting ---------------------------------------------------------------------------------------


def delete(export: Export) -> None:
    """The file, and whatever was written of it."""
    for file in (export.path, _part(export, ".part"), _part(export, ".ids")):
        file.unlink(missing_ok=True)
    Export.objects.filter(pk=export.pk, deleted_at=None).update(deleted_at=timezone.now())


def delete_old(now: Any = None) -> None:
    """Those that were begun KEPT ago, ready or not, and files that no row knows."""
    before = (now or timezone.now()) - KEPT
    for export in Export.objects.filter(deleted_at=None, created_at__lt=before):
        delete(export)
    folder = Path(settings.VAR_DIR) / "exports"
    for file in folder.glob("*.*") if folder.exists() else ():
        known = file.stem.isdecimal() and Export.objects.filter(pk=file.stem, deleted_at=None)
        if not (known and known.exists()) and file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
