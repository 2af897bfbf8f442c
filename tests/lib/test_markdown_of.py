"""Markdown of clean HTML says what the HTML said."""

from __future__ import annotations

import pytest

from community_hub.lib import html
from community_hub.lib.markdown_of import markdown_of

WRITTEN = """Hi *you*, see [the plan](https://x.example/a_b) or https://x.example/c_d now.

1. one
2. two **b**
   - inner

> quoted
> more

```
a_b *c* <b>
  d
```

## Head

End `x*y` snake_case @wren
line two"""


def test_what_was_markdown_is_the_same_again():
    assert markdown_of(html.from_markdown(WRITTEN)) == WRITTEN


@pytest.mark.parametrize(
    ("kept", "markdown"),
    [
        ("<p>2 * 3 * 4 and [x] _y_</p>", r"2 \* 3 \* 4 and \[x\] \_y\_"),
        ('<p><a href="https://x.example/@wren">@wren</a> hello</p>', "@wren hello"),
        ("<p>a<br>b</p><p></p><p>c</p>", "a\nb\n\nc"),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc"),
        ("", ""),
        ("</li></a></blockquote>x", "x"),
    ],
)
def test_marks_are_escaped_and_blocks_stand_apart(kept, markdown):
    assert markdown_of(kept) == markdown


def test_nesting_however_deep_does_not_fail():
    deep = html.clean("<ul><li>" * 300 + "x" + "</li></ul>" * 300)
    assert markdown_of(deep).endswith("x")
