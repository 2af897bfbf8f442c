"""The practice sites' pages: anyone writes there as any member, without signing in."""

import re

import pytest
from django.test import Client

from sandbox.models import Account, Post, Site


@pytest.fixture
def browser(sites) -> Client:
    return Client(enforce_csrf_checks=True)


def send(browser: Client, form_url: str, to: str = "", **fields: str):
    """Open the page with the form, then send it with the token found there."""
    page = browser.get(form_url).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    return browser.post(to or form_url, {"csrfmiddlewaretoken": token, **fields}, follow=True)


def question(site: Site, body: str = "It drifts.") -> Post:
    return site.start(Account.called(site, "Ines Wolff"), body, title="Clock drift")


def a_place(sites) -> str:
    return str(sites["forum"].places.earliest("name").pk)


def test_every_site_opens_without_signing_in(browser, sites):
    assert "Sine Social" in browser.get("/sandbox/").content.decode()
    for slug, site in sites.items():
        post = question(site)
        for path in (
            "",
            "threads/",
            "moderation/",
            "members/polyphon/",
            f"threads/{post.thread_id}/",
        ):
            page = browser.get(f"/sandbox/{slug}/{path}")
            assert page.status_code == 200
            assert site.name in page.content.decode()


def test_new_member_opens_a_topic_and_is_remembered(browser, sites):
    hello = {"who": "Dee Sato", "title": "Hello", "body": "I'm *new*", "place": a_place(sites)}
    page = send(browser, "/sandbox/forum/threads/", **hello)
    assert "<em>new</em>" in page.content.decode()
    dee = sites["forum"].accounts.get(name="Dee Sato")
    assert dee.handle == "dee_sato"
    assert 'value="dee_sato"' in browser.get("/sandbox/forum/threads/").content.decode()


def test_known_member_is_found_by_handle_or_name(sites):
    forum = sites["forum"]
    ines = Account.called(forum, "Ines Wolff")
    assert Account.called(forum, "@INES_wolff") == ines
    assert Account.called(forum, "Ines Wolff") == ines
    assert Account.called(forum, "Ines  Wolff!").handle == "ines_wolff2"


def test_reply_lands_in_the_thread_and_names_whom_it_answers(browser, sites):
    forum = sites["forum"]
    first = question(forum)
    second = first.reply(Account.called(forum, "arjun"), "Same here.")
    page = send(browser, f"/sandbox/forum/posts/{second.pk}/replies/", who="joss", body="And me")
    assert page.redirect_chain[-1][0].endswith(f"#post-{second.pk + 1}")
    assert "answers @arjun" in page.content.decode()


def test_edit_and_delete_show_in_the_thread(browser, sites):
    post = question(sites["forum"])
    page = send(browser, f"/sandbox/forum/posts/{post.pk}/text/", body="It is fine now.")
    assert "It is fine now." in page.content.decode()
    assert "edited" in page.content.decode()
    page = send(browser, f"/sandbox/forum/posts/{post.pk}/deletion/")
    assert "This post was deleted." in page.content.decode()
    assert "It is fine now." not in page.content.decode()
    assert browser.get(f"/sandbox/forum/posts/{post.pk}/").status_code == 302


@pytest.mark.parametrize(
    ("who", "body", "said"), [("", "Hi", "required"), ("bo", "x" * 501, "501")]
)
def test_refused_post_keeps_what_was_typed(browser, sites, who, body, said):
    page = send(browser, "/sandbox/social/threads/", who=who, body=body)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert body in page.content.decode()
    assert not sites["social"].threads.exists()


def test_forms_without_csrf_token_are_refused(browser, sites):
    post = question(sites["forum"])
    assert browser.post(f"/sandbox/forum/posts/{post.pk}/deletion/").status_code == 403
    post.refresh_from_db()
    assert post.deleted_at is None


def test_script_in_every_field_stays_text(browser, sites):
    evil = "<script>alert(1)</script>"
    said = {"who": evil, "title": evil, "body": evil, "place": a_place(sites)}
    send(browser, "/sandbox/forum/threads/", **said)
    post = sites["forum"].posts.get()
    account = post.account
    for path in ("", f"threads/{post.thread_id}/", f"members/{account.handle}/"):
        assert "<script" not in browser.get(f"/sandbox/forum/{path}").content.decode()


def test_pages_carry_no_inline_style_or_script(browser, sites):
    post = question(sites["help"])
    for path in ("", f"threads/{post.thread_id}/", "moderation/", "threads/"):
        page = browser.get(f"/sandbox/help/{path}").content.decode()
        assert not re.search(r"<style|<script|\sstyle=|\son\w+=|http-equiv", page)


def test_row_shows_the_words_without_marks(browser, sites):
    question(sites["forum"], "It **drifts** & [slips](https://example.org)")
    assert "It drifts &amp; slips" in browser.get("/sandbox/forum/").content.decode()


def test_front_page_walks_older_threads_without_repeats(browser, sites):
    forum = sites["forum"]
    made = [question(forum).thread_id for _ in range(60)]
    seen, url = [], "/sandbox/forum/"
    while url:
        page = browser.get(url).content.decode()
        seen += re.findall(r'class="title" href="/sandbox/forum/threads/(\d+)/"', page)
        older = re.search(r'href="(\?before=\d+)"', page)
        url = f"/sandbox/forum/{older[1]}" if older else ""
    assert [int(pk) for pk in seen] == made[::-1]


def test_long_thread_comes_in_pages_and_links_find_their_post(browser, sites):
    forum = sites["forum"]
    first = question(forum)
    last = [first.reply(Account.called(forum, "arjun"), f"Number {n}") for n in range(2, 62)][-1]
    page = browser.get(f"/sandbox/forum/threads/{first.thread_id}/").content.decode()
    assert "Number 50" in page
    assert "Number 51" not in page
    page = browser.get(f"/sandbox/forum/posts/{last.pk}/", follow=True).content.decode()
    assert f'id="post-{last.pk}"' in page
    assert "Earlier" in page


@pytest.mark.parametrize("slug", ["forum", "social", "help"])
def test_pages_cost_the_same_queries_however_long(
    browser, sites, slug, django_assert_max_num_queries
):
    site = sites[slug]
    first = question(site, "It drifts #midi")
    arjun = Account.called(site, "arjun")
    thread = f"/sandbox/{slug}/threads/{first.thread_id}/"
    front = f"/sandbox/{slug}/"
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(12) as in_thread:
            browser.get(thread)
        with django_assert_max_num_queries(12) as on_front:
            browser.get(front)
        counts.append((len(in_thread), len(on_front)))
        for n in range(12):
            first.reply(arjun, f"Answer {n}").reply(arjun, "and more")
            question(site, "Another #midi")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("slug", ["forum", "help"])
def test_a_topic_is_opened_in_the_category_that_was_chosen(browser, sites, slug):
    chosen = sites[slug].places.order_by("name").first()
    form = f"/sandbox/{slug}/threads/"
    page = send(browser, form, who="Dee", title="In its place", body="Here.", place=chosen.pk)
    assert "Select a valid choice" not in page.content.decode()
    assert sites[slug].threads.get(title="In its place").place == chosen


@pytest.mark.parametrize("slug", ["forum", "help"])
def test_no_topic_is_opened_before_a_category_is_chosen(browser, sites, slug):
    form = f"/sandbox/{slug}/threads/"
    asked = browser.get(form).content.decode()
    assert re.search(r'<select name="place"[^>]* required', asked)
    assert '<option value="" selected>Select a category</option>' in asked
    answer = send(browser, form, who="Dee", title="In no place", body="Here.")
    assert answer.status_code == 422
    assert "Select a category." in answer.content.decode()
    assert not sites[slug].threads.filter(title="In no place").exists()
    sites[slug].places.all().delete()
    send(browser, form, who="Dee", title="Where there is none", body="Here.")
    assert sites[slug].threads.filter(title="Where there is none").exists()


@pytest.mark.parametrize("path", ["", "forum/", "forum/moderation/", "forum/threads/"])
def test_another_machine_or_name_needs_a_sign_in(client, sites, settings, bob, path):
    settings.LOGIN_URL = "/account/login/"
    sign_in = f"/account/login/?next=/sandbox/{path}"
    assert client.get(f"/sandbox/{path}", REMOTE_ADDR="192.0.2.7").url == sign_in
    settings.HUB_URL = "https://hub.example.org"
    assert client.get(f"/sandbox/{path}").url == sign_in
    client.force_login(bob)
    assert client.get(f"/sandbox/{path}").status_code == 200


def test_the_connectors_api_needs_its_token_and_no_sign_in(client, sites, settings):
    settings.HUB_URL = "https://hub.example.org"
    token = {"Authorization": f"Bearer {sites['forum'].token()}"}
    assert client.get("/sandbox/forum/api/me", headers=token).status_code == 200


def test_a_sites_own_picture_is_shown_and_whoever_wants_may_fetch_it(browser, client, sites):
    own, other = "/sandbox/forum/pictures/latch.png", "https://e.example/a.png"
    post = question(sites["forum"], f"![Traces]({own}) ![b]({other}) ![c](/account/logout/)")
    words = browser.get(f"/sandbox/forum/threads/{post.thread_id}/").content.decode()
    assert re.findall(r'<img src="([^"]*)" alt="([^"]*)"', words) == [(own, "Traces")]
    assert f'href="{other}"' in words
    assert "/account/logout/" not in re.search(r'class="body".*?</div>', words, re.S)[0]
    for name in ("latch", "manual-page", "spectrum", "face-ines"):
        picture = client.get(f"/sandbox/forum/pictures/{name}.png")
        assert picture.headers["Content-Type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
    assert client.get("/sandbox/forum/pictures/nothing.png").status_code == 404
    assert client.get("/sandbox/elsewhere/pictures/latch.png").status_code == 404
