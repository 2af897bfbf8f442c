"""Celery tasks of members: each takes an id, calls one function, and is safe to run twice."""

from __future__ import annotations

from celery import shared_task

from community_hub.lib.pictures.keeping import obtain

from .avatars import avatar_wanted
from .models import Identity


@shared_task(name="members.tasks.fetch_avatar", acks_late=False)
def fetch_avatar(pk: int) -> None:
    identity = Identity.objects.filter(pk=pk).first()
    wanted = avatar_wanted(identity) if identity else None
    if wanted:
        obtain(wanted)
