"""What the documentation names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = "community_hub|inbox|members|team|sandbox|scripts|tests"
OF_OTHERS = {"tests/test_guestbook.py"}  # of the package that docs/connectors.md writes


def test_every_file_that_is_named_exists():
    missing = [
        f"{page.name}: {path}"
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for path in re.findall(rf"\b(?:{APPS})/[\w/]+\.(?:py|md|css|js)\b", page.read_text())
        if path not in OF_OTHERS and not (ROOT / path).exists()
    ]
    assert missing == []
