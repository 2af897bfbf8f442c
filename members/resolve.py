"""Who is this person: accounts on networks to members, many at a time.

An account is known by (network, external_id) and by nothing else. A new account is a new member:
people are never merged by machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Protocol

from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.insert_rows import insert_rows
from community_hub.lib.placeholder_names import is_placeholder
from community_hub.lib.text import database_key, one_line, storable, storable_json

from .models import Identity, Member, Stage

Key = tuple[str, str]  # network, external_id


class PersonLike(Protocol):
    """The shape of a connector's Person."""

    @property
    def external_id(self) -> str: ...
    @property
    def network(self) -> str: ...
    @property
    def handle(self) -> str: ...
    @property
    def display_name(self) -> str: ...
    @property
    def profile_url(self) -> str: ...
    @property
    def avatar_url(self) -> str: ...
    @property
    def bio(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def is_bot(self) -> bool: ...
    @property
    def is_us(self) -> bool: ...
    @property
    def links(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class ResolvedIdentity:
    """What ingest needs of an account: its row, whose it is, and whether that is a colleague."""

    identity_id: int
    member_id: int
    is_staff: bool
    is_bot: bool
    is_us: bool


_FIND = """
select i.network, i.external_id, i.id, i.member_id, m.user_id is not null, m.is_bot, i.is_us,
       i.handle, i.display_name, i.profile_url, i.avatar_url, i.bio, i.links
from members_identity i
join members_member m on m.id = i.member_id
join json_to_recordset(%s::json) as wanted(network text, external_id text)
  on wanted.network = i.network and wanted.external_id = i.external_id
"""


def resolve(
    people: Iterable[PersonLike], *, stage: Stage = Stage.VISITOR
) -> dict[Key, ResolvedIdentity]:
    """Accounts to members; new ones are added, changed handles and names are brought up to date.
    `stage`: of those that are new.
    Whoever is nobody (see `is_nobody`) is left out of the answer.

    A fixed number of queries however many people. Must run inside a transaction: where an account
    is new, an advisory lock on its network keeps two workers from making two members of it.
    """
    wanted: dict[Key, PersonLike] = {}
    for person in people:
        if not is_nobody(person):
            wanted[key_of(person)] = person
    if not wanted:
        return {}
    found, shown = _find(wanted)
    missing = {key: person for key, person in wanted.items() if key not in found}
    if missing:
        _lock_networks({network for network, _ in missing})
        more, more_shown = _find(missing)  # somebody may have added them meanwhile
        found |= more
        shown |= more_shown
        found |= _add({key: it for key, it in missing.items() if key not in more}, stage)
    _bring_up_to_date(wanted, found, shown)
    return found


def is_nobody(person: PersonLike) -> bool:
    """Whether all that is known of the author is a name such as "Guest" or "[deleted]", which many
    people share. A handle or a profile tells of an account, and that is somebody, whatever it
    calls itself."""
    if is_placeholder(person.external_id):
        return True
    only_a_name = not person.handle and not person.profile_url
    return only_a_name and is_placeholder(person.display_name)


def key_of(person: PersonLike) -> Key:
    return database_key(person.network, 200), database_key(person.external_id, 500)


def _find(
    wanted: Mapping[Key, PersonLike],
) -> tuple[dict[Key, ResolvedIdentity], dict[Key, tuple[object, ...]]]:
    keys = [{"network": network, "external_id": external_id} for network, external_id in wanted]
    found: dict[Key, ResolvedIdentity] = {}
    shown: dict[Key, tuple[object, ...]] = {}
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_FIND, [prepared_sql.as_json(keys)])
        for network, external_id, *known, handle, name, url, avatar, bio, links in cursor:
            found[network, external_id] = ResolvedIdentity(*known)
            shown[network, external_id] = (handle, name, url, avatar, bio, links)
    return found, shown


def _lock_networks(networks: set[str]) -> None:
    numbers = sorted(
        int.from_bytes(hashlib.sha256(network.encode()).digest()[:8], "big", signed=True)
        for network in networks
    )
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute("select pg_advisory_xact_lock(n) from unnest(%s::bigint[]) n", [numbers])


def _add(people: Mapping[Key, PersonLike], stage: Stage) -> dict[Key, ResolvedIdentity]:
    if not people:
        return {}
    members = insert_rows(
        Member,
        [
            {
                "name": one_line(person.display_name or person.handle, 200),
                "is_bot": person.is_bot,
                "stage": stage.value,
            }
            for person in people.values()
        ],
    )
    identities = insert_rows(
        Identity,
        [
            {"member_id": member, "network": key[0], "external_id": key[1], **_shown(person)}
            for member, (key, person) in zip(members, people.items(), strict=True)
        ],
    )
    return {
        key: ResolvedIdentity(
            identity_id=identity,
            member_id=member,
            is_staff=False,
            is_bot=person.is_bot,
            is_us=person.is_us,
        )
        for identity, member, (key, person) in zip(identities, members, people.items(), strict=True)
    }


def _shown(person: PersonLike) -> dict[str, object]:
    return {
        "handle": one_line(person.handle, 200),
        "display_name": one_line(person.display_name, 200),
        "profile_url": _link(person.profile_url),
        "avatar_url": _link(person.avatar_url),
        "bio": storable(person.bio)[:5000],
        "email": storable(person.email)[:254],
        "links": storable_json([_link(link) for link in person.links if _link(link)][:20]),
        "is_us": person.is_us,
    }


def _link(address: str) -> str:
    """Only web addresses are kept: these become links on pages."""
    address = storable(address).strip()
    return address[:1000] if address.lower().startswith(("https://", "http://")) else ""


def _bring_up_to_date(
    wanted: Mapping[Key, PersonLike],
    found: Mapping[Key, ResolvedIdentity],
    shown: Mapping[Key, tuple[object, ...]],
) -> None:
    """One statement for all that changed. What a page leaves blank is not forgotten."""
    changed: list[Identity] = []
    for key, person in sorted(wanted.items(), key=itemgetter(0)):
        if key not in shown:  # just added, as it is
            continue
        new = _shown(person)
        names = ("handle", "display_name", "profile_url", "avatar_url", "bio", "links")
        values = [new[name] or old for name, old in zip(names, shown[key], strict=True)]
        if tuple(values) != tuple(shown[key]):
            known = found[key]
            identity = Identity(pk=known.identity_id, member_id=known.member_id)
            for name, value in zip(names, values, strict=True):
                setattr(identity, name, value)
            changed.append(identity)
    if changed:
        Identity.objects.bulk_update(
            changed, ["handle", "display_name", "profile_url", "avatar_url", "bio", "links"]
        )
