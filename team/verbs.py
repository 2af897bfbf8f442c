"""What admins do with the team: roles, accounts, invitations, the team's name."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import trail_nouns
from .actions import Changes, one_by_one, record, verb
from .models import Action, Hub, Invitation, MailFailure, NoAdminLeft, Role, User
from .models.invitation import LIFETIME, token_hash
from .trail_nouns import Noun
from .verb_entry import Sentence

# Colleagues. Each change ends their live stream, which then asks anew what they may see. ---------


@one_by_one
def _undo_account(action: Action, by: User) -> bool:
    user = User.objects.get(pk=action.object_id)
    if any(getattr(user, name) != value for name, value in action.after.items()):
        return False
    try:
        return _apply(user, action.before)
    except NoAdminLeft:
        return False


def _roles(batch: Sequence[Action]) -> dict[int, Sentence]:
    """From which to which."""
    words = _now("changed the role of %(object)s from %(from)s to %(to)s")
    labels = {role.value: str(role.label) for role in Role}
    told = {}
    for action in batch:
        before, after = action.before["role"], action.after["role"]
        facts = {"from": labels.get(before, before), "to": labels.get(after, after)}
        told[action.pk] = Sentence(words, facts)
    return told


@verb(
    "role",
    on="team.user",
    right="can_manage_team",
    words=_("changed the role of %(object)s"),
    undo=_undo_account,
    details=_roles,
)
def change_role(user: User, role: str, *, by: User) -> Changes:
    """Nothing changes when it is their role already. NoAdminLeft where the last admin would go."""
    return _change("role", user, {"role": Role(role).value}, by)


@verb(
    "deactivate",
    on="team.user",
    right="can_manage_team",
    words=_("deactivated %(object)s"),
    undo=_undo_account,
)
def deactivate(user: User, *, by: User) -> Changes:
    """No sign-in from now on; what they wrote stays, and says that they wrote it."""
    return _change("deactivate", user, {"is_active": False}, by)


@verb(
    "activate",
    on="team.user",
    right="can_manage_team",
    words=_("activated %(object)s"),
    undo=_undo_account,
)
def activate(user: User, *, by: User) -> Changes:
    return _change("activate", user, {"is_active": True}, by)


@verb(
    "signin_link",
    on="team.user",
    right="can_manage_team",
    words=_("created a sign-in link for %(object)s"),
)
def note_signin_link(user: User, *, by: User) -> Changes:
    """A link that signs `user` in was handed to `by`."""
    return record("signin_link", [user], by=by)


@verb(
    "retry_mail",
    on="team.user",
    right="can_manage_team",
    words=_("resumed emails to %(object)s"),
)
def retry_mail(user: User, *, by: User) -> Changes:
    """What waits for them is mailed in the next round, although their address was refused."""
    if not MailFailure.objects.filter(user=user).delete()[0]:
        return Changes()
    return record("retry_mail", [user], by=by)


def _change(name: str, user: User, after: dict[str, Any], by: User) -> Changes:
    with transaction.atomic():
        before = {field: getattr(user, field) for field in after}
        if not _apply(user, after):
            return Changes()
        return record(name, [user], by=by, before=before, after=after)


def _apply(user: User, fields: dict[str, Any]) -> bool:
    """Set the fields where they differ, with the admins locked: two may step down at once."""
    with transaction.atomic():
        admins = User.objects.active().filter(role=Role.ADMIN).order_by("pk")
        locked = [admin.pk for admin in admins.select_for_update()]
        old = {name: getattr(user, name) for name in fields}
        if not User.objects.filter(pk=user.pk, **old).exclude(**fields).update(**fields):
            return False
        if locked and not admins.exists():
            raise NoAdminLeft
        for name, value in fields.items():
            setattr(user, name, value)
        if user.is_active:
            user.end_live_streams()
        else:
            user.end_sessions()
    return True


# The team's name ---------------------------------------------------------------------------------


@one_by_one
def _undo_name(action: Action, by: User) -> bool:
    """The first name has none before it."""
    named = Hub.objects.filter(pk=1, **action.after)
    return bool(action.before) and bool(named.update(**action.before))


@verb(
    "name",
    on="team.hub",
    right="can_manage_team",
    words=_("named the team %(object)s"),
    undo=_undo_name,
)
def name_hub(name: str, *, by: User) -> Hub:
    """Name the team, for the first time or anew."""
    with transaction.atomic():
        hub, made = Hub.objects.select_for_update().get_or_create(pk=1, defaults={"name": name})
        if made or hub.name != name:
            before = {} if made else {"name": hub.name}
            hub.name = name
            hub.save(update_fields=["name"])
            record("name", [hub], by=by, before=before, after={"name": name})
    return hub


@verb(
    "hours",
    on="team.hub",
    right="can_manage_team",
    words=_("changed the working hours of %(object)s"),
    undo=_undo_name,
)
def set_hours(hub: Hub, *, by: User, **fields: Any) -> Changes:
    """timezone, work_days, work_from, work_until, holidays: values as the model has them."""
    with transaction.atomic():
        before = {name: _json(getattr(hub, name)) for name in fields}
        after = {name: _json(value) for name, value in fields.items()}
        if before == after:
            return Changes()
        Hub.objects.filter(pk=hub.pk).update(**fields)
        hub.refresh_from_db()
        return record("hours", [hub], by=by, before=before, after=after)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, time) else value


# Invitations -------------------------------------------------------------------------------------

trail_nouns.register(
    "team.invitation",
    Noun(
        hidden=_("an invitation"),
        gone=_("a deleted invitation"),
        named=_("the invitation %(name)s"),
    ),
)


@verb(
    "invite",
    on="team.invitation",
    right="can_manage_team",
    words=_("created %(object)s"),
)
def invite(
    *, role: str, by: User, email: str = "", lifetime: timedelta = LIFETIME
) -> tuple[Invitation, str]:
    """The invitation and its token in clear, which is not kept anywhere."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email.strip().lower(),
            role=role,
            by=by,
            token_hash=token_hash(token),
            expires_at=timezone.now() + lifetime,
        )
        record("invite", [invitation], by=by, after={"role": role})
    return invitation, token


@verb("accept", on="team.invitation", right=None, words=_("accepted %(object)s"))
def _note_acceptance(invitation: Invitation, *, by: User) -> Changes:
    return record("accept", [invitation], by=by, after={"user": by.pk})


def accept(
    invitation: Invitation, *, name: str, email: str, password: str, timezone_name: str
) -> User | None:
    """Whoever holds the link joins the team. None when it was used or revoked a moment ago.

    An address that the invitation names wins over `email`. IntegrityError where the address
    has an account.
    """
    with transaction.atomic():
        mine = Invitation.objects.open().filter(pk=invitation.pk)
        if not mine.update(accepted_at=timezone.now()):
            return None
        user = User.objects.create_user(
            invitation.email or email,
            password,
            name=name,
            role=invitation.role,
            timezone=timezone_name,
        )
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
        _note_acceptance(invitation, by=user)
    return user


@one_by_one
def _undo_revoke(action: Action, by: User) -> bool:
    unused = Invitation.objects.filter(pk=action.object_id, accepted_at__isnull=True)
    return bool(unused.filter(**action.after).update(**action.before))


@verb(
    "revoke",
    on="team.invitation",
    right="can_manage_team",
    words=_("revoked %(object)s"),
    undo=_undo_revoke,
)
def revoke(invitation: Invitation, *, by: User) -> Changes:
    """Nothing changes when it is not open any more."""
    with transaction.atomic():
        now = timezone.now()
        if not Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=now):
            return Changes()
        after = {"revoked_at": now.isoformat()}
        return record("revoke", [invitation], by=by, before={"revoked_at": None}, after=after)
