"""Names that stand for nobody: "Anonymous", "Guest", "[deleted]", in many languages.

Whoever is known by such a name alone is nobody: messages of many people carry it, so it must
never become one account or one member. Platforms that number their accounts are another matter:
there the number is the person, whatever the name says.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# The forms that forum and blog software writes in these languages, without brackets and numbers.
_LISTS = {
    "en": """anonymous, anonymous user, anonymous coward, anonymous reader, an anonymous reader,
        anonymous guest, anonymous author, anon, guest, guest user, a guest, visitor, unregistered,
        unregistered user, unregistered guest, deleted, deleted user, deleted account,
        deleted member, deleted author, user deleted, account deleted, former user, former member,
        removed, removed user, suspended user, banned user, inactive user, unknown, unknown user,
        unknown author, author unknown, unknown member, nobody, no name, noname, no author,
        unnamed, name withheld, none, null, undefined, n/a, not available, not specified,
        somebody, someone""",
    "ar": "مجهول, مجهول الهوية, زائر, ضيف, غير معروف, مستخدم محذوف, بدون اسم",
    "bg": "анонимен, гост, неизвестен, изтрит потребител",
    "ca": "anònim, convidat, visitant, desconegut, usuari eliminat",
    "cs": "anonym, anonymní, anonymní uživatel, host, neznámý, smazaný uživatel, návštěvník",
    "da": "anonym, gæst, ukendt, slettet bruger",
    "de": """anonym, anonymer, anonymer benutzer, anonymer nutzer, gast, besucher, unbekannt,
        unbekannter benutzer, unbekannter autor, namenlos, ohne namen, nicht registriert,
        unregistriert, gelöscht, gelöschter benutzer, gelöschter nutzer, gelöschtes konto,
        gelöschtes mitglied, ehemaliger benutzer, ehemaliges mitglied""",
    "el": "ανώνυμος, ανώνυμη, επισκέπτης, άγνωστος, διαγραμμένος χρήστης",
    "es": """anónimo, anónima, usuario anónimo, invitado, visitante, desconocido, sin nombre,
        eliminado, usuario eliminado, cuenta eliminada, usuario borrado, no registrado""",
    "et": "anonüümne, külaline, tundmatu",
    "fa": "ناشناس, مهمان, کاربر ناشناس, کاربر حذف شده, بی نام",
    "fi": "anonyymi, nimetön, vieras, vierailija, tuntematon, poistettu käyttäjä",
    "fr": """anonyme, utilisateur anonyme, invité, visiteur, inconnu, auteur inconnu, sans nom,
        supprimé, utilisateur supprimé, compte supprimé, membre supprimé, ancien membre,
        non inscrit""",
    "he": "אנונימי, אורח, משתמש אנונימי, לא ידוע, משתמש שנמחק",
    "hi": "बेनामी, अज्ञात, अनाम, अतिथि, गुमनाम",
    "hr": "anoniman, anonimno, gost, nepoznat, obrisani korisnik",
    "hu": "névtelen, anonim, vendég, ismeretlen, törölt felhasználó, látogató",
    "id": "anonim, tamu, pengunjung, tidak diketahui, pengguna yang dihapus",
    "it": """anonimo, anonima, utente anonimo, ospite, visitatore, sconosciuto, senza nome,
        utente eliminato, utente cancellato, account eliminato, non registrato""",
    "ja": """匿名, 匿名希望, 匿名ユーザー, 名無し, 名無しさん, 名無しのゴンベエ,
        ゲスト, ビジター, 不明, 通りすがり, 退会済みユーザー, 退会したユーザー,
        削除済み, 削除済みユーザー, 削除されたユーザー""",
    "ko": """익명, 익명 사용자, 손님, 게스트, 방문자, 비회원, 알 수 없음, 탈퇴한 사용자,
        탈퇴한 회원, 삭제된 사용자""",
    "lt": "anonimas, svečias, nežinomas",
    "lv": "anonīms, viesis, nezināms",
    "nb": "anonym, gjest, ukjent, slettet bruker, slettet konto",
    "nl": """anoniem, anonieme gebruiker, gast, bezoeker, onbekend, onbekende gebruiker, naamloos,
        verwijderd, verwijderde gebruiker, verwijderd account, oud lid""",
    "pl": """anonim, anonimowy, anonimowy użytkownik, gość, nieznany, bez nazwy,
        niezarejestrowany, usunięty, usunięty użytkownik, konto usunięte, użytkownik usunięty""",
    "pt": """anônimo, anónimo, anônima, usuário anônimo, utilizador anónimo, convidado, visitante,
        desconhecido, sem nome, excluído, usuário excluído, usuário removido, conta excluída,
        utilizador eliminado, conta eliminada""",
    "ro": "anonim, vizitator, oaspete, invitat, necunoscut, utilizator șters",
    "ru": """аноним, анонимно, анонимный, анонимный пользователь, анонимус, гость, посетитель,
        неизвестный, неизвестно, без имени, незарегистрированный, удалён, удалённый пользователь,
        пользователь удалён, удалённый аккаунт""",
    "sk": "anonym, anonymný, hosť, neznámy, zmazaný používateľ",
    "sl": "anonimno, anonimen, gost, neznan",
    "sr": "аноним, анониман, гост, непознат, обрисани корисник",
    "sv": "anonym, anonym användare, gäst, besökare, okänd, borttagen användare, raderad användare",
    "th": "ไม่ระบุชื่อ, บุคคลทั่วไป, นิรนาม, ผู้เยี่ยมชม, ผู้ใช้ที่ถูกลบ",
    "tr": "anonim, adsız, isimsiz, misafir, ziyaretçi, konuk, bilinmeyen, silinmiş kullanıcı",
    "uk": """анонім, анонімно, анонімний, гість, відвідувач, невідомий, без імені,
        видалений користувач, користувача видалено""",
    "vi": "ẩn danh, nặc danh, khách, vô danh, không rõ, người dùng đã xóa",
    "zh": """匿名, 匿名用户, 匿名用戶, 匿名使用者, 游客, 遊客, 访客, 訪客, 路人, 佚名, 无名氏,
        未知, 未知用户, 已删除, 已删除用户, 已刪除使用者, 已注销, 已注销用户,
        用户已注销, 帐号已注销, 账号已注销""",
}
_LONGEST = 60  # characters; a longer name is somebody's text
_WRAPPING = " \t\n\"'`«»“”„‘’()[]{}<>〈〉《》「」【】*.,:;!·•~-–—_/\\|"
_REDDIT = re.compile(r"^/?u/")
_BETWEEN = re.compile(r"[\s_.\-]+")
_NUMBER = re.compile(r"[\s#]*\d+$")


@lru_cache(maxsize=4096)  # the same people write again and again
def is_placeholder(name: str) -> bool:
    """Whether a name names nobody, however it is written: "[deleted]", "/u/[deleted]",
    "Guest_1234", "ANÓNIMO", "???". An empty name is no name at all: False."""
    if not name.strip() or len(name) > _LONGEST:
        return False
    if not any(letter.isalnum() for letter in name):
        return True
    return _folded(name) in _NAMES


def _folded(name: str) -> str:
    """Lower case, without accents, wrapping, a leading "@" or "u/", and a number at the end."""
    if name.isascii():
        name = name.lower()
    else:
        name = unicodedata.normalize("NFKD", name).casefold()
        name = "".join(letter for letter in name if not unicodedata.combining(letter))
    name = _REDDIT.sub("", name.strip()).lstrip("@").strip(_WRAPPING)
    name = _BETWEEN.sub(" ", name)
    return _NUMBER.sub("", name).strip(_WRAPPING)


_NAMES = frozenset(
    _folded(name) for names in _LISTS.values() for name in names.replace("\n", " ").split(",")
)
