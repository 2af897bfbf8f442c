"""Members by the words of their names, and of the handles and names of their accounts.

PostgreSQL can't tell how many names have words that begin so, and reads every member where it takes
them for many. So a list first asks who they are. Few of them are a condition on ids; of many, those
that stand first in whatever order are found soon by looking at one row after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchVectorExact
from django.db.models import (
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan, IsNull, LessThanOrEqual

from community_hub.lib.prepared_sql import as_array
from community_hub.lib.search_text import search_text
from team.models import User

from .models import Identity, Member
from .models.identity import IdentityQuerySet
from .models.member import MemberQuerySet, has_id, has_own_id, is_any_in
from .models.name_words import account_words, name_words
from .models.scopes import hidden_scopes, rows_as_seen_by

MOST_WORDS = 10  # in a name or an address somebody would type
FEW = 10_000  # members, or accounts, that are named so
FEW_NAMED = 1_000  # who are found by their ids, of whom it is asked whether they may be seen
LATELY = 200  # members, those seen last, who are looked at first


def members_named(typed: Sequence[str], user: User) -> MemberQuerySet:
    """Whom this reader may see and whose name, or one account's handle and name, has words that
    begin like each of what was typed. Nobody, of nothing and of more words than a name has."""
    begun = _all_begun(typed)
    if not begun:
        return Member.objects.none()
    return Member.objects.visible_to(user).filter(pk__in=_named(begun, user))


def members_called(typed: Sequence[str]) -> MemberQuerySet:
    """The same by their names alone, without those of accounts, and whoever may see them: for a
    query that asks for that itself."""
    begun = _all_begun(typed)
    return _by_name(_wanted(begun)) if begun else Member.objects.none()


def are_a_name(typed: Sequence[str], user: User, *, most: int) -> bool:
    """Is there anybody of members_named()? Not for words that more than about `most` members or
    accounts are called by: those are not read."""
    begun = _all_begun(typed)
    if not begun:
        return False
    wanted = _wanted(begun)
    for found in (_by_name(wanted), _by_account(wanted, None)):
        if len(found.order_by().values_list("pk")[: most + 1]) > most:
            return False
    return members_named(typed, user).exists()


def accounts_named(
    typed: Sequence[str], phrases: Sequence[str], user: User, *, most: int
) -> list[int]:
    """The ids of the accounts, as far as this reader may see them, of members_named(), in whose
    names the words of each phrase stand as they are written: of the `most` who were seen last."""
    begun = _all_begun(typed, phrases)
    if not begun:
        return []
    return rows_as_seen_by(
        user,
        ("accounts named", most),
        lambda reader, begun: _accounts_of_the_last(reader, begun, most),
        begun=begun,
    )


def names_offered(typed: Sequence[str], user: User, *, most: int) -> list[tuple[str, str]]:
    """The name and a handle, "" where there is none, of `most` of members_named(), those seen last,
    as far as this reader may see them.

    Of a beginning that many have, they are found among those seen last, and of others among those
    with the name; of these few is asked whether the reader may see them."""
    begun = _all_begun(typed)
    if not begun:
        return []
    reading = "names offered"
    for pks in _candidates(begun, user):
        found = rows_as_seen_by(
            user,
            (reading, "of a few", most),
            lambda reader, begun, pks: _names_of_a_few(reader, begun, pks, most),
            begun=begun,
            pks=as_array(pks),
        )
        if len(found) == most or len(pks) < LATELY:
            return found
    return rows_as_seen_by(
        user,
        (reading, most),
        lambda reader, begun: _names_of_the_last(reader, begun, most),
        begun=begun,
    )


def _candidates(begun: str, user: User) -> Iterator[list[int]]:
    """Ids of members of whom nobody that was seen later is to be offered."""
    there = Member.objects.filter(erased_at__isnull=True).order_by("-last_seen", "-pk")
    yield list(there.values_list("pk", flat=True)[:LATELY])
    if hidden_scopes(user) is not None:
        named = there.filter(pk__in=_named(begun, None))
        yield list(named.values_list("pk", flat=True)[:LATELY])


def _names_of_a_few(reader: User | None, begun: str, pks: str, most: int) -> QuerySet[Any, Any]:
    accounts, members = _seen_by(reader)
    few = members.filter(has_id(pks)).filter(_is_named(begun, accounts))
    return _with_handles(few, accounts)[:most]


def _names_of_the_last(reader: User | None, begun: str, most: int) -> QuerySet[Any, Any]:
    accounts, members = _seen_by(reader)
    return _with_handles(members.filter(pk__in=_named(begun, reader)), accounts)[:most]


def _with_handles(members: MemberQuerySet, accounts: IdentityQuerySet) -> QuerySet[Any, Any]:
    theirs = accounts.filter(member=OuterRef("pk")).exclude(handle="").order_by("pk")
    first = Coalesce(Subquery(theirs.values("handle")[:1]), Value(""))
    return members.order_by("-last_seen", "-pk").values_list("name", first)


def _accounts_of_the_last(reader: User | None, begun: str, most: int) -> QuerySet[Any, int]:
    accounts, members = _seen_by(reader)
    last = members.order_by("-last_seen", "-pk").values("pk")
    named = last.filter(pk__in=_named(begun, reader))[:most]
    if reader:
        named = _few_first(last, begun, reader, most)
    return accounts.filter(member__in=named).values_list("pk", flat=True)


def _few_first(last: Any, begun: str, reader: User, most: int) -> QuerySet[Any, Any]:
    """The same of somebody from whom something is hidden. Whether it is who was seen last is asked
    of those alone who have the name, where they are few; else PostgreSQL asks it of everybody."""
    wanted = _wanted(begun)
    some = _by_name(wanted).values("pk")
    some = some.union(_by_account(wanted, reader).values("member"), all=True)
    ids = ArraySubquery(some[: FEW_NAMED + 1])
    count = Func(ids, function="cardinality", output_field=IntegerField())
    few = last.filter(LessThanOrEqual(count, FEW_NAMED), is_any_in("pk", ids))[:most]
    many = last.filter(GreaterThan(count, FEW_NAMED), pk__in=_named(begun, reader))[:most]
    return few.union(many, all=True)


def _seen_by(reader: User | None) -> tuple[IdentityQuerySet, MemberQuerySet]:
    """`reader`: None where nothing is hidden from them."""
    if reader:
        return Identity.objects.visible_to(reader), Member.objects.visible_to(reader)
    return Identity.objects.all(), Member.objects.filter(erased_at__isnull=True)


def _named(begun: str, user: User | None) -> QuerySet[Any, Any]:
    """Ids of members."""
    wanted = _wanted(begun)
    return _by_name(wanted).values("pk").union(_by_account(wanted, user).values("member"))


def conditions(terms: Iterable[str], user: User) -> dict[str, Q]:
    """On members with `seen_at`, for each term: whose name, or an account's handle and name that
    this reader may see, has the words of the term one after the other; of the last its beginning
    will do. One query. Nobody, for a term without words or with more than a name has."""
    queries = {term: _following(_words(term)) for term in terms}
    asked = sorted({query for query in queries.values() if query})
    few = _few(asked, user) if asked else {}
    return {
        term: has_own_id(few[query]) if query in few else _row_by_row(query, user)
        for term, query in queries.items()
    }


def condition(term: str, user: User) -> Q:
    """The same of one, without a query; PostgreSQL looks at one row after the other."""
    return _row_by_row(_following(_words(term)), user)


def _words(typed: str) -> list[str]:
    words = search_text(typed).split()
    return words if len(words) <= MOST_WORDS else []


def _all_begun(typed: Sequence[str], phrases: Sequence[str] = ()) -> str:
    """As to_tsquery() reads it; "" of no words, and of more than a name has."""
    if not _words(" ".join([*typed, *phrases])):
        return ""
    begun = [f"'{word}':*" for word in _words(" ".join(typed))]
    whole = [_following(_words(phrase)).removesuffix(":*") for phrase in phrases]
    return " & ".join([*begun, *filter(None, whole)])


def _following(words: Sequence[str]) -> str:
    """As to_tsquery() reads it; "" of no words."""
    return " <-> ".join(f"'{word}'" for word in words) + ":*" if words else ""


def _wanted(query: str) -> SearchQuery:
    return SearchQuery(query, config="simple", search_type="raw")


def _by_name(wanted: SearchQuery) -> MemberQuerySet:
    return Member.objects.alias(words=name_words()).filter(words=wanted)


def _by_account(wanted: SearchQuery, user: User | None) -> IdentityQuerySet:
    accounts = Identity.objects.visible_to(user) if user else Identity.objects.all()
    return accounts.alias(words=account_words()).filter(words=wanted)


def _few(queries: Sequence[str], user: User) -> dict[str, str]:
    """The ids of the members of each query, as PostgreSQL writes an array, without those queries
    that have too many."""
    values = {f"query{number}": query for number, query in enumerate(queries)}
    (arrays,) = rows_as_seen_by(user, ("named", len(queries)), _ids, **values)
    found = [array.strip("{}").split(",") for array in arrays]
    return {
        query: f"{{{','.join(filter(None, {*by_name, *by_account}))}}}"
        for query, by_name, by_account in zip(queries, found[::2], found[1::2], strict=True)
        if len(by_name) <= FEW and len(by_account) <= FEW
    }


def _ids(reader: User | None, **queries: str) -> QuerySet[Any, Any]:
    """One row with two arrays of ids of members for each query, those whose name it finds and those
    whose accounts; one more than FEW in each. Arrays, as 20,000 rows took 25 ms to read. `reader`:
    None where nothing is hidden from them."""
    arrays = [
        Cast(ArraySubquery(rows.order_by().values(pk)[: FEW + 1]), TextField())
        for wanted in map(_wanted, queries.values())
        for rows, pk in ((_by_name(wanted), "pk"), (_by_account(wanted, reader), "member_id"))
    ]
    return User.objects.order_by().values_list(*arrays)[:1]  # of anybody: whoever asks is one


def _row_by_row(query: str, user: User) -> Q:
    """As a subquery that PostgreSQL works out for the rows it looks at, never for all of them."""
    if not query:
        return Q(pk__in=[])
    accounts = Identity.objects.visible_to(user)
    return _is_named(query, accounts)


def _is_named(query: str, accounts: IdentityQuerySet) -> Q:
    wanted = _wanted(query)
    theirs = accounts.alias(words=account_words()).filter(words=wanted, member=OuterRef("pk"))
    return Q(SearchVectorExact(name_words(), wanted)) | Q(
        IsNull(Subquery(theirs.values("pk")[:1]), False)
    )
