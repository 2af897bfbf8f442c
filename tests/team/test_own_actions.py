"""What one did oneself is listed for everybody, with its undo as long as that is possible."""

from members import owner_verbs, verbs
from members.models import Member
from team.models import Action
from tests.make import make_member, make_user


def test_one_s_own_actions_are_listed_and_can_be_undone_after_the_toast_is_gone(client, bob, lena):
    ines = make_member("Ines Wolff")
    owner_verbs.set_owner(ines, lena, by=lena)
    changes = verbs.describe(ines, by=bob, place="Leipzig")
    client.force_login(bob)
    page = client.get("/me/actions/")
    (entry,) = page.context["trail"].entries
    assert (entry.action, entry.can_undo) == (changes.actions[0], True)
    assert changes.undo_url in page.content.decode().split("<section")[1]
    client.post(changes.undo_url)
    assert Member.objects.get(pk=ines.pk).place == ""
    (entry,) = client.get("/me/actions/").context["trail"].entries
    assert not entry.can_undo


def test_own_actions_are_paged_by_key(client, db):
    carol = make_user("contributor")
    ines = make_member("Ines Wolff")
    for number in range(55):
        verbs.tag(ines, f"tag {number}", by=carol)
    client.force_login(carol)
    first = client.get("/me/actions/")
    second = client.get(f"/me/actions/?{first.context['older']}")
    listed = [
        entry.action.group for page in (first, second) for entry in page.context["trail"].entries
    ]
    assert len(first.context["trail"].entries) == 50
    assert len(listed) == len(set(listed)) == Action.objects.values("group").distinct().count()
