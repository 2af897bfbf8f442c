"""The practice sites themselves, and whole years of talk on them in one go, for the demo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from .models import Account, Place, Post, Site, Thread
from .models.site import HUB_HANDLE

SITES = {
    "forum": (Site.Kind.FORUM, "The Polyphon Forum", "Builders’ and players’ forum."),
    "social": (Site.Kind.MICROBLOG, "Sine Social", "Short posts, 500 characters at most."),
    "help": (Site.Kind.HELPBOARD, "Workbench", "Questions with answers that worked."),
}
PLACES = {
    "forum": ("Help", "Firmware", "Show and tell", "Meet-ups", "Off topic"),
    "help": ("hardware", "firmware", "midi", "patches", "soldering"),
}
HUB_BIO = "The team behind the Polyphon synthesizer."


@dataclass(frozen=True)
class SeedAccount:
    handle: str
    name: str
    bio: str = ""
    is_bot: bool = False


@dataclass(frozen=True)
class SeedPost:
    """`author_handle` may be the hub's own. `reply_to` is an index into the thread's posts; None
    answers its first post, and on the help board 0 makes an answer, anything else a comment."""

    author_handle: str
    body: str
    created_at: datetime
    reply_to: int | None = None
    visibility: str = "public"  # public, direct
    deleted_author: bool = False
    edited_at: datetime | None = None
    comment: bool = False  # the help board: a comment on the question instead of an answer


@dataclass(frozen=True)
class SeedThread:
    """`place` is a category's, hashtag's or topic's name, or empty. Private when its first post
    is direct. `accepted` is the index of the answer that helped."""

    posts: list[SeedPost]
    title: str = ""
    place: str = ""
    accepted: int | None = None


def create_sites() -> dict[str, Site]:
    """The three sites by slug; safe to call again."""
    return {slug: create_site(slug) for slug in SITES}


def create_site(slug: str) -> Site:
    """With its places and the hub's account; safe to call again."""
    kind, name, blurb = SITES[slug]
    site, _made = Site.objects.get_or_create(
        slug=slug, defaults={"kind": kind, "name": name, "blurb": blurb}
    )
    site.accounts.get_or_create(
        handle=HUB_HANDLE, defaults={"name": "Polyphon", "bio": HUB_BIO, "is_hub": True}
    )
    for place in PLACES.get(slug, ()):
        site.place(place)
    return site


def token_for(site: Site) -> str:
    """What the hub signs in with; the moderation page shows the same."""
    return site.token()


@transaction.atomic
def bulk_load(
    site: Site, accounts: Iterable[SeedAccount], threads: Iterable[SeedThread]
) -> list[int]:
    """Write all of it in a fixed number of queries; the change numbers follow `created_at`.

    Returns the ids of the threads, in the order given.
    """
    site = site.lock()
    threads = list(threads)
    people = _load_accounts(site, accounts, threads)
    places = _load_places(site, threads)
    rows = [
        Thread(
            site=site,
            place=places.get(seeded.place),
            title=seeded.title[:200] if site.has_titles else "",
            direct=seeded.posts[0].visibility == "direct",
            last_number=len(seeded.posts),
            last_post_at=max(post.created_at for post in seeded.posts),
        )
        for seeded in threads
    ]
    Thread.objects.bulk_create(rows, batch_size=1000)
    _load_posts(site, people, list(zip(rows, threads, strict=True)))
    with connection.cursor() as cursor:  # so that the first pages are planned for what is there
        cursor.execute("analyze sandbox_account, sandbox_place, sandbox_thread, sandbox_post")
    return [row.pk for row in rows]


def _load_accounts(
    site: Site, accounts: Iterable[SeedAccount], threads: list[SeedThread]
) -> dict[str, Account]:
    last: dict[str, datetime] = {}
    first: dict[str, datetime] = {}
    for thread in threads:
        for post in thread.posts:
            handle, at = post.author_handle, post.created_at
            last[handle] = max(at, last.get(handle, at))
            first[handle] = min(at, first.get(handle, at))
    rows = []
    for seeded in accounts:
        row = Account(
            site=site,
            handle=seeded.handle,
            name=seeded.name,
            bio=seeded.bio,
            is_bot=seeded.is_bot,
            last_posted_at=last.get(seeded.handle),
        )
        row.created_at = first.get(seeded.handle, row.created_at)
        rows.append(row)
    Account.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return {account.handle: account for account in site.accounts.all()}


def _load_places(site: Site, threads: list[SeedThread]) -> dict[str, Place | None]:
    return {name: site.place(name) for name in sorted({thread.place for thread in threads})}


def _load_posts(
    site: Site, people: dict[str, Account], threads: list[tuple[Thread, SeedThread]]
) -> None:
    placed = sorted(
        (post.created_at, position, index)
        for position, (_, seeded) in enumerate(threads)
        for index, post in enumerate(seeded.posts)
    )
    seq = site.take_seq(len(placed))
    # ids are drawn first, so that a reply can name its parent before either is written
    ids = dict(zip((key[1:] for key in placed), _draw_post_ids(len(placed)), strict=True))
    rows = []
    for offset, (_at, position, index) in enumerate(placed):
        thread, seeded = threads[position]
        post = seeded.posts[index]
        above = None if index == 0 else post.reply_to or 0
        rows.append(
            Post(
                pk=ids[position, index],
                site=site,
                thread=thread,
                number=index + 1,
                account=None if post.deleted_author else people[post.author_handle],
                in_reply_to_id=None if above is None else ids[position, above],
                kind=_kind(site, above, post),
                body=post.body,
                direct=thread.direct or post.visibility == "direct",
                seq=seq + offset,
                accepted=index == seeded.accepted,
                created_at=post.created_at,
                edited_at=post.edited_at,
                version=2 if post.edited_at else 1,
            )
        )
    Post.objects.bulk_create(rows, batch_size=1000)


def _kind(site: Site, above: int | None, post: SeedPost) -> str:
    if above is None:
        return Post.Kind.ROOT
    comments = site.kind == Site.Kind.HELPBOARD and (above > 0 or post.comment)
    return Post.Kind.COMMENT if comments else Post.Kind.REPLY


def _draw_post_ids(how_many: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence('sandbox_post', 'id'))"
            " from generate_series(1, %s)",
            [how_many],
        )
        return [row[0] for row in cursor.fetchall()]
