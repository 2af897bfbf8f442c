"""Celery tasks of members: each takes an id, calls one function, and is safe to run twice."""

from __future__ import annotations

from datetime import time as clock
from datetime import timedelta

from celery import shared_task
from django.utils.translation import gettext_lazy

from community_hub.lib.pictures.keeping import obtain
from community_hub.lib.schedule import scheduled

from . import bond_pass, derived
from .avatars import avatar_wanted
from .models import Identity


@shared_task(name="members.tasks.fetch_avatar", acks_late=False)
def fetch_avatar(pk: int) -> None:
    identity = Identity.objects.filter(pk=pk).first()
    wanted = avatar_wanted(identity) if identity else None
    if wanted:
        obtain(wanted)


@scheduled(
    every=timedelta(minutes=5),
    name="members.tasks.update_relationships",
    label=gettext_lazy("Update who is active and who knows whom"),
)
def update_relationships() -> None:
    """Of members for whom something changed."""
    derived.update()


@scheduled(
    every=timedelta(days=1),
    at=clock(2, 40),
    name="members.tasks.nightly_relationships",
    label=gettext_lazy("Work out who went quiet and who alone knows somebody"),
)
def nightly_relationships() -> None:
    derived.update()
    bond_pass.work_out_sole_contacts()
