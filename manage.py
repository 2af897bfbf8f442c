#!/usr/bin/env python
"""Django's command line, with PostgreSQL and Redis started or joined when none are configured."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_hub.settings")
    try:
        from django.core.management import execute_from_command_line

        from community_hub.runtime import embedded
    except ImportError as error:
        raise SystemExit(
            f"{error}. Run it through uv, which installs what is missing:\n"
            "  pip install uv && uv run manage.py up --demo"
        ) from error
    try:
        embedded.ensure()
        if sys.argv[1:2] != ["up"]:
            embedded.take_address()
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        raise SystemExit(130) from None  # what shells expect of a Ctrl-C; it needs no traceback


if __name__ == "__main__":
    main()
