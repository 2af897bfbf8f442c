"""What a search finds, for whom, and in which order."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from inbox import filter_values, listing
from inbox.models import ConversationTag, Draft
from inbox.pages import folders, searches
from inbox.search import as_names, hits, limits
from inbox.search.of_rows import newest_of_each
from inbox.search.plan import plan
from inbox.verbs import triage, writing
from members.models import Sighting, Tag
from team import saved_queries, view_counts
from team.models import SavedQuery
from tests.lib.query_texts import TEXTS
from tests.make import (
    make_channel,
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_reply,
    make_source,
    make_user,
    make_view,
    one_line,
)


def ago(hours):
    return timezone.now() - timedelta(hours=hours)


def found(text, user, sort="", **asked):
    page = searches.search(text, sort).page(user, **asked)
    assert page.mistake is None, page.mistake
    return [row.pk for row in page.rows]


def said(text, **fields):
    """A conversation in which this was said."""
    conversation = make_conversation(fields.pop("source", None), subject=fields.pop("subject", ""))
    make_message(conversation, text, **fields)
    return conversation


def words_of(excerpt):
    return "".join(f"[{it.text}]" if it.is_found else it.text for it in excerpt.pieces)


@pytest.mark.parametrize(
    ("text", "language", "query"),
    [
        ("The clock drifts", "", "clock "),
        ("The clock drifts", "", "clo"),
        ("it crashed again", "en", "crashes "),
        ("Es sind zwei Häuser", "de", "Haus "),
        ("Ein Gruß an Müller", "de", "muller "),
        ("チューナーが壊れたようです", "ja", "壊れた "),
        ("기타를 샀어요", "ko", "기타 "),
        ("قرأت الكتاب أمس", "ar", "كتاب "),
        ("мой синтезатор сломался", "ru", "синтезаторы "),
        ("see https://forum.example/t/a-b/12?x=1 there", "", "https://forum.example/t/a-b/12?x=1 "),
        ("ask @lena_92@music.example about it", "", "@lena_92@music.example "),
        ("use 'select * from x; --' there", "", '"select * from x; --"'),
        ("on Windows/Mac", "", "mac "),
    ],
)
def test_words_are_found_in_any_language_and_form(bob, text, language, query):
    talk = said(text, language=language)
    said("Something else")
    assert found(query, bob) == [talk.pk]


def test_notes_replies_subjects_and_names_are_found(bob):
    note, reply = said("Hello"), said("Hello")
    titled = said("Hello", subject="The arpeggiator drifts")
    writing.note(note, "Ask for the arpeggiator log", by=bob)
    make_reply(reply, "Turn the arpeggiator off", by=bob)
    written = said("Hi", author=make_identity(make_member("Arpeggiator Ann")))
    assert set(found("arpeggiator", bob)) == {note.pk, reply.pk, titled.pk, written.pk}


def test_the_newest_come_first_or_the_best(bob):
    best = said("clock clock clock")
    newest = said(f"the clock and {'many other words ' * 30}")
    assert found("clock ", bob) == [newest.pk, best.pk]
    assert found("clock ", bob, "best") == [best.pk, newest.pk]
    assert found("clock ", bob, "oldest") == [best.pk, newest.pk]


def test_a_row_shows_the_message_that_was_found_and_who_wrote_it(bob):
    talk = said("The <b>clock</b> drifts", author=make_identity(make_member("Ada")))
    hit = talk.messages.get()
    make_message(talk, "Nobody knows why")
    page = searches.search("clock ").page(bob)
    excerpt = page.excerpts[talk.pk]
    assert words_of(excerpt) == "The <b>[clock]</b> drifts"
    assert (excerpt.message, excerpt.who) == (hit.pk, "Ada")


@pytest.mark.parametrize("sort", ["oldest", "waiting"])
def test_in_the_order_of_conversations_a_row_shows_its_newest_hit_too(
    client, bob, sort, django_assert_num_queries
):
    ada = make_identity(make_member("Ada Ash"))
    talk = said("The old clock", sent_at=ago(9))
    make_message(talk, "The <b>clock</b> drifts", author=ada, sent_at=ago(5))
    newest = talk.messages.last()
    make_message(talk, "Nobody knows why", sent_at=ago(4))
    titled = said("Hello", subject="A clock", sent_at=ago(3))
    page = searches.search("clock ", sort).page(bob)
    assert [row.pk for row in page.rows] == [talk.pk, titled.pk]
    excerpt = page.excerpts[talk.pk]
    assert words_of(excerpt) == "The <b>[clock]</b> drifts"
    assert (excerpt.message, excerpt.who) == (newest.pk, "Ada Ash")
    assert [it.text for it in page.excerpts[titled.pk].subject if it.is_found] == ["clock"]
    assert searches.search("ash ", sort).page(bob).excerpts[talk.pk].message == newest.pk
    by_ada = searches.search("from:ada clock ", sort).page(bob)
    assert by_ada.excerpts[talk.pk].message == newest.pk
    context = saved_queries.context(bob)
    asked = plan("clock ", context)
    with django_assert_num_queries(2):  # which languages there are, and one for all rows
        found_in = newest_of_each(asked, context, [talk.pk, titled.pk], [])
    assert [(hit.conversation, hit.message) for hit in found_in] == [(talk.pk, newest.pk)]
    client.force_login(bob)
    answer = client.get(reverse("conversation-search"), {"q": "clock ", "sort": sort})
    html = one_line(answer.content)
    assert f"&amp;at={newest.pk}" in html
    assert "&lt;b&gt;<mark>clock</mark>&lt;/b&gt; drifts" in html


@pytest.mark.parametrize("sort", ["newest", "best", "oldest"])
def test_signs_that_cannot_be_searched_for_are_named(client, bob, sort):
    said("zzyzx")
    assert searches.search("!!!", sort).page(bob).note == (
        "“!!!” can’t be searched for: it has no letters or digits."
    )
    page = searches.search('zzyzx !!! "?" !!!', sort).page(bob)
    assert page.note == "“!!!”, “?” can’t be searched for: they have no letters or digits."
    assert searches.search("zzyzx c++ is:open", sort).page(bob).note == ""
    client.force_login(bob)
    for page in ("conversation-search", "members"):
        html = client.get(reverse(page), {"q": "!!!", "sort": sort}).content.decode()
        assert "“!!!” can’t be searched for" in html


@pytest.mark.parametrize("sort", ["newest", "best", "oldest"])
@pytest.mark.parametrize("sign", ["🎹", "❤", "©", "%", '"?!"', "-🎹"])
def test_signs_beside_words_and_operators_leave_nothing_out(bob, sort, sign):
    talk = said("zzyzx")
    for text in (f"zzyzx {sign} ", f"{sign} zzyzx", f"is:open {sign} zzyzx", f"(zzyzx or {sign})"):
        assert found(text, bob, sort) == [talk.pk], text
    assert talk.pk in found(f"is:open {sign}", bob, sort)
    assert found("🎹", bob, sort) == []


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_without_words_a_row_shows_the_message_that_was_asked_for(client, bob, sort):
    ada = make_identity(make_member("Ada Ash"))
    talk = said("Mine drifts too", author=ada, sent_at=ago(50))
    asked = talk.messages.get()
    make_message(talk, "Nobody knows why", sent_at=ago(2))
    for text in ("from:ada", "from:ada is:open", "before:yesterday from:ada"):
        page = searches.search(text, sort).page(bob)
        excerpt = page.excerpts[talk.pk]
        assert (excerpt.message, words_of(excerpt), excerpt.who) == (
            asked.pk,
            "Mine drifts too",
            "Ada Ash",
        )
    assert searches.search("is:open -from:ada").page(bob).excerpts == {}
    client.force_login(bob)
    answer = client.get(reverse("conversation-search"), {"q": "from:ada", "sort": sort})
    assert f"&amp;at={asked.pk}" in one_line(answer.content)


def test_what_is_said_of_messages_holds_for_the_one_that_has_the_words(bob):
    ada, ben = (make_identity(make_member(name)) for name in ("Ada Ash", "Ben Birk"))
    talk = said("clock", author=ada)
    make_message(talk, "tuner", author=ben)
    assert found("from:ada clock ", bob) == [talk.pk]
    assert found("from:ben clock ", bob) == []
    assert found("-from:ada clock ", bob) == []
    assert found("from:ada from:ben", bob) == []
    assert found("from:ada", bob) == [talk.pk]
    assert found("-from:ada", bob) == []


@pytest.mark.parametrize("sort", ["newest", "best", "oldest"])
def test_a_phrase_is_found_with_its_small_words_and_as_it_is_written(bob, sort):
    once = said("I was charged once.", language="en")
    twice = said("I was charged twice.", language="en")
    inside = said("It was in the box", language="en")
    said("the box connected", language="en", subject="Boxes")
    titled = said("hello", language="en", subject="Lost in the box")
    assert found('"charged once"', bob, sort) == [once.pk]
    assert found('charged -"charged once"', bob, sort) == [twice.pk]
    assert set(found('"in the box"', bob, sort)) == {inside.pk, titled.pk}
    assert set(found('"in the box" or "charged once"', bob, sort)) == {
        once.pk, inside.pk, titled.pk,
    }  # fmt: skip
    assert set(found('charged (twice or "in the box")', bob, sort)) == {twice.pk}


def test_a_word_of_several_parts_is_found_where_they_follow_each_other(bob):
    said("os relógios", language="pt")  # "o" is a stop word there
    at_five = said("at five o'clock", language="en")
    said("the clock", language="en", subject="A clock")
    assert found("o'clock", bob) == [at_five.pk]


@pytest.mark.parametrize("sort", ["newest", "best", "waiting", "oldest"])
def test_a_quoted_name_or_handle_finds_what_they_wrote_and_is_taken_as_it_is_written(bob, sort):
    wiebke = make_member("Wiebke Brandt")
    written = said("Hello", author=make_identity(wiebke, handle="rackmount_wb"))
    said("Hello", author=make_identity(make_member("Brandt Wiebke"), handle="other"))
    titled = said("Hello", subject="Ask Wiebke Brändt")
    for query in ('"wiebke brandt"', '"Wiebke BRÄNDT"', '"brandt" "wiebke brandt"'):
        assert set(found(query, bob, sort)) == {written.pk, titled.pk}, query
    for query in ('"rackmount_wb"', '"rackmount wb" wiebke', "rackmount_wb"):
        assert found(query, bob, sort) == [written.pk], query
    for query in ('"wiebke bran"', '"wb rackmount"', '-"wiebke brandt" "rackmount_wb"'):
        assert found(query, bob, sort) == [], query


def test_where_nothing_is_found_a_word_that_is_a_name_is_offered_as_one(
    client, bob, lena, monkeypatch
):
    monkeypatch.setattr(as_names, "PATIENCE_MS", 5_000)  # a busy machine answers late
    sofie = make_identity(make_member("Sofie Dahl"))
    said("my glass broke", author=sofie)
    said("glass", author=make_identity(make_member("Ann Other")))
    for query, meant in {
        "sofie glass": "from:sofie glass",
        "glass dahl": "glass from:dahl",
        "sofie dahl glass is:open": 'from:"sofie dahl" glass is:open',
        '"sofie dahl" glass': 'from:"sofie dahl" glass',
        "sofie clock": "",
        "nobody glass": "",
        "sofie -glass nothing": "",
        "sofie": "",
    }.items():
        for sort in ("newest", "oldest"):
            search = searches.search(query, sort)
            assert search.page(bob).may_have_a_name or not meant, query
            assert search.with_a_name(bob) == meant, query
    client.force_login(bob)
    page = client.get(reverse("conversation-search"), {"q": "sofie glass"}).content.decode()
    address = "/inbox/search/by-name/?q=sofie%20glass&amp;sort=newest"
    assert f'hx-get="{address}"' in page
    answer = client.get(html.unescape(address))
    assert 'href="/inbox/search/?q=from%3Asofie%20glass&amp;sort=newest"' in answer.content.decode()
    nothing = client.get(reverse("search-by-name"), {"q": "sofie clock"})
    assert (nothing.status_code, nothing.content) == (204, b"")
    assert client.get(reverse("search-by-name"), {"q": '"sofie (glass'}).status_code == 204
    one = client.get(reverse("conversation-search"), {"q": "nothing"}).content.decode()
    assert "search/by-name" not in one


def test_a_name_of_a_restricted_source_is_not_offered(bob, lena):
    source = make_source(restricted=True)
    hidden = make_identity(make_member("Sofie Dahl"), network=source.network)
    Sighting.objects.create(
        identity=hidden, scope=source.scope, first_seen=ago(1), last_seen=ago(1)
    )
    said("my glass broke", author=hidden, source=source)
    said("glass", author=make_identity(make_member("Ann Other")))
    assert searches.search("sofie glass").with_a_name(bob) == ""
    assert searches.search("sofie glass").with_a_name(lena) == "from:sofie glass"


def test_of_two_members_with_one_name_each_is_offered_by_their_handle(client, bob):
    for handle in ("ron_d", "rackmount_ron"):
        make_identity(make_member("Ron Dacey", last_seen=ago(1)), handle=handle)
    make_identity(make_member("Ronja Berg", last_seen=ago(2)), handle="ronja")
    page = client
    page.force_login(bob)
    answer = page.get("/queries/conversations/suggestions/", {"q": "from:ron"}).content.decode()
    for shown in ("@ron_d", "@rackmount_ron", "Ron Dacey", "Ronja Berg", "@ronja"):
        assert shown in answer
    assert sorted(suggested(client, bob, "from:ron")) == [
        "&quot;Ronja Berg&quot;", "@rackmount_ron", "@ron_d",
    ]  # fmt: skip


def test_languages_that_are_written_are_offered_first(client, bob):
    for language in ("ja", "de", "de"):
        said("Hello", language=language)
    said("zephyr", source=make_source(restricted=True), language="zu")
    assert suggested(client, bob, "lang:")[:3] == ["de", "ja", "af"]


def test_and_in_capitals_says_what_a_space_says(bob):
    both = said("crash of the tuner")
    said("crash")
    assert found("crash AND tuner ", bob) == [both.pk]
    assert found('(crash AND "the tuner") AND is:open', bob) == [both.pk]
    assert found("crash AND -tuner AND is:open ", bob) != [both.pk]
    assert found("AND ", bob) == []


def test_words_that_must_be_missing(bob):
    one, both = said("clock"), said("clock and tuner")
    assert found("clock -tuner ", bob) == [one.pk]
    assert found("-tuner", bob) == [one.pk]
    assert found("clock (tuner or -is:open) ", bob) == [both.pk]


@pytest.fixture
def cast(bob, lena):
    """Conversations in many states, by name."""
    forum = make_source(name="Forum", kind="discourse")
    talks = {
        "waiting": said("clock", sent_at=ago(50)),
        "answered": said("clock", sent_at=ago(40)),
        "done": said("clock", sent_at=ago(30)),
        "snoozed": said("clock", sent_at=ago(20)),
        "mine": said("clock", sent_at=ago(10)),
        "forum": said("clock", source=forum, language="de", sent_at=ago(5)),
    }
    asked = talks["answered"].messages.get()
    make_reply(talks["answered"], by=bob, sent_at=ago(1), parent=asked)
    triage.close([talks["done"]], by=bob, seen_up_to=talks["done"].messages.get().pk)
    triage.snooze([talks["snoozed"]], timezone.now() + timedelta(days=2), by=bob)
    triage.assign([talks["mine"]], bob, by=lena)
    writing.note(talks["mine"], "See https://forum.example/", by=bob)
    Draft.keep(bob, talks["forum"].pk, "reply", "Dear")
    ConversationTag.objects.create(conversation=talks["forum"], tag=Tag.named("Bug"))
    channel = make_channel(forum, name="Support")
    talks["forum"].channel = channel
    talks["forum"].save(update_fields=["channel"])
    talks["forum"].mark_read(talks["forum"].messages.get().pk, by=bob)
    return talks


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("is:waiting", "waiting mine forum"),
        ("is:open", "waiting answered mine forum"),
        ("is:answered", "answered"),
        ("is:done", "done"),
        ("is:snoozed", "snoozed"),
        ("is:mine", "mine"),
        ("assignee:me", "mine"),
        ("assignee:nobody is:open", "waiting answered forum"),
        ("is:unassigned is:open", "waiting answered forum"),
        ("is:unread is:open", "waiting mine"),
        ("tag:bug", "forum"),
        ("-tag:bug is:waiting", "waiting mine"),
        ("has:draft", "forum"),
        ("has:note", "mine"),
        ("has:link", "mine"),
        ("has:reply", "answered"),
        ("source:forum", "forum"),
        ("source:discourse", "forum"),
        ("channel:support", "forum"),
        ("lang:de", "forum"),
        ("waiting:>2d", "waiting"),
        ("last:<3h", "answered"),
        ("to:ines", "answered"),
        ("from:bob", "answered mine"),
        ("from:me", "answered mine"),
        ("stage:visitor is:done", "done"),
        ("owner:nobody is:done", "done"),
        ("(is:done or is:snoozed)", "done snoozed"),
        ("is:done or is:snoozed", "done snoozed"),
    ],
)
def test_each_operator_finds_what_it_says(cast, bob, query, names):
    expected = {cast[name].pk for name in names.split()}
    assert set(found(query, bob)) == expected
    with_words = set(found(f"{query} clock ", bob))
    messages = {"has:note": set(), "from:bob": set(), "from:me": set(), "to:ines": set()}
    assert with_words == (messages[query] if query in messages and "has" not in query else expected)


def test_what_a_deactivated_teammate_still_has_is_found(cast, bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    assert found("assignee:bob", make_user("lead")) == [cast["mine"].pk]


def test_me_is_the_reader_and_nobody_whose_name_begins_so(bob, lena, monkeypatch):
    monkeypatch.setattr(filter_values, "MOST_PEOPLE", 1)
    mei, meike = (make_identity(make_member(name)) for name in ("Mei Chan", "Meike Tan"))
    hers = [said("clock", author=mei), said("clock", author=meike)]
    own = make_identity(make_member("Bobby", user=bob))
    native = said("Hello from the forum", author=own)
    replied = said("clock")
    make_reply(replied, by=bob)
    make_reply(said("clock"), by=lena)
    assert set(found("from:me", bob)) == {native.pk, replied.pk}
    assert set(found("from:me forum ", bob)) == {native.pk}
    make_reply(native, "Welcome", by=lena, parent=native.messages.get())
    make_reply(hers[0], "Welcome", by=lena, parent=hers[0].messages.get())
    assert found("to:me", bob) == [native.pk]
    assert found("to:me", lena) == []


def test_a_reply_that_the_team_wrote_on_the_platform_is_one_to_its_asker(bob, lena):
    asker = make_identity(make_member("Ines"), handle="itremblay")
    peer = make_identity(make_member("Ada"))
    suri = make_identity(make_member("Suri", user=lena))
    account = make_identity(make_member("The hub"), is_us=True)
    by_suri, by_hub, by_peer = (said("clock", author=asker) for _number in range(3))
    for talk, author in ((by_suri, suri), (by_hub, account), (by_peer, peer)):
        make_message(
            talk, "Hold both", author=author, parent=talk.messages.get(), mention_reason=""
        )
    assert set(found("has:reply", bob)) == {by_suri.pk, by_hub.pk}
    assert set(found("to:@itremblay", bob)) == {by_suri.pk, by_hub.pk}
    assert set(found("to:@itremblay both ", bob)) == {by_suri.pk, by_hub.pk}
    assert found("-to:@itremblay", bob) == [by_peer.pk]


def test_dates_are_those_of_messages(bob):
    old, new = said("clock", sent_at=ago(24 * 40)), said("clock", sent_at=ago(1))
    assert found("before:last-week", bob) == [old.pk]
    assert found("after:yesterday clock", bob) == [new.pk]


@pytest.mark.parametrize("slug", list(folders.FOLDERS))
def test_a_folder_finds_what_its_query_does(cast, bob, slug):
    folder = folders.FOLDERS[slug]
    page = folder.page(bob)
    assert {row.pk for row in page.rows} == set(found(folder.query, bob))


def test_a_source_finds_what_its_query_does(cast, bob):
    folder = folders.of_source(cast["forum"].source)
    assert [row.pk for row in folder.page(bob).rows] == found(folder.query, bob)


@pytest.mark.parametrize("sort", searches.SORTS)
@pytest.mark.parametrize("query", ["", "clock "])
def test_every_page_of_every_order_shows_each_once(bob, monkeypatch, sort, query):
    monkeypatch.setattr(hits, "FIRST", 3)
    talks = [said("clock", sent_at=ago(n)) for n in range(7)]
    for talk in talks[:3]:
        make_message(talk, "clock again")
    shown, after = [], ""
    for _page in range(20):
        page = searches.search(query, sort).page(bob, after=after, size=2)
        shown += [row.pk for row in page.rows]
        after = page.more
        if not after:
            break
    assert sorted(shown) == sorted(talk.pk for talk in talks)


def test_a_word_of_long_ago_is_found_in_an_older_window(bob, monkeypatch):
    monkeypatch.setattr(hits, "FIRST", 2)
    old = said("zephyr")
    for _n in range(5):
        said("clock")
    assert found("zephyr ", bob) == [old.pk]


def test_what_was_deleted_or_taken_back_is_not_found(bob):
    gone, kept = said("clock one"), said("clock two")
    gone.messages.update(deleted_at=timezone.now())
    make_reply(kept, "the tuner", by=bob, state="cancelled")
    assert found("clock", bob) == [kept.pk]
    assert found("tuner", bob) == []


RESTRICTED = [
    "zephyr", "zeph", "zephyr or nothing", "Hidden", "secretive", "note", "is:open", "-nothing",
    "from:secretive", "tag:hush", "source:hidden", "channel:hush", "lang:de", "has:note",
    "(zephyr or is:done)", "from:secretive zephyr", "after:2020", '"secretive sam"',
]  # fmt: skip


@pytest.mark.parametrize("sort", ["newest", "best", "waiting"])
@pytest.mark.parametrize("query", RESTRICTED)
def test_a_restricted_source_is_found_by_nobody_who_may_not_see_it(bob, lena, query, sort):
    source = make_source(restricted=True, name="Hidden")
    writer = make_identity(make_member("Secretive Sam"), network=source.network)
    talk = said("zephyr", source=source, subject="Hidden words", author=writer, language="de")
    writing.note(talk, "a note", by=lena)
    tag = Tag.named("hush")
    ConversationTag.objects.create(conversation=talk, tag=tag)
    talk.channel = make_channel(source, name="Hush")
    talk.save(update_fields=["channel"])
    page = searches.search(query, sort).page(bob)
    assert page.rows == []
    assert page.excerpts == {}
    assert page.more == ""
    assert [row.pk for row in searches.search(query, sort).page(lena).rows] == [talk.pk]


def test_what_names_something_hidden_says_the_same_as_what_names_nothing(bob):
    make_source(restricted=True, name="Hidden")
    hidden = searches.search("source:Hidden").page(bob).mistake
    nothing = searches.search("source:Nothin").page(bob).mistake
    assert hidden.sentence.replace("Hidden", "Nothin") == nothing.sentence


def test_a_mistake_is_a_sentence_on_the_page(client, bob):
    client.force_login(bob)
    page = client.get(reverse("conversation-search"), {"q": "asignee:me"})
    assert page.status_code == 200
    assert "did you mean “assignee:”" in page.content.decode()
    assert 'href="/inbox/search/?q=assignee%3Ame' in page.content.decode()


def test_a_misspelt_operator_is_explained_in_both_lists_and_their_saved_views(client, bob):
    client.force_login(bob)
    typed = (("members", "ownr", "owner"), ("conversations", "asignee", "assignee"))
    for kind, wrong, meant in typed:
        view = make_view(bob, kind=kind, text=f"{wrong}:me drift")
        page = "members" if kind == "members" else "conversation-search"
        sentence = f"“{wrong}:” is not known: did you mean “{meant}:”?"
        words = one_line(client.get(reverse(page), {"q": f"{wrong}:me drift"}).content)
        assert sentence in words
        assert f"</span >{wrong}:" in words  # where it stands
        assert f"q={meant}%3Ame" in words  # one click away
        assert sentence in one_line(client.get(view.get_absolute_url(), follow=True).content)


def test_the_place_of_a_mistake_is_marked_on_both_lists(client, bob):
    client.force_login(bob)
    for page in ("conversation-search", "members"):
        answer = client.get(reverse(page), {"q": "tuner <b> (a (b) c) d) e"})
        assert "This bracket was never opened." in one_line(answer.content)
        assert (
            '<code dir="auto">tuner &lt;b&gt; (a (b) c) d<mark><span class="hide">Wrong here: '
            '</span >)</mark> e</code> <button class="btn small" type="button" '
            'data-query-place="21 22">'
        ) in one_line(answer.content)
        answer = client.get(reverse(page), {"q": "x" * 10_000})
        assert "A query can have 2,000 characters. This one has 8,000 more." in one_line(
            answer.content
        )
        assert 'maxlength="20000"' in one_line(answer.content)


def test_a_date_of_two_words_is_offered_in_quotes(client, bob):
    client.force_login(bob)
    page = one_line(client.get(reverse("conversation-search"), {"q": "before:last week"}).content)
    assert "A value with a space needs quotes: before:&quot;last week&quot;." in page
    assert 'href="/inbox/search/?q=before%3A%22last%20week%22&amp;sort=newest"' in page


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(TEXTS)
def test_any_text_is_a_page_or_a_sentence(client, bob, text):
    client.force_login(bob)
    text = text.encode("utf-8", "replace").decode()  # as a browser would
    for sort in ("newest", "best"):
        answer = client.get(reverse("conversation-search"), {"q": text, "sort": sort})
        assert answer.status_code == 200


def test_a_search_that_takes_too_long_says_how_to_narrow_it(bob, monkeypatch):
    talk = said("clock")
    quick = hits.Search.seen
    with monkeypatch.context() as slow:
        slow.setattr(limits, "TIMEOUT_MS", 20)
        waits = ["pg_sleep(0.2) is not null"]
        slow.setattr(hits.Search, "seen", lambda self: quick(self).extra(where=waits))
        page = searches.search("clock").page(bob)
        assert isinstance(page.mistake, limits.TooLong)
    assert found("clock", bob) == [talk.pk]


def test_a_slug_stands_for_its_search(bob):
    for text in ("", "clock -tag:bug", "größe “x” 壊れ", "a" * 2000):
        one = searches.search(text, "best")
        assert searches.named(one.slug, bob) == one
    for slug in ("mine", "search-", "search-worst-YQ", "search-best-_w", "search-best-a"):
        assert searches.named(slug, bob) is None


def test_the_page_opens_a_result_where_it_was_said(client, bob):
    talk = make_conversation()
    for number in range(40):
        make_message(talk, f"message {number}", sent_at=ago(100 - number))
    hit = talk.messages.order_by("sent_at")[10]
    client.force_login(bob)
    page = client.get(reverse("conversation", args=[talk.pk]), {"at": hit.pk}).content.decode()
    assert re.search(rf'data-found\s+id="message-{hit.pk}"', page)
    assert "message 5<" in page
    assert "message 39<" in page
    assert "message 4<" not in page


def test_the_row_below_comes_next(bob):
    talks = [said("clock") for _n in range(3)][::-1]
    folder = searches.search("clock ")
    following = [folder.next_after(bob, "", talk.pk) for talk in talks]
    assert [it and it.pk for it in following] == [talks[1].pk, talks[2].pk, talks[0].pk]


def test_a_search_asks_the_database_the_same_number_of_times(
    client, bob, django_assert_max_num_queries
):
    for _n in range(12):
        said("clock")
    client.force_login(bob)
    client.get(reverse("conversation-search"), {"q": "clock "})
    for sort in ("newest", "best"):
        with django_assert_max_num_queries(20):
            client.get(reverse("conversation-search"), {"q": "clock ", "sort": sort})


def suggested(client, user, typed):
    client.force_login(user)
    page = client.get(reverse("query-suggestions", args=["conversations"]), {"q": typed})
    return re.findall(r'data-text="([^"]*)"', page.content.decode())


def test_operators_and_values_are_suggested(client, cast, bob):
    assert suggested(client, bob, "clock as") == ["assignee:"]
    assert suggested(client, bob, "is:un") == ["unread", "unassigned"]
    assert suggested(client, bob, "tag:b") == ["Bug"]
    assert suggested(client, bob, "source:fo") == ["Forum"]
    assert suggested(client, bob, "channel:su") == ["Support"]
    make_identity(make_member("Inge Wald", last_seen=ago(1)))
    assert "&quot;Inge Wald&quot;" in suggested(client, bob, "from:in")
    assert suggested(client, bob, "from:in b") == ["before:"]
    make_identity(make_member("Inge Brandt", last_seen=ago(1)))
    assert suggested(client, bob, "from:in b") == ["&quot;Inge Brandt&quot;", "before:"]
    assert suggested(client, bob, "lang:ger") == suggested(client, bob, "lang:de") == ["de"]


@pytest.mark.parametrize(
    "typed", ["from:sec", "from:@sec", "to:sec", "tag:hu", "source:hid", "channel:hu"]
)
def test_nothing_restricted_is_suggested(client, bob, lena, typed):
    source = make_source(restricted=True, name="Hidden")
    member = make_member("Secretive Sam", last_seen=timezone.now())
    writer = make_identity(member, network=source.network, handle="secret")
    Sighting.objects.create(
        identity=writer, scope=source.scope, first_seen=ago(1), last_seen=ago(1)
    )
    talk = said("zephyr", source=source, author=writer, language="de")
    ConversationTag.objects.create(conversation=talk, tag=Tag.named("hush"))
    make_channel(source, name="Hush")
    assert suggested(client, bob, typed) == []
    assert suggested(client, lena, typed) != []


def test_the_languages_that_are_suggested_say_nothing_of_what_was_written(client, bob):
    before = suggested(client, bob, "lang:")
    said("zephyr", source=make_source(restricted=True), language="qq")
    assert suggested(client, bob, "lang:") == before
    assert suggested(client, bob, "lang:q") == []


def test_a_count_has_nothing_restricted_in_it(bob, lena):
    said("zephyr", source=make_source(restricted=True))
    for text in ("zephyr", "is:open"):
        assert (listing.count(bob, text, 100), listing.count(lena, text, 100)) == (0, 1)


def test_a_view_whose_tag_is_gone_says_so_and_shows_what_still_holds(client, bob):
    talk = said("clock")
    view = SavedQuery.objects.create(
        kind="conversations", name="Bugs", text="tag:gone clock", order="newest", owner=bob
    )
    client.force_login(bob)
    page = client.get(view.get_absolute_url())
    assert [row.pk for row in page.context["page"].rows] == [talk.pk]
    assert "There’s no tag “gone”." in page.content.decode()


def test_anothers_private_view_is_not_there_in_any_way(client, bob, lena):
    view = SavedQuery.objects.create(
        kind="conversations", name="Mine", text="is:open", order="newest", owner=lena
    )
    client.force_login(bob)
    assert client.get(view.get_absolute_url()).status_code == 404
    assert searches.named(f"view-{view.pk}", bob) is None
    assert searches.named(f"view-{view.pk}", lena).view == view


@pytest.mark.parametrize(("allowed", "holds"), [("300ms", "300ms"), ("15s", "4s"), ("0", "4s")])
def test_a_search_keeps_to_the_lower_limit_and_puts_it_back(bob, allowed, holds):
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("select set_config('statement_timeout', %s, true)", [allowed])
        with limits.limited():
            cursor.execute("show statement_timeout")
            assert cursor.fetchone() == (holds,)
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == (allowed,)


def test_a_view_that_is_slow_to_count_has_no_number_and_is_not_broken(bob, monkeypatch):
    said("clock")
    SavedQuery.objects.create(
        kind="conversations", name="Clocks", text="clock", order="newest", owner=bob
    )
    quick, waits = hits.Search.seen, ["pg_sleep(0.5) is not null"]
    monkeypatch.setattr(hits.Search, "seen", lambda self: quick(self).extra(where=waits))
    monkeypatch.setattr(view_counts, "LONGEST", 50)
    counts, _is_all = view_counts.brought_up_to_date(bob, view_counts.in_navigation(bob))
    (count,) = counts.values()
    assert (count.number, count.is_broken) == (None, False)


def mistake_of(text, user):
    mistake = searches.search(text, "").page(user).mistake
    assert mistake is not None
    return mistake.sentence, mistake.corrected


def test_a_part_of_a_name_finds_its_source_and_close_names_are_offered(bob):
    source = make_source(name="The Polyphon Forum")
    hidden = make_source(name="The Secret Forum", restricted=True)
    here = said("a clock", source=source)
    said("a clock", source=hidden)
    assert found("source:forum clock", bob) == [here.pk]
    assert mistake_of("source:polyfon a", bob) == (
        "There’s no source “polyfon”. Did you mean “The Polyphon Forum”?",
        'source:"The Polyphon Forum" a',
    )
    assert mistake_of("source:secrett", bob) == ("There’s no source “secrett”.", "")
    Tag.objects.create(name="hardware")
    assert mistake_of("tag:hardwear", bob)[1] == "tag:hardware"
    assert mistake_of("from:bobb", bob)[1] == f'from:"{bob.name}"'
    assert mistake_of("lang:xx", bob)[0].startswith("There’s no language “xx”.")


def test_a_language_may_be_written_by_its_name(bob):
    german = said("die Uhr", language="de")
    said("the clock", language="en")
    assert found("lang:German", bob) == found("lang:deutsch", bob) == [german.pk]
