"""What is made at first use otherwise, by each process anew: made once, before they are forked.

Nothing here may connect or start a thread: both break by a fork.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_backends
from django.template import Engine, engines

from community_hub.lib import crypto, icons, language, query
from inbox.connectors import registry


def warm_up() -> None:
    """What workers and web need: connectors, what decrypts credentials (the library behind it
    wants 4 MB), what reads queries."""
    registry.installed()
    if settings.CREDENTIAL_KEYS:
        crypto.decrypt_json(crypto.encrypt_json({}))
    query.parse("words is:open")


def warm_up_workers() -> None:
    warm_up()
    language.detected("Which language a text is in")  # reads the model


def warm_up_web() -> None:
    warm_up()
    get_backends()
    _ = Engine.get_default().template_context_processors
    compile_templates()
    icons.draw("inbox", 16)  # reads the archive


def compile_templates() -> None:
    """All of them, a quarter of a second: else each worker would keep its own."""
    root = settings.BASE_DIR / "templates"
    for name, pattern in (("django", "*.html"), ("jinja2", "*.jinja")):
        for path in root.rglob(pattern):
            engines[name].get_template(str(path.relative_to(root)))
