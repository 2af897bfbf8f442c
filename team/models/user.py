"""A colleague, their role, and the scopes they may see beyond it."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import compiled_sql, live


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")
    LEAD = "lead", _("Lead")
    MANAGER = "manager", _("Manager")
    CONTRIBUTOR = "contributor", _("Contributor")
    OBSERVER = "observer", _("Observer")


class NoAdminLeft(Exception):
    """Refused: the hub would have nobody who may look after it."""

    def __str__(self) -> str:
        return _now("The team needs an admin. Make someone else an admin first.")


def validate_timezone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Select a timezone from the list."))


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Without a password the account can only be entered by a one-time link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"role": Role.ADMIN, **fields})

    def get(self, *args: Any, **kwargs: Any) -> User:
        """By primary key alone, as each request reads who is signed in, from compiled SQL."""
        if args or kwargs.keys() != {"pk"} or not isinstance(kwargs["pk"], int):
            return super().get(*args, **kwargs)
        found = compiled_sql.rows("user", self._with_hub_name, pk=kwargs["pk"])
        if not found:
            raise self.model.DoesNotExist
        return found[0]

    def _with_hub_name(self, pk: int) -> models.QuerySet[User]:
        """One query instead of three: every page says whose hub it is, and counts by its days."""
        name = RawSQL("(select name from team_hub where id = 1)", [])
        zone = RawSQL("(select timezone from team_hub where id = 1)", [])
        return self.all().filter(pk=pk).annotate(hub_name=name, hub_timezone=zone)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def who_can_triage(self) -> UserQuerySet:
        return self.active().filter(role__in=TRIAGERS)

    def who_can_note(self) -> UserQuerySet:
        return self.active().exclude(role=Role.OBSERVER)

    def admitted_to(self, scope: str) -> UserQuerySet:
        """Who may see what is restricted to a scope: leads, and whom a grant names."""
        named = Grant.objects.filter(scope=scope).values("user")
        return self.filter(Q(role__in=LEADS) | Q(pk__in=named))

    def visible_to(self, user: User) -> UserQuerySet:
        """Everybody on the team may know who is on the team."""
        return self if user.is_authenticated else self.none()


NO_ADDRESS = "owner@localhost"  # of an owner who was made before anybody asked for theirs
LEADS = (Role.ADMIN, Role.LEAD)
TRIAGERS = (Role.ADMIN, Role.LEAD, Role.MANAGER)


class User(AbstractBaseUser):
    """Signs in by e-mail, kept in lower case."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OBSERVER)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    locale = models.CharField(max_length=16, default="en")
    preferences = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=0)  # a new round ends every session
    date_joined = models.DateTimeField(auto_now_add=True)

    # What hooks.hidden_scopes name, where that was read for this instance, of one request.
    known_hidden_scopes: tuple[str, ...] | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else self.email

    # What this person may do. Views and verbs ask these and nothing else.

    @property
    def is_lead(self) -> bool:
        return self.role in LEADS

    @property
    def can_triage(self) -> bool:
        """Assign, snooze, close, reopen."""
        return self.role in TRIAGERS

    @property
    def can_reply(self) -> bool:
        return self.role in TRIAGERS

    @property
    def can_note(self) -> bool:
        return self.role != Role.OBSERVER

    @property
    def can_tag(self) -> bool:
        return self.role != Role.OBSERVER

    @property
    def can_manage_tags(self) -> bool:
        """Rename, merge and delete the tags of everybody."""
        return self.role in TRIAGERS

    @property
    def can_share_views(self) -> bool:
        """Put what they saved into everybody's navigation."""
        return self.role in TRIAGERS

    @property
    def can_edit_members(self) -> bool:
        return self.role in TRIAGERS

    @property
    def can_edit_events(self) -> bool:
        """Plan events, answer for people, check them in."""
        return self.role in TRIAGERS

    @property
    def can_export(self) -> bool:
        """Take lists away as files."""
        return self.role in TRIAGERS

    @property
    def can_link_staff(self) -> bool:
        """Say that a member is a colleague."""
        return self.is_lead

    @property
    def can_allow_approaches(self) -> bool:
        """Say that somebody who didn't ask may be written to once more."""
        return self.is_lead

    @property
    def can_manage_sources(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def can_manage_team(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def can_read_audit_trail(self) -> bool:
        return self.is_lead

    @property
    def can_read_lead_notes(self) -> bool:
        return self.is_lead

    @property
    def can_see_every_source(self) -> bool:
        return self.is_lead

    def scopes(self) -> list[str]:
        """The scopes granted by name, such as "source:3"; says nothing of what a role opens."""
        return list(self.grants.values_list("scope", flat=True))

    # Preferences, with the defaults in one place.

    def prefers(self, name: str) -> Any:
        return self.preferences.get(name, PREFERENCES[name])

    def prefer(self, **chosen: Any) -> None:
        """Keep some of PREFERENCES; the others stay as they are. KeyError for an unknown one."""
        known = {name: value for name, value in chosen.items() if name in PREFERENCES}
        if len(known) < len(chosen):
            raise KeyError(*(set(chosen) - set(known)))
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=self.pk)
            self.preferences = {**locked.preferences, **known}
            self.save(update_fields=["preferences"])

    def end_sessions(self) -> None:
        """Every browser has to sign in again."""
        User.objects.filter(pk=self.pk).update(session_round=F("session_round") + 1)
        self.refresh_from_db(fields=["session_round"])
        self.end_live_streams()

    def end_live_streams(self) -> None:
        live.publish(f"user:{self.pk}", live.CLOSE, {})

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is bound to: the password, as in Django, and the round."""
        return salted_hmac(
            "team.User.session",
            f"{self.session_round}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


PREFERENCES: dict[str, Any] = {
    "theme": "system",  # system, light, dark
    "density": "comfortable",  # comfortable, compact
    "list_width": 0,  # of the inbox, in px; 0: as the stylesheet has it
    "member_columns": None,  # of the members list, by name; None: the usual ones
    "single_keys": True,  # WCAG 2.1.4
    "open_next": True,  # after done, snooze or send-and-done
    "pictures": True,  # shown in messages and as faces; else links and initials
    "assign_on_reply": True,  # replying to an unassigned conversation assigns it
    "notifications": {},  # by kind: {"bell": False, "mail": False} where it is switched off
    "today_mail": True,  # in the morning, what is due
    "quiet_from": "",  # "22:00", in the user's timezone: no mails until quiet_until
    "quiet_until": "",
    "work_from": "",  # "08:00"; empty: the hub's hours
    "work_until": "",
    "work_days": [],  # 0 is Monday; empty: the hub's
}


class Grant(models.Model):
    """One user may see one restricted scope."""

    scope = models.CharField(max_length=60)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "user"], name="one_grant_a_scope_and_user")
        ]
