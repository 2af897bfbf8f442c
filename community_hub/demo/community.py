"""The demo community, whole: six months on three sites, the same for the same seed and moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sandbox.seed import SeedAccount, SeedPost, SeedThread

from .content import SITES, Line, Script, Topic, read_words, scripts, topics
from .conversation import Draft, GeneratedConversation
from .people import BOT, LANGUAGES, TEAM, People, people_of_site
from .sampling import Sampler, fill
from .timing import RELEASE, SPAM, awake, fit, gap, starts

SLUGS = {"forum": "forum", "microblog": "social", "helpboard": "help"}
COUNTS = {"forum": 1040, "microblog": 890, "helpboard": 570}
SPAM_COUNT = {"forum": 38, "helpboard": 14}
LANGUAGE_SHARES = {"forum": (82, 9, 6, 3), "microblog": (82, 8, 6, 4), "helpboard": (86, 7, 5, 2)}
SETTLED_AFTER = timedelta(days=8)  # a younger conversation without the team's word would wait
BOT_POSTS = 25
DIRECT = 0.12  # of the short posts that name the team


@dataclass(frozen=True)
class Community:
    """By the sites' slugs: who is there, what was said, and which conversations, by their index,
    still wait for the team."""

    accounts: dict[str, list[SeedAccount]]
    threads: dict[str, list[SeedThread]]
    waiting: dict[str, list[int]]

    def everything(self) -> list[SeedThread]:
        return [thread for threads in self.threads.values() for thread in threads]


def community(seed: int, now: datetime) -> Community:
    """Everybody and all they said, nothing later than `now`."""
    sampler = Sampler(seed)
    accounts, threads, waiting = {}, {}, {}
    for site in SITES:
        slug = SLUGS[site]
        people = people_of_site(sampler, site)
        written = [(script, _by_hand(script, site, now)) for script in scripts(site)]
        for _script, thread in written:
            _claim(sampler, thread)
        found = _put_together(sampler, people, site, now, COUNTS[site] - len(written))
        found += [thread for _script, thread in written]
        owed = {id(thread) for script, thread in written if "waits" in script.flags}
        found.sort(key=lambda thread: thread.posts[0].created_at)
        threads[slug] = found
        accounts[slug] = _who_wrote(people, found)
        waiting[slug] = [index for index, thread in enumerate(found) if id(thread) in owed]
    return Community(accounts, threads, waiting)


def _who_wrote(people: People, threads: list[SeedThread]) -> list[SeedAccount]:
    handles = {post.author_handle for thread in threads for post in thread.posts}
    return [account for handle, account in people.accounts.items() if handle in handles]


# Written by hand ------------------------------------------------------------------------------


def _by_hand(script: Script, site: str, now: datetime) -> SeedThread:
    at = now - script.ago
    posts: list[SeedPost] = []
    for line in script.lines:
        at += line.after
        posts.append(_hand_post(line, at, script, site, posts))
    return SeedThread(posts, title=script.title, place=script.place or _hashtag(posts[0].body))


def _hand_post(
    line: Line, at: datetime, script: Script, site: str, above: list[SeedPost]
) -> SeedPost:
    flags = script.flags | line.flags
    return SeedPost(
        author_handle=line.handle,
        body=line.body,
        created_at=at,
        reply_to=_level(line.reply_to, above, site),
        visibility="direct" if "direct" in flags else "public",
        deleted_author="deleted" in flags,
        edited_at=at + timedelta(minutes=9) if "edited" in flags else None,
    )


def _level(reply_to: int | None, above: list[SeedPost], site: str) -> int | None:
    """On the help board comments are one level deep: who answers one answers what it is under."""
    if site == "helpboard" and reply_to and above[reply_to].reply_to:
        return above[reply_to].reply_to
    return reply_to


def _claim(sampler: Sampler, thread: SeedThread) -> None:
    for text in (thread.title, *(post.body for post in thread.posts)):
        sampler.claim(text)


# Put together ---------------------------------------------------------------------------------


def _put_together(
    sampler: Sampler, people: People, site: str, now: datetime, count: int
) -> list[SeedThread]:
    extra = _spam(sampler, people, site, now) + _bot_posts(sampler, people, site, now)
    moments = starts(sampler.rng, now, count - len(extra))
    return extra + [
        _conversation(sampler, people, site, at, now, left=len(moments) - index)
        for index, at in enumerate(moments)
    ]


def _conversation(
    sampler: Sampler, people: People, site: str, at: datetime, now: datetime, left: int
) -> SeedThread:
    lang = sampler.rng.choices(LANGUAGES, LANGUAGE_SHARES[site])[0]
    topic = _topic(sampler, site, lang, at > now - RELEASE)
    opener = _opener(sampler, people, topic, at, now, left)
    settled = at > now - SETTLED_AFTER
    written = GeneratedConversation(sampler, people, site, topic, at, now, opener, settled).write()
    asks = site == "microblog" and "@polyphon" in written.posts[0].body
    direct = asks and sampler.chance(DIRECT)
    if direct:  # nobody else can read it
        written.posts = [post for post in written.posts if post.handle in {opener, TEAM}]
    place = topic.help if site == "helpboard" else topic.place or _hashtag(written.posts[0].body)
    posts = _dated(sampler, written.posts, at, now, "direct" if direct else "public")
    return SeedThread(posts, title=written.title, place=place, accepted=_accepted(site, written))


def _accepted(site: str, conversation: GeneratedConversation) -> int | None:
    return conversation.accepted if site == "helpboard" else None


def _topic(sampler: Sampler, site: str, lang: str, released: bool) -> Topic:
    """The next subject; after the release two of five are about it."""
    fitting = _fitting(site, lang, released and sampler.chance(0.4), released)
    return sampler.next_of(fitting)


_shuffled: dict[tuple[str, str, bool, bool], list[Topic]] = {}


def _fitting(site: str, lang: str, wave: bool, released: bool) -> list[Topic]:
    key = (site, lang, wave, released)
    if key not in _shuffled:
        spoken = [topic for topic in topics(site) if topic.lang == lang]
        usual = [topic for topic in spoken if not topic.since and not (topic.before and released)]
        _shuffled[key] = (wave and [topic for topic in spoken if topic.since]) or usual
    return _shuffled[key]


def _opener(
    sampler: Sampler, people: People, topic: Topic, at: datetime, now: datetime, left: int
) -> str:
    """Somebody new, as long as there are some, most of all for first words."""
    newcomers = len(people.waiting[topic.lang])
    share = 1.0 if topic.first else min(1.0, 5.0 * newcomers / max(left, 1))
    handle = people.newcomer(topic.lang) if sampler.chance(share) else None
    if handle is None:
        return people.someone(sampler, topic.lang, at, now, set())
    people.join(handle, topic.lang, sampler.rng.choice((1, 1, 1, 2, 3)))
    return handle


def _dated(
    sampler: Sampler, drafts: list[Draft], at: datetime, now: datetime, visibility: str
) -> list[SeedPost]:
    times = [at]
    for draft in drafts[1:]:
        times.append(awake(sampler.rng, times[-1] + gap(sampler.rng, draft.pace)))
    posts: list[SeedPost] = []
    for draft, when in zip(drafts, fit(times, now), strict=True):
        target = draft.reply_to if draft.reply_to is None or draft.reply_to < len(posts) else None
        edited = when + timedelta(minutes=sampler.rng.randrange(2, 11)) if draft.edited else None
        post = SeedPost(
            draft.handle, draft.body, when, target, visibility, draft.gone, edited, draft.comment
        )
        posts.append(post)
    return posts


def _hashtag(body: str) -> str:
    return next((word[1:].strip(".,!") for word in body.split() if word.startswith("#")), "")


# The spam wave and the bot --------------------------------------------------------------------


def _spam(sampler: Sampler, people: People, site: str, now: datetime) -> list[SeedThread]:
    """One week of it. Its authors were thrown out, so they are nobody now."""
    pools = read_words("pools")["spam"]
    found = []
    for index in range(SPAM_COUNT.get(site, 0)):
        values = {"thing": sampler.next_of(pools["thing"]), "n": str(sampler.rng.randrange(10, 99))}
        at = now - timedelta(days=sampler.rng.uniform(*SPAM))
        words = [sampler.next_of(pools["open"]), sampler.next_of(pools["more"])]
        drafts = [Draft(f"deals{index}", fill(" ".join(words), values), gone=True)]
        if sampler.chance(0.6):
            reporter = people.someone(sampler, "en", at, now, set())
            drafts.append(Draft(reporter, fill(sampler.next_of(pools["answer"]), values)))
        title = sampler.fresh(partial(_spam_title, sampler, values))
        place = "Off topic" if site == "forum" else "hardware"
        found.append(SeedThread(_dated(sampler, drafts, at, now, "public"), title, place))
    return found


def _spam_title(sampler: Sampler, values: dict[str, str]) -> str:
    return fill(sampler.next_of(read_words("pools")["spam"]["title"]), values)


def _bot_posts(sampler: Sampler, people: People, site: str, now: datetime) -> list[SeedThread]:
    if site != "microblog":
        return []
    patches = sampler.rng.sample(read_words("pools")["slots"]["patch"], BOT_POSTS)
    return [
        SeedThread(
            [
                SeedPost(
                    BOT.handle,
                    f"Patch of the week {week + 1}: “{patch}”. #patches",
                    now - timedelta(days=7 * (BOT_POSTS - week) - 1, minutes=week),
                )
            ],
            place="patches",
        )
        for week, patch in enumerate(patches)
    ]
