"""Days without a year: as they are typed, counted down to, and looked for."""

from datetime import date

import pytest

from members import day_of_year
from members.day_of_year import NotADay


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12 March", 312),
        ("  march  12th ", 312),
        ("12. mar.", 312),
        ("1st of May", 501),
        ("12.3.", 312),
        ("29 February", 229),
        ("12-31", 1231),
        ("--03-12", 312),
        ("sept 5", 905),
        ("", None),
        ("  ", None),
    ],
)
def test_a_day_is_read_as_people_write_it(typed, number):
    assert day_of_year.parse(typed) == number


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12 March 1984", "Leave out the year"),
        ("1984-03-12", "Leave out the year"),
        ("12.3.84", "Leave out the year"),
        ("30 February", "February has no day 30"),
        ("31.11.", "November has no day 31"),
        ("0 May", "May has no day 0"),
        ("13-13", "twelve months"),
        ("3/12", "Write it as 12 March"),
        ("soon", "Write it as 12 March"),
        ("12 Smarch", "Write it as 12 March"),
    ],
)
def test_what_is_no_day_or_has_a_year_is_refused_with_a_sentence(typed, said):
    with pytest.raises(NotADay, match=said):
        day_of_year.parse(typed)


def test_every_day_of_a_leap_year_is_written_as_it_is_read():
    days = [number for month in range(1, 13) for number in range(month * 100 + 1, month * 100 + 29)]
    for number in [*days, 229, 131, 1231]:
        assert day_of_year.parse(day_of_year.words(number)) == number


@pytest.mark.parametrize(
    ("today", "number", "words"),
    [
        (date(2026, 11, 30), 1130, "today"),
        (date(2026, 11, 30), 1201, "tomorrow"),
        (date(2026, 12, 30), 104, "in 5 days"),
        (date(2026, 11, 30), 1230, "in 30 days"),
        (date(2026, 11, 30), 1231, ""),
        (date(2026, 11, 30), 1129, ""),
        (date(2027, 2, 28), 229, "today"),
        (date(2027, 3, 1), 229, ""),
        (date(2028, 2, 28), 229, "tomorrow"),
        (date(2028, 2, 29), 229, "today"),
    ],
)
def test_the_29th_of_february_is_the_28th_where_there_is_no_other(today, number, words):
    assert day_of_year.countdown(number, today) == words


def test_days_between_two_dates_go_round_the_year():
    between = day_of_year.between
    assert between(date(2026, 12, 28), date(2027, 1, 3)) == [(2026, 1228, 1231), (2027, 101, 103)]
    assert between(date(2027, 2, 28), date(2027, 2, 28)) == [(2027, 228, 229)]
    assert between(date(2028, 2, 28), date(2028, 2, 28)) == [(2028, 228, 228)]
    assert between(date(2027, 3, 1), date(2027, 3, 1)) == [(2027, 301, 301)]
    assert between(date(2026, 5, 1), date(2036, 5, 1)) == [(2026, 501, 1231), (2027, 101, 501)]
