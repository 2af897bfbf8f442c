"""The title of the article or topic that a comment stands under, out of the comment's own title.

"Comment on Hello world by Ada", "Kommentar zu Hello world von Ada", "Support • Re: Hello world",
"/u/ada on Hello world": the software of blogs and forums writes these, in the site's language.
"""

from __future__ import annotations

import re

LONGEST = 1000  # characters that are looked at; a subject is shorter than that

# WordPress's "Comment on %1$s by %2$s", and "Comments on: %s" of a whole feed.
_ON = re.compile(
    r"(?:(?:new )?comments? (?:on|to|for)"
    r"|kommentare? (?:zu|auf)"
    r"|commentaires? (?:sur|pour|à)"
    r"|comentarios? (?:en|sobre|a)"
    r"|comentários? (?:sobre|em|a)"
    r"|comentaris? (?:a|en|sobre)"
    r"|comment[oi] (?:su|a)"
    r"|reacties? op"
    r"|kommentar(?:er)? (?:till?|på)"
    r"|kommentit artikkeliin"
    r"|komentarze? do"
    r"|komentář(?:e)?(?: k)?(?= |:)"
    r"|комментари[йи] (?:к записи|на|к)"
    r"|коментар[іь]? (?:до запису|до|на)"
    r"|comentari(?:u|i)(?:le)? la"
    r")\s*:?\s+",
    re.IGNORECASE,
)
_BY_AT_END = re.compile(
    r"[\s,]+(?:by|von|par|por|per|di|door|av|af|autor|kirjoittanut|de|od|от|від|"
    r"którego autorem jest|autorstwa)\s*$",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:new )?(?:comment|reply|answer|post) by ", re.IGNORECASE)
_ABOUT = re.compile(r"\s+(?:on|for|in|to)\s*:?\s+", re.IGNORECASE)
_SIGNED = re.compile(r"\S{1,12}\s?[::]\s*")  # "By: Ada", "Par : Ada"
_JAPANESE = re.compile(r"(.+?)\s?への.{0,60}コメント")
_CHINESE = re.compile(r".{0,60}《(.+)》.{0,4}评论")
_REPLY = re.compile(
    r"(?:(?:re|aw|antw|sv|vs|rif|odp|ynt|res|ref|vá|отв?|回复|回覆)\s?[::]\s*)+", re.I
)


def article_title(title: str, author: str) -> str:
    """The title of an article, out of that of a comment below it; "" where it names nothing but
    the comment's author. `author`: the name as the feed has it."""
    title = title[:LONGEST].strip()
    if found := _ON.match(title):
        return _without_author(title[found.end() :], author)
    if (found := _SIGNED.match(title)) and title[found.end() :] == author:
        return ""
    if found := _JAPANESE.fullmatch(title):
        return found[1].removeprefix(f"{author} より ")
    if found := _CHINESE.fullmatch(title):
        return found[1]
    return topic_title(title, author)


def topic_title(title: str, author: str = "", forum: str = "") -> str:
    """The title of a forum's topic, out of that of a post in it: "Re: X", "/u/ada on X" (Reddit),
    "Answer by Ada for X" (Stack Exchange), "Support • Re: X" (phpBB, with the forum's name)."""
    title = title[:LONGEST].strip()
    title = title.removeprefix(f"{forum} • ")
    if found := _REPLY.match(title):
        return title[found.end() :]
    by = _BY.match(title)
    rest = title[by.end() :] if by else title
    if author and rest.startswith(author):
        if by and rest == author:
            return ""
        if about := _ABOUT.match(rest, len(author)):
            return rest[about.end() :].strip(' "')
    return title


def commented_title(feed_title: str) -> str:
    """What a feed of one article's comments is about: "Comments on: Hello world"."""
    found = _ON.match(feed_title)
    return feed_title[found.end() :] if found else feed_title


def _without_author(rest: str, author: str) -> str:
    for signature in (author, f"({author})"):
        if author and rest.endswith(signature):
            return _BY_AT_END.sub("", rest.removesuffix(signature).rstrip())
    return rest
