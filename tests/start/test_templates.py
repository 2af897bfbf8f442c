"""Every template of ours compiles: a typo in one that few people see is found here."""

from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "templates", *ROOT.glob("*/templates"), *ROOT.glob("inbox/**/templates")]
NAMES = sorted(
    {
        str(path.relative_to(folder))
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.is_file()
    }
)


def test_there_are_templates():
    assert len(NAMES) > 20


@pytest.mark.parametrize("name", NAMES)
def test_the_template_compiles(name):
    template = get_template(name)
    assert template.backend is engines["django"]
