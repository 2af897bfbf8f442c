"""What sets the three sites apart, and the page that plays their moderators."""

import pytest
from django.test import Client

from sandbox.models import Account, Post, Site
from tests.sandbox.test_pages import question, send


@pytest.fixture
def browser(sites) -> Client:
    return Client(enforce_csrf_checks=True)


def test_help_board_nests_comments_one_level(sites):
    board = sites["help"]
    ines, arjun = Account.called(board, "ines"), Account.called(board, "arjun")
    asked = question(board)
    answer = asked.reply(arjun, "Try a reset.")
    comment = answer.reply(ines, "Which one?")
    deeper = comment.reply(arjun, "The left one.")
    aside = asked.reply(arjun, "What firmware?", comment=True)
    assert answer.kind == Post.Kind.REPLY
    assert {comment.kind, deeper.kind, aside.kind} == {Post.Kind.COMMENT}
    assert deeper.in_reply_to == answer
    assert aside.in_reply_to == asked


def test_accepted_answer_stands_first_and_only_one_is(browser, sites):
    board = sites["help"]
    asked = question(board)
    first = asked.reply(Account.called(board, "arjun"), "Try this.")
    second = asked.reply(Account.called(board, "joss"), "Rather that.")
    thread = f"/sandbox/help/threads/{asked.thread_id}/"
    send(browser, thread, to=f"/sandbox/help/posts/{first.pk}/acceptance/")
    page = send(browser, thread, to=f"/sandbox/help/posts/{second.pk}/acceptance/")
    text = page.content.decode()
    assert text.index("Rather that.") < text.index("Try this.")
    assert text.count("accepted answer") == 1


def test_only_answers_can_be_accepted(browser, sites):
    asked = question(sites["help"])
    thread = f"/sandbox/help/threads/{asked.thread_id}/"
    page = send(browser, thread, to=f"/sandbox/help/posts/{asked.pk}/acceptance/")
    assert page.status_code == 404


def test_private_messages_stay_off_the_public_pages(browser, sites):
    send(browser, "/sandbox/social/threads/", who="ines", body="My secret #midi", direct="on")
    assert "My secret" not in browser.get("/sandbox/social/").content.decode()
    assert "My secret" not in browser.get("/sandbox/social/in/midi/").content.decode()
    assert "My secret" in browser.get("/sandbox/social/messages/").content.decode()
    assert browser.get("/sandbox/forum/messages/").status_code == 404


def test_member_page_does_not_show_private_messages(browser, sites):
    social = sites["social"]
    ines = Account.called(social, "ines")
    social.start(ines, "Said in private", direct=True)
    social.start(ines, "Said aloud")
    page = browser.get("/sandbox/social/members/ines/").content.decode()
    assert "Said aloud" in page
    assert "Said in private" not in page


def test_first_hashtag_is_the_place_of_a_short_post(sites):
    social = sites["social"]
    post = social.start(Account.called(social, "joss"), "first board #Soldering #diy")
    assert post.thread.place.name == "Soldering"


def test_held_reply_is_hidden_until_moderation_publishes_it(browser, sites):
    forum = sites["forum"]
    asked = question(forum)
    send(browser, "/sandbox/forum/moderation/", moderates="on")
    page = send(browser, f"/sandbox/forum/posts/{asked.pk}/replies/", who="bo", body="Held back")
    assert page.redirect_chain[-1][0] == "/sandbox/forum/moderation/"
    thread = f"/sandbox/forum/threads/{asked.thread_id}/"
    assert "Held back" not in browser.get(thread).content.decode()
    reply = forum.posts.get(body="Held back")
    assert "Held back" not in browser.get("/sandbox/forum/members/bo/").content.decode()
    send(
        browser,
        "/sandbox/forum/moderation/",
        to=f"/sandbox/forum/moderation/approvals/{reply.pk}/",
        answer="yes",
    )
    assert "Held back" in browser.get(thread).content.decode()


def test_site_out_of_order_answers_503_but_its_moderation_page_opens(browser, sites):
    send(browser, "/sandbox/forum/moderation/", out_of_order="on")
    assert browser.get("/sandbox/forum/").status_code == 503
    assert browser.get("/sandbox/forum/api/me").status_code == 503
    assert browser.get("/sandbox/social/").status_code == 200
    send(browser, "/sandbox/forum/moderation/")
    assert browser.get("/sandbox/forum/").status_code == 200


def test_new_token_ends_the_old_one(browser, sites):
    forum = sites["forum"]
    old = forum.token()
    send(browser, "/sandbox/forum/moderation/", to="/sandbox/forum/moderation/token/")
    new = Site.objects.get(slug="forum").token()
    assert new in browser.get("/sandbox/forum/moderation/").content.decode()
    for token, status in ((old, 401), (new, 200)):
        asked = browser.get("/sandbox/forum/api/me", headers={"Authorization": f"Bearer {token}"})
        assert asked.status_code == status


def test_hub_account_cannot_be_closed(browser, sites):
    page = send(
        browser, "/sandbox/forum/moderation/", to="/sandbox/forum/members/polyphon/departure/"
    )
    assert page.status_code == 404
    assert sites["forum"].hub_account().deleted_at is None


def test_closed_account_names_nobody(browser, sites):
    asked = question(sites["forum"])
    send(
        browser,
        "/sandbox/forum/members/ines_wolff/",
        to="/sandbox/forum/members/ines_wolff/departure/",
    )
    page = browser.get(f"/sandbox/forum/threads/{asked.thread_id}/").content.decode()
    assert "account closed" in page
    assert "Ines Wolff" not in page
    assert browser.get("/sandbox/forum/members/ines_wolff/").status_code == 404
