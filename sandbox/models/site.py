"""A practice site, who has an account there, and its categories, hashtags or topics."""

from __future__ import annotations

import re
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import slugify
from django.utils.translation import gettext as _

from community_hub.lib import queue

HUB_HANDLE = "polyphon"
MAX_LENGTHS = {"forum": 32_000, "microblog": 500, "helpboard": 30_000}


class Refused(Exception):
    """The site will not take this; str(error) says why in a sentence, `code` in a word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Site(models.Model):
    """One practice site. Every change to a post takes the next number of `last_seq` while the
    site's row is locked, so that who reads up to a number has seen everything below it."""

    class Kind(models.TextChoices):
        FORUM = "forum"
        MICROBLOG = "microblog"
        HELPBOARD = "helpboard"

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=80)
    blurb = models.CharField(max_length=200, blank=True)
    last_seq = models.BigIntegerField(default=0)
    moderates = models.BooleanField(default=False)
    out_of_order = models.BooleanField(default=False)
    # where each change of a post is posted to
    hook_url = models.URLField(max_length=500, blank=True, default="", db_default="")
    token_serial = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sandbox:front", args=[self.slug])

    @property
    def max_length(self) -> int:
        return MAX_LENGTHS[self.kind]

    @property
    def has_titles(self) -> bool:
        return self.kind != self.Kind.MICROBLOG

    def lock(self) -> Site:
        """This site as the database has it, for the rest of the transaction ours to write."""
        return Site.objects.select_for_update().get(pk=self.pk)

    def take_seq(self, how_many: int = 1) -> int:
        """The first of `how_many` new numbers in the order of changes; the site must be locked."""
        first = self.last_seq + 1
        self.last_seq += how_many
        self.save(update_fields=["last_seq"])
        return first

    def announce(self, post_pk: int) -> None:
        """Tell the hub of a change, once it is committed, where a webhook is configured."""
        if self.hook_url:
            queue.enqueue("sandbox.tasks.post_webhook", self.pk, post_pk)

    def token(self) -> str:
        """The bearer token of the hub's account here. Nothing is stored: it is made anew from
        the secret key, and `token_serial` withdraws it."""
        return salted_hmac(
            "sandbox.token", f"{self.slug}:{self.token_serial}", algorithm="sha256"
        ).hexdigest()

    def accepts(self, token: str) -> bool:
        return constant_time_compare(token, self.token())

    def renew_token(self) -> None:
        """The old token stops working: what an expired sign-in looks like."""
        Site.objects.filter(pk=self.pk).update(token_serial=models.F("token_serial") + 1)
        self.refresh_from_db(fields=["token_serial"])

    def hub_account(self) -> Account:
        return self.accounts.get(is_hub=True)

    def place(self, name: str) -> Place | None:
        """The category, hashtag or topic called `name`, made when it is new."""
        slug = slugify(name)[:50]
        if not slug:
            return None
        return self.places.get_or_create(slug=slug, defaults={"name": name[:80]})[0]

    def start(
        self, account: Account, body: str, *, title: str = "", place: str = "", direct: bool = False
    ) -> Any:
        """Open a thread with its first post, which is returned."""
        with transaction.atomic():
            site = self.lock()
            hashtag = re.search(r"(?<!\w)#(\w+)", body) if not site.has_titles else None
            thread = site.threads.create(
                place=site.place(hashtag[1] if hashtag else place),
                title=title if site.has_titles else "",
                direct=direct,
                last_post_at=timezone.now(),
            )
            return thread.add(site, account, body)


class AccountQuerySet(models.QuerySet["Account"]):
    def here(self) -> AccountQuerySet:
        return self.filter(deleted_at=None)

    def recent(self) -> AccountQuerySet:
        """Who wrote lately, the newest first."""
        return self.here().order_by(models.F("last_posted_at").desc(nulls_last=True), "-id")


class Account(models.Model):
    """Somebody on one practice site. One account per site is the hub's own."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="accounts", db_index=False)
    handle = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    bio = models.CharField(max_length=500, blank=True)
    is_bot = models.BooleanField(default=False)
    is_hub = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    last_posted_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "handle"], name="sandbox_account_handle"),
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(is_hub=True), name="sandbox_one_hub_account"
            ),
        ]
        indexes = [
            models.Index(
                "site",
                models.F("last_posted_at").desc(nulls_last=True),
                models.F("id").desc(),
                condition=models.Q(deleted_at=None),
                name="sandbox_account_recent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})"

    def get_absolute_url(self) -> str:
        return reverse("sandbox:member", args=[self.site.slug, self.handle])

    @classmethod
    def called(cls, site: Site, who: str) -> Account:
        """The member with this handle or name, or a new one by that name."""
        who = who.strip().removeprefix("@").strip()[:80]
        if not who:
            raise Refused("who", _("Say who is writing: a member’s handle, or a new name."))
        here = site.accounts.here()
        known = here.filter(handle__iexact=who).first() or here.filter(name=who).first()
        return known or cls._new(site, who)

    @classmethod
    def _new(cls, site: Site, name: str) -> Account:
        base = re.sub(r"[^a-z0-9_]+", "", slugify(name).replace("-", "_"))[:30] or "member"
        taken = set(
            site.accounts.filter(handle__startswith=base).values_list("handle", flat=True)[:1000]
        )
        endings = (f"{base}{n or ''}" for n in [0, *range(2, 2000)])
        handle = next(handle for handle in endings if handle not in taken)
        return cls.objects.create(site=site, handle=handle, name=name)

    def leave(self) -> None:
        """Close the account: its posts stay, and nobody is named as their author any more."""
        with transaction.atomic():
            site = self.site.lock()
            posts = list(self.posts.order_by("seq").only("id", "seq", "version"))
            seq = site.take_seq(len(posts))
            for offset, post in enumerate(posts):
                post.seq, post.account, post.version = seq + offset, None, post.version + 1
            self.posts.bulk_update(posts, ["seq", "account", "version"], batch_size=500)
            self.deleted_at = timezone.now()
            self.save(update_fields=["deleted_at"])


class Place(models.Model):
    """A category of the forum, a hashtag of the microblog, a topic of the help board."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="places", db_index=False)
    slug = models.SlugField()
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="sandbox_place_slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sandbox:place", args=[self.site.slug, self.slug])
