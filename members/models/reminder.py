"""On which day a colleague was last reminded of what is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, models

if TYPE_CHECKING:
    from team.models import User


class Reminder(models.Model):
    """`day` is one of the colleague's, in their timezone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.day}"

    @classmethod
    def claim(cls, user: User, day: date) -> bool:
        """True for one of those who try at once, and once a day."""
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [user.pk, day])
            return bool(cursor.rowcount)

    @classmethod
    def give_back(cls, user: User, day: date) -> None:
        """The mail did not leave: it is due again."""
        claimed = cls.objects.filter(user=user, day=day)
        claimed.update(day=day - timedelta(days=1))


_CLAIM = """
insert into members_reminder as r (user_id, day) values (%s, %s)
on conflict (user_id) do update set day = excluded.day where r.day < excluded.day
"""
