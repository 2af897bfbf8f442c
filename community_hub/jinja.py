"""What every `.jinja` template may say; see community_hub/lib/compiled.py."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment

from community_hub.lib import moments
from community_hub.lib.quick_jinja import QuickEnvironment
from community_hub.templatetags import hub


def environment(**options: Any) -> Environment:
    """For settings.TEMPLATES."""
    made = QuickEnvironment(**options)
    made.globals["icon"] = hub.icon
    made.filters.update(
        coming_moment=hub.coming_moment,
        face=hub.face,
        hue=hub.hue,
        initials=hub.initials,
        is_late=hub.is_late,
        iso=moments.iso,
        moment=moments.moment,
        short_moment=hub.short_moment,
        waiting=hub.waiting,
    )
    return made
