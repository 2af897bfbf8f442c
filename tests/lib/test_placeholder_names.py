"""Names that stand for nobody, and names that are somebody's."""

import pytest

from community_hub.lib.placeholder_names import is_placeholder


@pytest.mark.parametrize(
    "name",
    [
        "Anonymous", "anonymous", "ANONYMOUS ", "Anonymous Coward", "Guest", "Guest 12",
        "guest_4711", "Guest#5", "[deleted]", "/u/[deleted]", "u/[removed]",
        "(deleted user)", "«Guest»", "@guest", "Deleted_User", "deleted-account", "Gast",
        "Gelöschter Benutzer", "geloschter benutzer", "Invité", "Utilisateur supprimé",
        "Anónimo", "ANONIMO", "Usuario eliminado", "Ospite", "Convidado",
        "Usuário excluído", "Anoniem", "Gäst", "Gość", "Гость", "Удалённый пользователь",
        "Аноним", "Ανώνυμος", "אנונימי", "مجهول", "बेनामी", "匿名", "名無しさん", "游客",
        "账号已注销",
        "익명", "ẩn danh", "ไม่ระบุชื่อ", "Misafir", "???", "—", "n/a",
    ],
)  # fmt: skip
def test_these_names_are_nobodys(name):
    assert is_placeholder(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ada", "Christopher Guest", "guestbook fan", "Anna Nym", "Anonymous Band", "Gasthof", "12",
        "", "  ", "Unknown Mortal Orchestra", "李", "Guest " * 20, "Nil", "deleted scenes",
    ],
)  # fmt: skip
def test_these_names_may_be_somebodys(name):
    assert not is_placeholder(name)
