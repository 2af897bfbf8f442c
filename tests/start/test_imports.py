"""The contracts of import-linter hold what is written tomorrow, too."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("community_hub", "inbox", "members", "team", "sandbox")
CONTRACT = "Connectors translate, they never store"


@pytest.mark.parametrize("stores", ["inbox.models", "members.models", "team.models"])
def test_a_new_connector_that_stores_breaks_the_contract(tmp_path, stores):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_modules)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert f"{CONTRACT} KEPT" in linted(tmp_path)
    new = tmp_path / "inbox/connectors/newone"
    new.mkdir()
    (new / "__init__.py").touch()
    (new / "connector.py").write_text(f"import {stores}\n")
    assert f"{CONTRACT} BROKEN" in linted(tmp_path)


def only_modules(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if not n.endswith(".py") and not (Path(folder) / n).is_dir()]


def linted(folder: Path) -> str:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
