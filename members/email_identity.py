"""An e-mail address as an account: the network "email", the address in lower case.

It is verified once somebody opened a link that was sent to it; then `Identity.email` holds it too,
as it does where a platform verified it. Nobody is merged by machine: an address that two members
have by their platforms is a new member's, until a person says who it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, CharField, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone

from community_hub.lib import compiled_sql
from community_hub.lib.text import database_key, one_line

from .models import Identity, Member

NETWORK = "email"


@dataclass(frozen=True)
class Owner:
    """Whose address it is."""

    member_id: int
    identity_id: int
    is_new: bool  # the member was made for it


def normal(address: str) -> str:
    return database_key(address.strip().lower(), 254)


def verified_owner(address: str, name: str) -> Owner:
    """Of an address whose link was just opened: the member who has it, or a new one called `name`;
    a known member's name stays. In a transaction: two who open links of one address at once get
    one member."""
    address = normal(address)
    _lock(address)
    rows = compiled_sql.rows("email-owners", _owners, address=address)
    if not rows or not rows[0][0]:
        return _add(address, name, {member for _pk, member, _email in rows})
    identity, member, email = rows[0]
    if not email:
        Identity.objects.filter(pk=identity).update(email=address)
    return Owner(member, identity, is_new=False)


def addresses_of(member_ids: list[int]) -> dict[int, str]:
    """Where each of them is written to, as far as an address is known: one that a link verified
    comes first, then one that somebody gave, then one that a platform verified; the newest of
    each."""
    known = Q(network=NETWORK) | ~Q(email="")
    rows = Identity.objects.filter(known, member__in=member_ids)
    best: dict[int, tuple[int, int, str]] = {}
    for pk, member, network, external, email in rows.values_list(
        "pk", "member", "network", "external_id", "email"
    ):
        rank = (2 if email else 1) if network == NETWORK else 0
        address = external if network == NETWORK else email
        if address and (rank, pk) > best.get(member, (-1, 0, ""))[:2]:
            best[member] = (rank, pk, address)
    return {member: address for member, (_rank, _pk, address) in best.items()}


def _lock(address: str) -> None:
    digest = hashlib.sha256(f"{NETWORK}:{address}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [number])


def _add(address: str, name: str, known: set[int]) -> Owner:
    """`known`: members who have it otherwise; of two of them nobody can say which."""
    now = timezone.now()
    if is_new := len(known) != 1:
        called = one_line(name, 200)
        member_id = Member.objects.create(name=called, first_seen=now, last_seen=now).pk
    else:
        (member_id,) = known
    identity = Identity.objects.create(
        member_id=member_id, network=NETWORK, external_id=address, email=address
    )
    return Owner(member_id, identity.pk, is_new=is_new)


def _owners(address: str) -> Any:
    """(account, member, its verified address): the account of this address first, then with 0 and
    "" members whose platform verified it, or who are a colleague with it; two say enough. Joined
    by union, since PostgreSQL walks all accounts by their members for a `distinct` of its own."""
    own = Identity.objects.filter(network=NETWORK, external_id=address)
    accounts = Identity.objects.alias(lower=Lower("email")).filter(lower=address)
    seen = accounts.exclude(email="").filter(member__erased_at__isnull=True)
    there = Member.objects.alias(lower=Lower("user__email")).filter(erased_at__isnull=True)
    no_id, no_email = Value(0, BigIntegerField()), Value("", CharField())
    found = own.values_list("pk", "member", "email").union(
        seen.values_list(no_id, "member_id", no_email),
        there.filter(lower=address).values_list(no_id, "pk", no_email),
    )
    return found.order_by("-pk")[:3]
