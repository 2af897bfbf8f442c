"""docs/connectors.md is true: the package and the commands on the page run as they are written."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "connectors.md").read_text()
TOML = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
CONNECTOR, TEST = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[:2]
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[0].splitlines()


@pytest.fixture
def package(tmp_path):
    """The package of the page in a folder of its own, with a .venv/bin that leads to this one's."""
    for name, text in {
        "pyproject.toml": TOML,
        "hub_guestbook/__init__.py": "",
        "hub_guestbook/connector.py": CONNECTOR,
        "tests/test_guestbook.py": TEST,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    install_metadata(tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    return tmp_path


def install_metadata(folder):
    """What `pip install -e .` writes of the package: its name and its entry points."""
    project = tomllib.loads(TOML)["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines))


def run(command, folder):
    """One line of the page, as its reader types it. What is installed is found by PYTHONPATH."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    env |= {"PYTHONPATH": f"{folder}:{ROOT}", "COLUMNS": "100"}
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )


def test_the_commands_of_the_page_run_the_contract(package):
    done = run(COMMANDS[-1], package)
    assert done.returncode == 0, done.stdout + done.stderr
    passed, skipped = re.search(r"(\d+) passed, (\d+) skipped", done.stdout).groups()
    assert f"{passed} passed and {skipped} skipped" in PAGE.replace("\n", " ")


def test_a_contract_that_ran_nothing_fails(package):
    tests = package / "tests" / "test_guestbook.py"
    starts = "        with SampleServer() as site:"
    tests.write_text(TEST.replace(starts, f"        pytest.skip('no server')\n{starts}"))
    done = run(COMMANDS[-1], package)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The contract ran nothing" in done.stdout


def test_what_the_page_installs_is_what_the_project_offers():
    installs = shlex.split(COMMANDS[1])
    extra = next(re.findall(r"\[(\w+)\]", word)[0] for word in installs if "[" in word)
    offered = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert extra in offered["optional-dependencies"]
    (ini,) = (tomllib.loads(TOML)["tool"]["pytest"]["ini_options"],)
    assert ini["addopts"] == "-p community_hub.testing"
