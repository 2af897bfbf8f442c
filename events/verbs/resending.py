"""Sending a mail again that could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import queue
from events.models import Attendance, Notice
from team import actions
from team.actions import Changes, verb
from team.models import Action, User

from .attending import ON


def _undo_resend(rows: Sequence[Action], by: User) -> set[int]:
    """As long as it has not gone out."""
    done = set()
    for action in rows:
        waiting = Notice.objects.open().filter(pk=action.after["notice"])
        if waiting.update(dropped_at=timezone.now(), **action.before):
            done.add(action.pk)
    return done


@verb("resend-mail", on=ON, right="can_edit_events", words=_("sent an email to %(object)s again"),
      undo=_undo_resend, lead_may_undo=True)  # fmt: skip
def resend(notice: Notice, *, by: User) -> Changes:
    """To the address that is known now. No Changes where somebody was faster."""
    with transaction.atomic():
        row = Notice.objects.refused().select_for_update(of=("self",)).filter(pk=notice.pk).first()
        if row is None:
            return Changes()
        before = {"failures": row.failures, "error": row.error}
        Notice.objects.filter(pk=row.pk).update(
            dropped_at=None, next_try_at=timezone.now(), failures=0, error=""
        )
        queue.enqueue("events.tasks.send_notices")
        attendance = Attendance.objects.select_related("member").get(pk=row.attendance_id)
        return actions.record(
            "resend-mail", [attendance], by=by, before=before, after={"notice": row.pk}
        )
