"""What encounters add to the bond of a teammate and a member; see bond_pass.py."""

from __future__ import annotations

from .hooks import BondContribution
from .models import ActivityKind, EncounterKind

WEIGHTS = {
    EncounterKind.CALL: 15,
    EncounterKind.MEETING: 15,
    EncounterKind.CHAT: 10,
    EncounterKind.GIFT: 5,
    EncounterKind.INTRODUCTION: 5,
}
# With whoever logged it and who added theirs to it. What is private would tell everybody that it
# was, and counts for nobody.
_ENCOUNTERS = """
select p.member_id, there.user_id, e.occurred_at as at, '' as scope, e.place as label,
    '/encounters/' || e.id || '/' as link
from members_encounterperson p
join members_encounter e on e.id = p.encounter_id
cross join lateral (
    select e.by_id as user_id
    union select j.user_id from members_encounter_joined_by j where j.encounter_id = e.id
) there
where p.member_id = any(%(members)s::bigint[]) and e.kind = '{kind}'
    and e.removed_at is null and e.visibility = 'team'
"""

CONTRIBUTIONS = [
    BondContribution(
        slug=kind.value,
        words=ActivityKind(kind.value).label,
        weight=weight,
        sql=_ENCOUNTERS.replace("{kind}", kind.value),
        counted="meetings",
    )
    for kind, weight in WEIGHTS.items()
]
