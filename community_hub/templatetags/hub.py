"""What every template may say: icons, faces, waiting times."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from community_hub.lib import hues, icons
from community_hub.lib.folded_templates import constant_tag
from community_hub.lib.moments import local_moment

if TYPE_CHECKING:
    from inbox.connectors.base import Connector

register = template.Library()

LATE = timedelta(hours=6)  # from here on a wait is shown warm
UNKNOWN_ICON = "message-circle"


@register.simple_tag
@constant_tag
@lru_cache(maxsize=256)
def icon(name: str, css: str = "") -> SafeString:
    """A lucide icon, for the eye only. Drawn once a process: lists show dozens."""
    attributes = {"aria-hidden": "true", "class": f"icon {css}".strip()}
    try:
        drawn = icons.draw(name, 16, **attributes)
    except KeyError:  # a connector from outside may name one that is not there
        drawn = icons.draw(UNKNOWN_ICON, 16, **attributes)
    return mark_safe(drawn)  # noqa: S308 - drawn by lucide from its own archive


@register.simple_tag
def platform_icon(kind: str, network: str = "") -> SafeString:
    """The icon of a source's platform; a connector that was removed gets a plain one."""
    return icon(connector_icon(str(kind), str(network)))


@register.simple_tag
def network_icon(network: str) -> SafeString:
    """The icon of an account. A network is named after its connector, "discourse:host"."""
    return platform_icon(network.partition(":")[0], network)


@register.filter
def language_name(code: str) -> str:
    """“German” for "de"; what is no code of a language stays as somebody wrote it."""
    if code.lower() in {"zh", "zh-cn", "zh-tw"}:
        return _("Chinese")
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def network_name(network: str) -> str:
    """What people call it; the network itself where nothing speaks its platform any more."""
    connector = connector_of(network.partition(":")[0])
    return connector.name_of(network) if connector else network


@lru_cache(maxsize=1024)
def connector_icon(kind: str, network: str = "") -> str:
    connector = connector_of(kind)
    return connector.icon_of(network) if connector else UNKNOWN_ICON


def connector_of(kind: str) -> type[Connector] | None:
    from inbox.connectors.registry import connector_class

    try:
        return connector_class(kind)
    except LookupError:
        return None


@register.simple_tag
def face(who: Any, css: str = "", picture: str = "") -> SafeString:
    """Initials on a hue that stays with the name, under the picture at that path, if any; for the
    eye only, the name stands beside it."""
    return drawn_face(str(who or "").strip(), css, picture)


@lru_cache(maxsize=2048)
def drawn_face(name: str, css: str, picture: str = "") -> SafeString:
    if not name:
        return format_html('<span class="face nobody {}" aria-hidden="true">?</span>', css)
    return format_html(
        '<span class="face hue-{} {}" aria-hidden="true">{}{}</span>',
        hue(name),
        css,
        initials(name),
        format_html('<img src="{}" alt="" loading="lazy">', picture) if picture else "",
    )


@register.filter
@lru_cache(maxsize=2048)
def initials(name: str) -> str:
    """At most two characters: "Ines Wolff" IW, "@nuko" nu, "北川 さくら" 北さ."""
    words = [word for word in map(letters, name.split()) if word]
    if len(words) > 1:
        return (words[0][0] + words[-1][0]).upper()
    return words[0][:2] if words else "?"


def letters(word: str) -> str:
    return "".join(char for char in word if unicodedata.category(char)[0] in "LN")


@register.filter
def hue(name: Any) -> int:
    return hues.hue(str(name))


@register.filter
def waiting(since: datetime | None) -> str:
    """How long somebody has waited: "2 d", "7 h", "22 min"."""
    if since is None:
        return ""
    minutes = max(1, int((timezone.now() - since).total_seconds() // 60))
    if minutes >= 24 * 60:
        return _("%(count)s d") % {"count": minutes // (24 * 60)}
    if minutes >= 60:
        return _("%(count)s h") % {"count": minutes // 60}
    return _("%(count)s min") % {"count": minutes}


@register.filter
def is_late(since: datetime | None) -> bool:
    return since is not None and timezone.now() - since >= LATE


@register.filter
def short_moment(moment: datetime) -> str:
    """The clock today, the day this year, else the date: "14:05", "22 Nov", "22 Nov 2025"."""
    local, now = timezone.localtime(moment), timezone.localtime()
    if local.date() == now.date():
        return local_moment(local, "H:i")
    return local_moment(local, "j M" if local.year == now.year else "j M Y")


@register.filter
def coming_moment(moment: datetime) -> str:
    """When something will be: "14:05" today, "Mon 09:00" within six days, "22 Nov 09:00" later."""
    local, now = timezone.localtime(moment), timezone.localtime()
    days = (local.date() - now.date()).days
    if days == 0:
        return local_moment(local, "H:i")
    if 0 < days < 7:
        return local_moment(local, "D H:i")
    return local_moment(local, "j M H:i" if local.year == now.year else "j M Y")


@register.filter
def capped(count: int, limit: int = 99) -> str:
    """Shown as 99+ where counting stopped."""
    return f"{limit}+" if count > limit else str(count)


@register.simple_tag
def begin_at_first(form: Any, otherwise: str = "") -> str:
    """A page that is a form begins with the focus in the first field that is wrong, else in the
    first one or in `otherwise`."""
    visible = [field for field in form if not field.is_hidden]
    names = [field.name for field in visible if field.errors] or [otherwise or visible[0].name]
    form.fields[names[0]].widget.attrs["autofocus"] = True
    return ""
