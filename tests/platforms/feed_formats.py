"""Documents as well-known software writes them: blogs' comments, forums' posts, videos.

The shapes follow each software's own templates; the words are ours.
"""

from __future__ import annotations

from html import escape

DATE = "Sat, 21 Nov 2026 10:00:00 +0000"
ISO = "2026-11-21T10:00:00+00:00"


def wordpress_comments(
    *comments: tuple[int, str, str, str],
    title: str = "Comments for A blog",
    link: str = "https://blog.example",
    named: str = "Comment on {title} by {author}",
) -> bytes:
    """wp-includes/feed-rss2-comments.php. A comment: number, author, title of its article, text."""
    items = "".join(
        f"<item><title>{escape(named.format(title=about, author=author))}</title>"
        f"<link>https://blog.example/{slug(about)}/#comment-{number}</link>"
        f"<dc:creator><![CDATA[{author}]]></dc:creator><pubDate>{DATE}</pubDate>"
        f'<guid isPermaLink="false">https://blog.example/?p={len(slug(about))}#comment-{number}'
        f"</guid><description><![CDATA[{text}]]></description>"
        f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item>"
        for number, author, about, text in comments
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>{title}</title>"
        '<atom:link href="https://blog.example/feed/" rel="self" type="application/rss+xml" />'
        f"<link>{link}</link>{items}</channel></rss>"
    ).encode()


def wordpress_atom_comments(*comments: tuple[int, int]) -> bytes:
    """wp-includes/feed-atom-comments.php. A comment: its number, and the one it answers or 0."""
    entries = "".join(
        f"<entry><title>Comment on Hello by Ada</title>"
        f'<link rel="alternate" href="https://blog.example/hello/#comment-{number}" '
        f'type="text/html" /><author><name>Ada</name></author>'
        f"<id>https://blog.example/?p=1#comment-{number}</id>"
        f"<updated>{ISO}</updated><published>{ISO}</published>"
        f'<content type="html">Comment {number}</content>'
        + (
            f'<thr:in-reply-to ref="https://blog.example/?p=1#comment-{parent}" '
            f'href="https://blog.example/hello/#comment-{parent}" type="text/html" /></entry>'
            if parent
            else '<thr:in-reply-to ref="https://blog.example/?p=1" '
            'href="https://blog.example/hello/" type="text/html" /></entry>'
        )
        for number, parent in comments
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" ?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xml:lang="en" xmlns:thr="http://purl.org/syndication/thread/1.0">'
        '<title type="text">Comments for A blog</title><updated>2026-11-21T10:00:00Z</updated>'
        '<link rel="alternate" type="text/html" href="https://blog.example" />'
        f"<id>https://blog.example/comments/feed/atom/</id>{entries}</feed>"
    ).encode()


def discourse_posts(*posts: tuple[int, int, str, str]) -> bytes:
    """app/views/posts/latest.rss.erb. A post: topic, number, title of the topic, text."""
    items = "".join(
        f"<item><title>{escape(title)}</title><dc:creator><![CDATA[ada]]></dc:creator>"
        f"<description><![CDATA[ <p>{text}</p> ]]></description>"
        f"<link>https://forum.example/t/{slug(title)}/{topic}/{number}</link>"
        f"<pubDate>{DATE}</pubDate>"
        f'<guid isPermaLink="false">forum.example-post-{topic}{number:03}</guid></item>'
        for topic, number, title, text in posts
    )
    return discourse(items)


def discourse_topics(*topics: tuple[int, str, int]) -> bytes:
    """app/views/list/list.rss.erb. A topic: its number, title, how many posts it has."""
    items = "".join(
        f"<item><title>{escape(title)}</title><dc:creator><![CDATA[ada]]></dc:creator>"
        f"<category>Support</category><description><![CDATA[ <p>What was asked.</p> "
        f'<p><small>{posts} posts - 2 participants</small></p> <p><a href="https://forum.example/t/'
        f'{slug(title)}/{topic}">Read full topic</a></p> ]]></description>'
        f"<link>https://forum.example/t/{slug(title)}/{topic}</link><pubDate>{DATE}</pubDate>"
        "<discourse:topicPinned>No</discourse:topicPinned>"
        f'<guid isPermaLink="false">forum.example-topic-{topic}</guid>'
        f'<source url="https://forum.example/t/{slug(title)}/{topic}.rss">{title}</source></item>'
        for topic, title, posts in topics
    )
    return discourse(items)


def discourse(items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?><rss version="2.0" '
        'xmlns:discourse="http://www.discourse.org/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A forum - Latest</title>'
        f"<link>https://forum.example/latest</link>{items}</channel></rss>"
    ).encode()


def phpbb_posts(*posts: tuple[int, int, str, str]) -> bytes:
    """phpBB/phpbb/feed/controller/feed.php. A post: topic, number, subject, author."""
    entries = "".join(
        f"<entry><author><name><![CDATA[{author}]]></name></author><updated>{ISO}</updated>"
        f"<published>{ISO}</published>"
        f"<id>https://board.example/viewtopic.php?t={topic}&amp;p={number}#p{number}</id>"
        f'<link href="https://board.example/viewtopic.php?t={topic}&amp;p={number}#p{number}"/>'
        f'<title type="html"><![CDATA[Support • {subject}]]></title>'
        '<category term="Support" scheme="https://board.example/viewforum.php?f=2" '
        'label="Support"/>'
        f'<content type="html" xml:base="https://board.example/"><![CDATA[Post {number}'
        f"<p>Statistics: Posted by {author}</p><hr />]]></content></entry>"
        for topic, number, subject, author in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xml:lang="en-gb"><link rel="self" type="application/atom+xml" '
        'href="https://board.example/app.php/feed" /><title>A board</title>'
        '<link href="https://board.example/index.php" />'
        f"<author><name><![CDATA[A board]]></name></author>{entries}</feed>"
    ).encode()


def reddit(*entries: tuple[str, str, str, str]) -> bytes:
    """An entry: id (t3_ or t1_), link below /r/place/comments/, author, title."""
    found = "".join(
        f"<entry><author><name>/u/{author}</name>"
        f"<uri>https://www.reddit.com/user/{author}</uri></author>"
        '<category term="place" label="r/place"/>'
        f'<content type="html">&lt;div class="md"&gt;{name}&lt;/div&gt;</content>'
        f'<id>{name}</id><link href="https://www.reddit.com/r/place/comments/{link}/" />'
        f"<updated>{ISO}</updated><published>{ISO}</published><title>{title}</title></entry>"
        for name, link, author, title in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>Comments on r/place</title>"
        f'<link rel="alternate" href="https://www.reddit.com/r/place/comments" />{found}</feed>'
    ).encode()


def youtube(*videos: tuple[str, str]) -> bytes:
    """A video: id, title."""
    entries = "".join(
        f"<entry><id>yt:video:{name}</id><yt:videoId>{name}</yt:videoId><title>{title}</title>"
        f'<link rel="alternate" href="https://www.youtube.com/watch?v={name}"/>'
        "<author><name>A channel</name><uri>https://www.youtube.com/channel/UC1</uri></author>"
        f"<published>{ISO}</published><updated>2026-11-22T10:00:00+00:00</updated><media:group>"
        f'<media:title>{title}</media:title><media:content url="https://www.youtube.com/v/{name}" '
        'type="application/x-shockwave-flash" width="640" height="390"/>'
        f"<media:description>About {title}.</media:description></media:group></entry>"
        for name, title in videos
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed '
        'xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
        "<title>A channel</title><author><name>A channel</name>"
        f"<uri>https://www.youtube.com/channel/UC1</uri></author>{entries}</feed>"
    ).encode()


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")
