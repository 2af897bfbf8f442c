"""Every template of ours compiles: a typo in one that few people see is found here."""

import re
import subprocess
import sys
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
    wanted = "jinja2" if name.endswith(".jinja") else "django"
    template = get_template(name, using=wanted)
    assert template.backend is engines[wanted]


LONGEST = 160  # characters: a diff of what is longer cannot be read


def test_no_line_of_a_template_is_too_long():
    long = [
        f"{folder.relative_to(ROOT) / name}:{number} has {len(line)}"
        for folder in FOLDERS
        for name in NAMES
        if name.endswith((".html", ".jinja", ".txt")) and (folder / name).exists()
        for number, line in enumerate((folder / name).read_text().splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []


def test_every_mail_has_a_template_of_text_and_one_of_html():
    found = re.compile(r"(.+/email/(?!_)[^/]+(?<!_subject))\.(txt|html)")
    mails = {found.fullmatch(name).groups() for name in NAMES if found.fullmatch(name)}
    both = {(mail, kind) for mail, _ in mails for kind in ("txt", "html")}
    assert len(both) >= 8
    assert mails == both


def test_the_stylesheets_are_formatted():
    script = ROOT / "scripts" / "format_css.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run scripts/format_css.py for: {done.stdout}{done.stderr}"
