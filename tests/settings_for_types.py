"""The settings as mypy's Django plugin imports them: no server is asked, so any address will do."""

import os

for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
    os.environ.setdefault(name, "postgres://nobody@nowhere/nothing")

from community_hub.settings import *  # noqa: E402, F403 - after the environment is there
