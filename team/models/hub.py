"""The one row that says whose hub this is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hub(models.Model):
    """One install serves one team: there is a single row, with pk 1."""

    name = models.CharField(_("team's name"), max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_only_one_hub")
        ]

    @classmethod
    def current(cls) -> Hub | None:
        """None until somebody has named the team."""
        return cls.objects.filter(pk=1).first()
