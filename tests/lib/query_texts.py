"""Any text that somebody could type, and what each mistake in it has."""

from hypothesis import strategies as st

PIECES = [
    *("crash", "or", "OR", "-", "--", "(", ")", '"', "“", "”", "„", "\\", ":", "//", "'", "*", "%"),
    *("is:", "is:open", 'tag:"a b"', "from:", "https://x.org/a_(b)", "10:30", "a(b)", " ", "\n"),
    *("\0", "\u200b", "\u200d", "\u202e", "\ud800", "\u3000", "日本", "سلام", "ß", "İ:", "é"),
]
TEXTS = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
)


def check_mistake(text, mistake):
    assert 0 <= mistake.start < mistake.end <= len(text)
    assert mistake.sentence
    assert mistake.corrected != text
