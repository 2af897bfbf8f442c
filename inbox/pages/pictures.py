"""A message's pictures as a page shows them. Each is asked for by the message and its name, never
by where it comes from, and stands in a link to the original."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from community_hub.lib import body_pictures
from community_hub.lib.paths import path
from community_hub.lib.pictures.keeping import name_of
from inbox.pictures import is_picture, pictures_of
from members.avatars import avatar_path, wants_pictures

if TYPE_CHECKING:
    from inbox.models import Message
    from team.models import User

PICTURE = (
    '<message-picture><a class="picture" href="{}" target="_blank"'
    ' rel="noopener noreferrer nofollow ugc"><img src="{}" alt="{}" loading="lazy"'
    ' decoding="async"></a></message-picture>'
)


def shown_to(user: User) -> dict[str, Callable[..., Any]]:
    """For the template: how a face, a body and what is attached are shown."""
    if wants_pictures(user):
        return {
            "avatar": avatar_of_author,
            "body": body_with_pictures,
            "attached": attached_pictures,
        }
    return {"avatar": no_avatar, "body": body_with_links, "attached": attached_links}


def no_avatar(message: Message) -> str:
    return ""


def avatar_of_author(message: Message) -> str:
    return avatar_path(message.author)


def body_with_links(message: Message) -> SafeString:
    """As it is kept: a picture is a link there."""
    return mark_safe(message.body_html)  # noqa: S308 - cleaned on its way in


def attached_links(message: Message) -> tuple[list[SafeString], list[dict[str, Any]]]:
    return [], message.attachments


def body_with_pictures(message: Message) -> SafeString:
    """The body as it is shown to somebody who wants to see pictures."""
    left = set(pictures_of(message)) if "]</a>" in message.body_html else set()

    def draw(picture: body_pictures.Picture) -> str | None:
        if name_of(picture.address) not in left:
            return None
        return drawn(message.pk, picture.address, picture.words)

    body = body_pictures.draw_pictures(message.body_html, draw)
    return mark_safe(  # noqa: S308 - cleaned on its way in; what is drawn is escaped
        body_pictures.explain_svgs(body, not_shown)
    )


def attached_pictures(message: Message) -> tuple[list[SafeString], list[dict[str, Any]]]:
    """Those that are shown, drawn, and the files that stay links; each in their order."""
    names = pictures_of(message)
    shown, rest = [], []
    for file in message.attachments:
        if is_picture(file) and name_of(file["url"]) in names:
            shown.append(drawn(message.pk, file["url"], file.get("alt_text") or ""))
        else:
            rest.append(file)
    return shown, rest


def not_shown(link: str, words: str) -> SafeString:
    """Of an SVG: what it is, why it is not shown, and the original. `link`: clean attributes."""
    words = words or _("Picture without a description")
    return format_html(
        '<span class="picture-not-shown">{}{} {} <a {}>{}</a></span>',
        words,
        "" if words.endswith((".", "!", "?", "…")) else ".",
        _("SVG pictures aren’t shown."),
        mark_safe(link),  # noqa: S308 - cleaned on its way in
        _("Open the original"),
    )


def drawn(message: int, address: str, words: str) -> SafeString:
    source = path("message-picture", message, name_of(address))
    return format_html(PICTURE, address, source, words or _("Picture without a description"))
