"""What people said of an event afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from members.models import Member
from members.models.scopes import hidden_scopes

from .event import Event

if TYPE_CHECKING:
    from team.models import User

LONGEST_ANSWER = 2_000


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: User) -> FeedbackQuerySet:
        """Of members this reader may see, and of nobody."""
        if not user.is_authenticated:
            return self.none()
        if hidden_scopes(user) is None:
            return self
        seen = Q(member__isnull=True) | Q(member__in=Member.objects.visible_to(user))
        return self.filter(seen)


class Feedback(models.Model):
    """`member`, `at`: None where it was given without a name; nothing else says whose it is. That a
    personal link was used is Attendance.feedback_given."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="feedbacks")
    member = models.ForeignKey(
        "members.Member", null=True, on_delete=models.CASCADE, related_name="+"
    )
    rating = models.PositiveSmallIntegerField()  # 1 to 5
    best = models.TextField(blank=True)
    change = models.TextField(blank=True)
    at = models.DateTimeField(null=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="feedback_rating_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rating} of 5"
