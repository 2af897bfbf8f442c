"""The backup of a member: who steps in while the owner is away."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from members import filters, owner_verbs
from members.handover_verbs import hand_over
from members.listing import MemberListing
from members.models import Member
from team import trail
from team.models import Action
from tests.make import make_member, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ines(db: None) -> Member:
    return make_member("Ines Wolff")


def fresh(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def test_a_backup_is_set_said_in_the_trail_and_undone(ines, bob, lena, carol):
    changes = owner_verbs.set_backup(ines, lena, by=bob)
    assert fresh(ines).backup == lena
    (entry,) = trail.page(lena, trail.Filters()).entries
    assert entry.words == "made Lena Lindqvist the backup of Ines Wolff"
    changes.undo(by=bob)
    assert fresh(ines).backup is None
    with pytest.raises(PermissionDenied):
        owner_verbs.set_backup(ines, lena, by=carol)


def test_nobody_stands_in_for_themselves(ines, bob, lena):
    owner_verbs.set_owner(ines, lena, by=bob)
    assert not owner_verbs.set_backup(ines, lena, by=bob)
    owner_verbs.set_backup(ines, bob, by=bob)
    changes = owner_verbs.set_owner(ines, bob, by=bob)
    assert (fresh(ines).owner, fresh(ines).backup) == (bob, None)
    changes.undo(by=bob)
    assert (fresh(ines).owner, fresh(ines).backup) == (lena, bob)


def test_the_form_of_details_sets_it_and_refuses_the_owner(client, ines, bob, lena):
    client.force_login(bob)
    address = f"/members/{ines.pk}/details/"
    client.post(address, {"name": ines.name, "owner": bob.pk, "backup": lena.pk})
    assert (fresh(ines).owner, fresh(ines).backup) == (bob, lena)
    page = client.get(f"/members/{ines.pk}/").content.decode()
    assert "Backup: Lena Lindqvist" in page
    refused = client.post(address, {"name": ines.name, "owner": bob.pk, "backup": bob.pk})
    assert refused.status_code == 422
    assert "they are the owner" in refused.content.decode()
    client.post(address, {"name": ines.name, "owner": bob.pk, "backup": ""})
    assert fresh(ines).backup is None


def test_many_get_one_at_once_with_one_undo(client, bob, lena):
    rows = [make_member(f"Person {number}") for number in range(3)]
    owner_verbs.set_owner(rows[2], lena, by=bob)
    client.force_login(bob)
    menu = client.get("/members/selection/backups/").content.decode()
    assert "Lena Lindqvist" in menu
    assert "No backup" in menu
    form = {"owner": lena.pk, "pick": [row.pk for row in rows]}
    answer = client.post("/members/selection/backups/", form, headers=HTMX)
    assert "2 members changed" in answer.headers["HX-Trigger"]
    assert [fresh(row).backup for row in rows] == [lena, lena, None]
    client.post(f"/undo/{Action.objects.latest('pk').group}/")
    assert not Member.objects.exclude(backup=None).exists()


def test_the_list_finds_completes_and_shows_them(client, ines, bob, lena):
    Member.objects.update(last_seen=timezone.now())
    other = make_member("Other", last_seen=timezone.now())
    owner_verbs.set_backup(ines, lena, by=bob)

    def found(query: str) -> list[Member]:
        return list(MemberListing(query=query).found(bob))

    assert found('backup:"lena lindqvist"') == [ines]
    assert found("backup:nobody") == [other]
    assert found("backup:me") == []
    (definition,) = [each for each in filters.PEOPLE.definitions if each.name == "backup"]
    assert ("Lena Lindqvist", lena.email) in list(definition.complete(bob, "le"))
    client.force_login(bob)
    page = client.get("/members/?columns=backup").content.decode()
    assert 'class="of-backup"' in page
    assert "Lena Lindqvist" in page.split('class="of-backup"')[1]


def test_a_hand_over_gives_on_what_somebody_was_the_backup_of(client, ines, bob, lena):
    marek = make_user(name="Marek Mensah")
    owned = make_member("Owned by Marek")
    owner_verbs.set_owner(owned, marek, by=lena)
    owner_verbs.set_backup([ines, owned], bob, by=lena)
    client.force_login(lena)
    brief = client.get(f"/handovers/{bob.pk}/").content.decode()
    section = brief.split("Members they are the backup of")[1].split("</section>")[0]
    assert "Ines Wolff" in section
    changes = hand_over(bob, marek, by=lena)
    assert fresh(ines).backup == marek
    assert fresh(owned).backup == bob
    changes.undo(by=lena)
    assert fresh(ines).backup == bob
