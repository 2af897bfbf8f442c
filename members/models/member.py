"""A person in the community, or one we would like to meet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.models import Action

from .activity import Activity, ActivityQuerySet, Visibility
from .identity import Identity
from .tag import MemberTag, Tag

if TYPE_CHECKING:
    from team.models import User


class Stage(models.TextChoices):
    OUTSIDER = "outsider", _("Outsider")
    VISITOR = "visitor", _("Visitor")
    PARTICIPANT = "participant", _("Participant")
    CONTRIBUTOR = "contributor", _("Contributor")
    CHAMPION = "champion", _("Champion")


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: User) -> MemberQuerySet:
        """The whole team may know every member; what was said is filtered line by line."""
        return self.filter(erased_at__isnull=True) if user.is_authenticated else self.none()

    def community(self) -> MemberQuerySet:
        """Whoever was seen, without the accounts that the hub itself writes from."""
        ours = Identity.objects.filter(member=models.OuterRef("pk"), is_us=True)
        return self.filter(~models.Exists(ours), last_seen__isnull=False)

    def named_like(self, text: str) -> MemberQuerySet:
        """By a part of the name, or of a handle on any network."""
        text = text.strip().removeprefix("@")
        accounts = Identity.objects.filter(member=models.OuterRef("pk"), handle__icontains=text)
        return self.filter(models.Q(name__icontains=text) | models.Exists(accounts))

    def lately_seen_first(self) -> MemberQuerySet:
        return self.order_by("-last_seen", "-id")


class Member(models.Model):
    """Staff are members with a `user`: what they answer natively counts as the team's."""

    name = models.CharField(max_length=200, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    languages = models.JSONField(default=list, blank=True)
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.VISITOR)
    stage_pinned = models.BooleanField(default=False)  # set by a person, not to be moved
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_members",
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="member",
    )
    is_bot = models.BooleanField(default=False)
    do_not_contact = models.BooleanField(default=False)
    first_seen = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    tags = models.ManyToManyField(Tag, through=MemberTag, related_name="members")

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="member_stage_is_known"
            )
        ]
        indexes = [
            models.Index(fields=["-last_seen", "-id"], name="members_lately"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Somebody without a name"))

    def get_absolute_url(self) -> str:
        return reverse("member", args=[self.pk])

    # The log ---------------------------------------------------------------------------------

    def log(
        self,
        kind: str,
        summary: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        actor: User | None = None,
        identity: Identity | None = None,
        visibility: str = Visibility.TEAM,
        scope: str = "",
        where: str = "",
        link: str = "",
    ) -> None:
        """Write one line; a line whose key is there already is left as it is."""
        Activity.objects.bulk_create(
            [
                Activity(
                    member=self,
                    identity=identity,
                    kind=kind,
                    summary=summary,
                    key=key,
                    occurred_at=occurred_at or timezone.now(),
                    actor=actor,
                    scope=scope,
                    visibility=visibility,
                    where=where[:200],
                    link=link,
                )
            ],
            ignore_conflicts=True,
        )

    def timeline(self, user: User) -> ActivityQuerySet:
        """What this user may read of the log, newest first."""
        return Activity.objects.filter(member=self).present().visible_to(user).newest_first()

    # Verbs -----------------------------------------------------------------------------------

    def set_stage(self, stage: str, *, by: User) -> Action:
        with transaction.atomic():
            action = self._change("stage", {"stage": Stage(stage).value, "stage_pinned": True}, by)
            self.log(
                "stage",
                str(_("Became a %s")) % Stage(stage).label.lower(),
                key=f"action:{action.pk}",
                actor=by,
            )
        return action

    def set_owner(self, owner: User | None, *, by: User) -> Action:
        return self._change("own", {"owner_id": owner.pk if owner else None}, by)

    def describe(self, *, by: User, **fields: Any) -> Action:
        """Correct name, pronouns, place, timezone, languages or do_not_contact."""
        return self._change("describe", fields, by)

    def link_user(self, user: User | None, *, by: User) -> Action:
        """Say that this member is a colleague: their native answers become the team's."""
        from members import hooks

        with transaction.atomic():
            action = self._change("staff", {"user_id": user.pk if user else None}, by)
            hooks.staff_changed(self)
        return action

    def add_note(self, text: str, *, by: User, visibility: str = Visibility.TEAM) -> Action:
        """A private line of the log: what the next colleague should know."""
        with transaction.atomic():
            note = Activity.objects.create(
                member=self,
                kind="note",
                summary=text.strip(),
                key=f"note:{uuid.uuid4()}",
                occurred_at=timezone.now(),
                actor=by,
                visibility=Visibility(visibility).value,
            )
            return Action.record("note", self, by=by, after={"note": note.pk})

    def remove_note(self, note: Activity, *, by: User) -> Action | None:
        """Only who wrote it takes it away; None when it was not theirs or is gone already."""
        with transaction.atomic():
            mine = Activity.objects.present().filter(pk=note.pk, member=self, kind="note", actor=by)
            if not mine.update(removed_at=timezone.now()):
                return None
            return Action.record("unnote", self, by=by, before={"note": note.pk})

    def tag(self, name: str, *, by: User) -> Action:
        tag = Tag.named(name)
        _row, added = MemberTag.objects.get_or_create(member=self, tag=tag)
        return Action.record("tag", self, by=by, after={"tag": tag.pk, "added": added})

    def untag(self, tag: Tag, *, by: User) -> Action:
        MemberTag.objects.filter(member=self, tag=tag).delete()
        return Action.record("untag", self, by=by, before={"tag": tag.pk})

    def take_back(self, action: Action) -> bool:
        """Undo: put the fields back if nobody changed them since; False when somebody did."""
        by = action.by
        if by and by.can_tag and action.verb in {"tag", "untag"}:
            return self._take_back_tag(action)
        if by and by.can_note and action.verb in {"note", "unnote"}:
            return self._take_back_note(action)
        may = by is not None and (by.is_lead if action.verb == "staff" else by.can_edit_members)
        if not may or action.verb not in {"stage", "own", "describe", "staff"}:
            return False
        if not self._put_back(action):
            return False
        Activity.objects.filter(key=f"action:{action.pk}").update(removed_at=timezone.now())
        if action.verb == "staff":
            from members import hooks

            hooks.staff_changed(self)
        return True

    def _put_back(self, action: Action) -> bool:
        """False where somebody changed it since, or has linked the colleague to another member."""
        unchanged = Member.objects.filter(pk=self.pk, **action.after)
        try:
            with transaction.atomic():
                return bool(unchanged.update(**action.before))
        except IntegrityError:
            return False

    def _take_back_tag(self, action: Action) -> bool:
        if action.verb == "tag" and action.after["added"]:
            MemberTag.objects.filter(member=self, tag=action.after["tag"]).delete()
        elif action.verb == "untag":
            MemberTag.objects.bulk_create(
                [MemberTag(member=self, tag_id=action.before["tag"])], ignore_conflicts=True
            )
        return True

    def _take_back_note(self, action: Action) -> bool:
        written = action.verb == "note"
        pk = (action.after if written else action.before)["note"]
        note = Activity.objects.filter(pk=pk, member=self, removed_at__isnull=written)
        return bool(note.update(removed_at=timezone.now() if written else None))

    def _change(self, verb: str, fields: dict[str, Any], by: User) -> Action:
        """Set fields and keep what they were, so that Undo can put them back."""
        with transaction.atomic():
            locked = Member.objects.select_for_update().get(pk=self.pk)
            before = {name: getattr(locked, name) for name in fields}
            for name, value in fields.items():
                setattr(self, name, value)
            self.save(update_fields=list(fields))
            return Action.record(verb, self, by=by, before=before, after=fields)
