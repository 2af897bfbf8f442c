"""Ask a running hub how it is: `python -m community_hub.runtime.probe database redis`.

For the health checks of docker-compose.yml, and for `up`. Knows no Django: it starts in a moment.
Exits 0 when all named parts (without names: all there are) are well.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit


def ask(here: str, url: str, *, timeout: float = 5) -> dict[str, Any] | None:
    """What /healthz says; None while nobody answers.

    here: where the server listens. url: the HUB_URL, under whose name it wants to be called.
    """
    request = urllib.request.Request(  # noqa: S310 - an address of our own
        f"{here}/healthz", headers={"Host": urlsplit(url).netloc, "X-Forwarded-Proto": "https"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()  # 503 has the same JSON
    except OSError:
        return None
    try:
        found: dict[str, Any] = json.loads(body)
    except json.JSONDecodeError:
        return None
    return found


def ill(health: dict[str, Any], parts: list[str]) -> list[str]:
    names = parts or [name for name in health if name != "ok"]
    return [name for name in names if not health.get(name, {}).get("ok")]


def main() -> int:
    here = os.environ.get("HEALTH_AT", "http://127.0.0.1:8000")
    health = ask(here, os.environ.get("HUB_URL", here))
    if health is None:
        print(f"Nobody answers at {here}/healthz.")
        return 1
    if names := ill(health, sys.argv[1:]):
        print(f"Not well: {', '.join(names)}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
