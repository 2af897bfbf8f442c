"""Threads and their posts, and the verbs that change them; each verb locks the site first."""

from __future__ import annotations

from uuid import UUID

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .site import Account, Place, Refused, Site

THREAD_PAGE = 50


class ThreadQuerySet(models.QuerySet["Thread"]):
    def newest_first(self) -> ThreadQuerySet:
        return self.order_by("-last_post_at", "-id")

    def older_than(self, thread: Thread) -> ThreadQuerySet:
        """Keyset: what comes below `thread` in newest_first()."""
        same_moment = models.Q(last_post_at=thread.last_post_at, id__lt=thread.pk)
        return self.filter(
            models.Q(last_post_at__lt=thread.last_post_at) | same_moment,
            last_post_at__lte=thread.last_post_at,
        )


class Thread(models.Model):
    """A topic, a question, or what hangs below one short post. `direct`: a private exchange."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="threads", db_index=False)
    place = models.ForeignKey(
        Place, models.SET_NULL, related_name="threads", null=True, db_index=False
    )
    title = models.CharField(max_length=200, blank=True)
    direct = models.BooleanField(default=False)
    last_number = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField()

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "direct", "-last_post_at", "-id"], name="sandbox_thread_newest"
            ),
            models.Index(fields=["place", "-last_post_at", "-id"], name="sandbox_thread_place"),
        ]

    def __str__(self) -> str:
        return self.title or f"Thread {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sandbox:thread", args=[self.site.slug, self.pk])

    def add(
        self,
        site: Site,
        account: Account,
        body: str,
        *,
        parent: Post | None = None,
        kind: str = "",
        direct: bool = False,
        client_token: UUID | None = None,
    ) -> Post:
        """Write the next post; `site` is the locked row."""
        body = body.strip()
        _check_body(site, body)
        now = timezone.now()
        self.last_number += 1
        self.last_post_at = now
        self.save(update_fields=["last_number", "last_post_at"])
        Account.objects.filter(pk=account.pk).update(last_posted_at=now)
        post = Post.objects.create(
            site=site,
            thread=self,
            number=self.last_number,
            account=account,
            in_reply_to=parent,
            kind=kind or (Post.Kind.ROOT if self.last_number == 1 else Post.Kind.REPLY),
            body=body,
            direct=self.direct or direct,
            client_token=client_token,
            seq=site.take_seq(),
            created_at=now,
            pending=site.moderates and self.last_number > 1,
        )
        site.announce(post.pk)
        return post


def _check_body(site: Site, body: str) -> None:
    if not body:
        raise Refused("empty", _("Write something first."))
    if len(body) > site.max_length:
        raise Refused(
            "too_long",
            _("This is %(length)d characters long; %(site)s takes at most %(limit)d.")
            % {"length": len(body), "site": site.name, "limit": site.max_length},
        )


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> PostQuerySet:
        return self.filter(pending=False)

    def for_api(self) -> PostQuerySet:
        # not joined: on fresh tables the planner would join all of them before it takes a page
        return self.prefetch_related("account", "thread__place")

    def with_people(self) -> PostQuerySet:
        return self.select_related("site", "account", "thread__place", "in_reply_to__account")


class Post(models.Model):
    """One post. `number` counts within its thread; `seq` moves on with every change, so that
    edits and deletions are listed again to whoever follows the site's changes."""

    class Kind(models.TextChoices):
        ROOT = "root"
        REPLY = "reply"  # an answer, on the help board
        COMMENT = "comment"  # the help board's, one level below a question or an answer

    site = models.ForeignKey(Site, models.CASCADE, related_name="posts", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts", db_index=False)
    number = models.PositiveIntegerField()
    account = models.ForeignKey(
        Account, models.SET_NULL, related_name="posts", null=True, db_index=False
    )
    in_reply_to = models.ForeignKey("self", models.SET_NULL, related_name="replies", null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    body = models.TextField()
    direct = models.BooleanField(default=False)
    client_token = models.UUIDField(null=True)
    seq = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    pending = models.BooleanField(default=False)
    accepted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "seq"], name="sandbox_post_seq"),
            models.UniqueConstraint(fields=["site", "client_token"], name="sandbox_post_token"),
            models.UniqueConstraint(fields=["thread", "number"], name="sandbox_post_number"),
            models.UniqueConstraint(
                fields=["thread"],
                condition=models.Q(accepted=True),
                name="sandbox_one_accepted_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="sandbox_post_account"),
            models.Index(fields=["site", "created_at"], name="sandbox_post_created"),
            models.Index(
                fields=["site", "id"],
                condition=models.Q(pending=True),
                name="sandbox_post_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"Post {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sandbox:post", args=[self.site.slug, self.pk])

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None and not self.pending

    def place_in_thread(self) -> str:
        """Where a browser finds this post: its page of the thread, at the post itself."""
        start = f"?from={self.number - 5}" if self.number > THREAD_PAGE else ""
        return f"{self.thread.get_absolute_url()}{start}#post-{self.pk}"

    def reply(
        self,
        account: Account,
        body: str,
        *,
        comment: bool = False,
        direct: bool = False,
        client_token: UUID | None = None,
    ) -> Post:
        """Answer this post. The same `client_token` again gives the post it made the first time.

        Raises Refused when this post is gone or the text is empty or too long.
        """
        with transaction.atomic():
            site = self.site.lock()
            if client_token and (done := site.posts.filter(client_token=client_token).first()):
                return done
            self.refresh_from_db(fields=["deleted_at", "pending"])
            if not self.is_live:
                raise Refused("deleted", _("The post you’re replying to was deleted."))
            parent, kind = self._where_a_reply_hangs(comment)
            thread = Thread.objects.get(pk=self.thread_id)  # as it is under the lock
            return thread.add(
                site,
                account,
                body,
                parent=parent,
                kind=kind,
                direct=direct or self.direct,
                client_token=client_token,
            )

    def _where_a_reply_hangs(self, comment: bool) -> tuple[Post | None, str]:
        if self.site.kind != Site.Kind.HELPBOARD:
            return self, Post.Kind.REPLY
        if self.kind == Post.Kind.COMMENT:  # comments go one level deep
            return self.in_reply_to, Post.Kind.COMMENT
        if self.kind == Post.Kind.REPLY or comment:
            return self, Post.Kind.COMMENT
        return self, Post.Kind.REPLY

    def ancestors(self, limit: int = 500) -> list[Post]:
        """From the topmost post down to the one this answers."""
        answered = Post.objects.filter(thread=self.thread_id).values_list("pk", "in_reply_to_id")
        parents = dict(answered)
        above: list[int] = []
        at = self.in_reply_to_id
        while at and len(above) < limit:
            above.append(at)
            at = parents.get(at)
        posts = Post.objects.for_api().in_bulk(above)
        return [posts[pk] for pk in reversed(above)]

    def revise(self, body: str) -> None:
        body = body.strip()
        _check_body(self.site, body)
        if body != self.body:
            self._change(body=body, edited_at=timezone.now(), version=models.F("version") + 1)

    def remove(self) -> None:
        """Delete the text; the place in the thread stays, marked as deleted."""
        self._change(body="", deleted_at=timezone.now(), pending=False, accepted=False)

    def approve(self) -> None:
        self._change(pending=False)

    def accept(self) -> None:
        """Mark this answer as the one that helped, instead of any other."""
        with transaction.atomic():
            self.site.lock()
            self.thread.posts.filter(accepted=True).update(accepted=False)
            Post.objects.filter(pk=self.pk, deleted_at=None).update(accepted=True)
        self.accepted = True

    def _change(self, **fields: object) -> None:
        with transaction.atomic():
            site = self.site.lock()
            seq = site.take_seq()
            Post.objects.filter(pk=self.pk, deleted_at=None).update(seq=seq, **fields)
            site.announce(self.pk)
        self.refresh_from_db()
