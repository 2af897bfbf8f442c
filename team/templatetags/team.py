"""What the navigation shows of the team."""

from __future__ import annotations

from django import template

from team.models import Notification, User

register = template.Library()


@register.simple_tag
def unread_notifications(user: User) -> int:
    """How many wait for this colleague; counting stops at a hundred."""
    return Notification.objects.visible_to(user).unread().count_up_to(100)
