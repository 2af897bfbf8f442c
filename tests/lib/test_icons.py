"""Icons are what lucide draws, from an archive that is opened once."""

from __future__ import annotations

import pytest
from lucide.templatetags.lucide import lucide

from community_hub.lib import icons


@pytest.mark.parametrize("name", ["inbox", "message-circle", "circle-alert", "a-arrow-down"])
def test_an_icon_is_what_lucides_own_tag_draws(name: str) -> None:
    own = lucide(name, size=16, aria_hidden="true", **{"class": "icon small"})
    assert icons.draw(name, 16, **{"aria-hidden": "true", "class": "icon small"}) == own


def test_two_drawings_of_one_icon_have_nothing_of_each_other() -> None:
    assert 'class="first"' in icons.draw("inbox", 16, **{"class": "first"})
    assert "first" not in icons.draw("inbox", 20, title="second")


@pytest.mark.parametrize("name", ["", "no-such-icon", "../inbox"])
def test_an_icon_that_is_not_there_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        icons.draw(name, 16)
