"""What the search makes of a text: the same in Python and in the database."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from community_hub.lib.search_text import search_text


def in_database(text):
    with connection.cursor() as cursor:
        cursor.execute("select hub_search_text(%s)", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crash in bar 12", "Crash in bar 12"),
        ("Müller, café", "Muller  cafe"),
        ("größer Ærø Łódź", "grosser AEro Lodz"),
        ("Ｆｕｌｌ ﬁt", "Full fit"),
        ("@lena@music.example", " lena music example"),
        ("https://a.example/b_(c)", "https   a example b  c "),
        ("мой ёж", "мой ёж"),
        ("σήμερα", "σημερα"),
        ("壊れた", " 壊  れ  た "),
        ("기타를", " 기  타  를 "),
        ("مُحَمَّد", "محمد"),
        ("soft\u00adware", "software"),
    ],
)
def test_what_is_left_of_a_text(text, expected):
    assert search_text(text) == expected


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\0"))
    | st.text("aAéßøǿ ﷺأآ가が壊ก็ʼ'’/@.\u0301\u0653\u200b", max_size=30)
)
@example("Łódź, ÆSIR, ẞ ﬁ が ガ 가 ① Ⅳ")
def test_the_database_makes_the_same_of_it(text):
    assert in_database(text) == search_text(text)
