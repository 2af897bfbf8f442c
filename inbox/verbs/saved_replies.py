"""Saved replies and their texts in other languages are made, edited and deleted; each can be
undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_hub.lib.language_names import NAMES
from inbox.models import SavedReply
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, put_fields_back, verb
from team.models import Action, User
from team.trail_nouns import Noun
from team.verb_entry import Sentence

ON = "inbox.savedreply"
trail_nouns.register(
    ON,
    Noun(
        hidden=_("a private saved reply"),
        gone=_("a deleted saved reply"),
        named=_("the saved reply “%(name)s”"),
    ),
)
OF_ALL = ("title", "folder", "owner_id")  # what texts in other languages have from the first
OF_EACH = ("language", "text")


class LanguageTaken(Exception):
    """The reply has a text in that language already."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.language = language

    def __str__(self) -> str:
        if not self.language:
            return gettext("This reply already has a text for any language.")
        said = gettext("This reply already has a text in %(language)s.")
        return said % {"language": NAMES.get(self.language, self.language)}


@one_by_one
def _undo_create(action: Action, by: User) -> bool:
    made = Q(pk=action.object_id) | Q(variant_of=action.object_id)
    return bool(SavedReply.objects.current().filter(made).update(removed_at=timezone.now()))


@verb(
    "create",
    on=ON,
    right="can_reply",
    words=_("created %(object)s"),
    undo=_undo_create,
)
def create(*, by: User, **fields: Any) -> Changes:
    """`fields` as the model has them; `owner` is `by`, or None for one that is shared."""
    with transaction.atomic():
        made = SavedReply.objects.create(**fields)
        return actions.record("create", [made], by=by, after={"title": made.title})


def _added(batch: Sequence[Action]) -> dict[int, Sentence]:
    words = gettext("added a text in %(language)s to %(object)s")
    return _in_languages(batch, words)


@verb(
    "add-variant",
    on=ON,
    right="can_reply",
    words=_("added a text to %(object)s"),
    undo=_undo_create,
    details=_added,
)
def add_variant(reply: SavedReply, *, by: User, language: str, text: str) -> Changes:
    """What the reply says in another language. Raises LanguageTaken."""
    _require_theirs(reply, by)
    with transaction.atomic():
        first = _locked(reply.pk)
        if first is None:
            return Changes()  # somebody has just deleted it
        _require_free(first.pk, language)
        shared = {name: getattr(first, name) for name in OF_ALL}
        made = SavedReply.objects.create(variant_of=first, language=language, text=text, **shared)
        return actions.record("add-variant", [made], by=by, after={"language": language})


@one_by_one
def _undo_edit(action: Action, by: User) -> bool:
    first = _first_of(action.object_id)
    language = action.before.get("language")
    if language is not None and _is_taken(first, language, but=action.object_id):
        return False
    if not put_fields_back([action], by):
        return False
    _match_variants(first)
    return True


@verb(
    "edit",
    on=ON,
    right="can_reply",
    words=_("edited %(object)s"),
    undo=_undo_edit,
    lead_may_undo=True,
)
def edit(reply: SavedReply, *, by: User, **fields: Any) -> Changes:
    """Any of title, folder, language, text and owner, and of a text in another language the
    language and the text; no Changes where nothing differs. Raises LanguageTaken."""
    _require_theirs(reply, by)
    if "owner" in fields:
        owner = fields.pop("owner")
        fields["owner_id"] = owner.pk if owner else None
    with transaction.atomic():
        first = _locked(reply.variant_of_id or reply.pk)
        locked = first if first and first.pk == reply.pk else _locked(reply.pk)
        if first is None or locked is None:
            return Changes()  # somebody has just deleted it
        after = {name: value for name, value in fields.items() if getattr(locked, name) != value}
        if not after:
            return Changes()
        if "language" in after:
            _require_free(first.pk, after["language"], but=locked.pk)
        before = {name: getattr(locked, name) for name in after}
        SavedReply.objects.filter(pk=reply.pk).update(**after)
        _match_variants(first.pk)
        return actions.record("edit", [locked], by=by, before=before, after=after)


@one_by_one
def _undo_delete(action: Action, by: User) -> bool:
    if not put_fields_back([action], by):
        return False
    removed = SavedReply.objects.filter(variant_of=action.object_id, **action.after)
    removed.update(removed_at=None)
    return True


@verb(
    "delete",
    on=ON,
    right="can_reply",
    words=_("deleted %(object)s"),
    undo=_undo_delete,
    lead_may_undo=True,
)
def delete(reply: SavedReply, *, by: User) -> Changes:
    """With its texts in all languages."""
    _require_theirs(reply, by)
    now = timezone.now()
    with transaction.atomic():
        if _locked(reply.pk) is None:
            return Changes()
        its = Q(pk=reply.pk) | Q(variant_of=reply.pk)
        SavedReply.objects.current().filter(its).update(removed_at=now)
        after = {"removed_at": now.isoformat()}
        return actions.record("delete", [reply], by=by, before={"removed_at": None}, after=after)


@one_by_one
def _undo_remove_variant(action: Action, by: User) -> bool:
    taken = _is_taken(_first_of(action.object_id), action.after["language"])
    return not taken and bool(put_fields_back([action], by))


def _removed(batch: Sequence[Action]) -> dict[int, Sentence]:
    words = gettext("removed the text in %(language)s from %(object)s")
    return _in_languages(batch, words)


@verb(
    "remove-variant",
    on=ON,
    right="can_reply",
    words=_("removed a text from %(object)s"),
    undo=_undo_remove_variant,
    lead_may_undo=True,
    details=_removed,
)
def remove_variant(variant: SavedReply, *, by: User) -> Changes:
    """One of the texts in other languages."""
    _require_theirs(variant, by)
    now = timezone.now()
    its = SavedReply.objects.current().filter(pk=variant.pk, variant_of__isnull=False)
    with transaction.atomic():
        if not its.update(removed_at=now):
            return Changes()
        before, after = {"removed_at": None}, {"removed_at": now.isoformat()}
        after["language"] = variant.language
        return actions.record("remove-variant", [variant], by=by, before=before, after=after)


@one_by_one
def _undo_remove_first(action: Action, by: User) -> bool:
    first, was = _first_of(action.object_id), action.before
    if _is_taken(first, was["language"], but=first):
        return False
    unchanged = {name: action.after[name] for name in was}
    if not SavedReply.objects.filter(pk=first, **unchanged).update(**was):
        return False
    SavedReply.objects.filter(pk=action.after["next"]).update(removed_at=None)
    return True


def _removed_first(batch: Sequence[Action]) -> dict[int, Sentence]:
    words = gettext("removed the text in %(language)s from %(object)s")
    return _in_languages(batch, words, "before")


@verb(
    "remove-first",
    on=ON,
    right="can_reply",
    words=_("removed the first text from %(object)s"),
    undo=_undo_remove_first,
    lead_may_undo=True,
    details=_removed_first,
)
def remove_first(reply: SavedReply, *, by: User) -> Changes:
    """The first text: the next one takes its place. No Changes where there is no other."""
    _require_theirs(reply, by)
    with transaction.atomic():
        first = _locked(reply.pk)
        others = SavedReply.objects.current().filter(variant_of=reply.pk).order_by("language")
        following = others.select_for_update().first()
        if first is None or following is None:
            return Changes()
        before, after = ({n: getattr(it, n) for n in OF_EACH} for it in (first, following))
        SavedReply.objects.filter(pk=following.pk).update(removed_at=timezone.now())
        SavedReply.objects.filter(pk=first.pk).update(**after)
        after["next"] = following.pk
        return actions.record("remove-first", [first], by=by, before=before, after=after)


# Below the verbs ---------------------------------------------------------------------------------


def _require_theirs(reply: SavedReply, by: User) -> None:
    """Nobody changes what a colleague keeps for themselves. Raises PermissionDenied."""
    if reply.owner_id not in (None, by.pk):
        raise PermissionDenied


def _locked(pk: int) -> SavedReply | None:
    """None where it was deleted."""
    return SavedReply.objects.current().select_for_update().filter(pk=pk).first()


def _first_of(pk: int) -> int:
    """The id of the first text of the reply that a text belongs to; it is locked."""
    its = SavedReply.objects.filter(pk=pk)
    first: int = its.values_list(Coalesce("variant_of", "pk"), flat=True).get()
    SavedReply.objects.select_for_update().filter(pk=first).get()
    return first


def _require_free(first: int, language: str, *, but: int = 0) -> None:
    if _is_taken(first, language, but=but):
        raise LanguageTaken(language)


def _is_taken(first: int, language: str, *, but: int = 0) -> bool:
    """Whether another text of the reply than `but` is in that language."""
    texts = SavedReply.objects.current().filter(Q(pk=first) | Q(variant_of=first))
    return texts.filter(language=language).exclude(pk=but).exists()


def _match_variants(first: int) -> None:
    fields = SavedReply.objects.filter(pk=first).values(*OF_ALL).get()
    SavedReply.objects.filter(variant_of=first).update(**fields)


def _in_languages(
    batch: Sequence[Action], words: str, side: Literal["before", "after"] = "after"
) -> dict[int, Sentence]:
    names = {action.pk: getattr(action, side)["language"] for action in batch}
    return {pk: Sentence(words, {"language": NAMES.get(code, code)}) for pk, code in names.items()}
