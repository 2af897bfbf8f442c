"""What settings read from the environment: lists, flags and addresses of servers."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def database(url: str, session: dict[str, object]) -> dict[str, object]:
    """Django's setting from postgres://user:password@host:port/name?host=/socket/folder.

    `session`: PostgreSQL's own settings by name, for every connection."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    port = options.pop("port", str(parts.port or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": int(os.environ.get("DATABASE_CONN_MAX_AGE", "300")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # For lib/prepared_sql.py alone. Off where a pooler stands between that gives each
            # transaction another connection and does not know of prepared statements.
            "prepare_threshold": 5 if env_flag("DATABASE_PREPARE", True) else None,
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
            **options,
        },
    }


def broker(url: str) -> str:
    """Celery's words for a Redis URL: for a socket it wants another scheme and another query."""
    if not url.startswith("unix://"):
        return url
    parts = urlsplit(url)
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"
