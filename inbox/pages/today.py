"""What Today shows of the inbox: who waits for a reply."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import compiled_sql
from inbox.models import Conversation
from inbox.pages import folders
from members.hooks import MailLine, TodaySection
from team.models import User


def folder_of(of_team: bool) -> folders.Folder:
    return folders.NEEDS_REPLY if of_team else folders.MINE


def waiting(user: User, of_team: bool, most: int) -> list[Conversation]:
    role, sees_all = user.role, of_team and user.can_see_every_source

    def found(user: int = 0) -> QuerySet[Conversation]:
        rows = folder_of(of_team).conversations(User(pk=user, role=role))
        return rows.select_related("source", "assignee", "preview_by__member")[: most + 1]

    values = {} if sees_all else {"user": user.pk}
    return compiled_sql.rows(("today: waiting", of_team, most, role), found, **values)


def mail_line(row: Conversation) -> MailLine:
    who = str(row.preview_by.member) if row.preview_by else _now("Someone")
    return MailLine(who, str(row), row.source.name, row.get_absolute_url())


REPLIES_OWED = TodaySection(
    slug="replies",
    title=_("Replies owed"),
    hint=_("longest wait first"),
    empty=_("Nobody waits for a reply here."),
    template="inbox/_today_waiting.html",
    rows=waiting,
    line=mail_line,
    more=lambda user, of_team: folder_of(of_team).url,
    place=30,
)
