"""What only takes memory is not loaded, and nothing is compiled by who keeps the holes."""

import os
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from community_hub.management.commands.up import environment
from community_hub.runtime.embedded import Var
from community_hub.runtime.files import compile_modules

ROOT = Path(__file__).resolve().parents[2]
LOADED = "import sys; print(*(name for name, module in sys.modules.items() if module))"


def loaded(program: str) -> set[str]:
    """The modules that a process has after it."""
    command = [sys.executable, "-c", f"{program}\n{LOADED}"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "community_hub.settings"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "program",
    [
        "from community_hub.runtime import workers; workers.load()",
        "from community_hub.runtime import serve; serve.load('127.0.0.1', 1)",
    ],
    ids=["workers", "web"],
)
def test_a_process_is_without_what_it_never_uses(program):
    found = loaded(program)
    assert {"structlog", "inbox.models"} <= found
    assert not found & {"rich", "pygments", "greenlet", "yaml", "psutil"}


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        ("from community_hub.runtime import workers; workers.load()", {"mastodon", "fasttext"}),
        (
            "from community_hub.runtime import serve; serve.load('127.0.0.1', 1)",
            {"mastodon", "team.context"},
        ),
    ],
    ids=["workers", "web"],
)
def test_what_each_forked_process_would_load_by_itself_is_there_before(program, wanted):
    assert wanted <= loaded(program)


def test_the_same_libraries_load_them_elsewhere():
    assert "rich" in loaded("import structlog"), "remove it from left_out.py"


def test_up_compiles_what_the_others_will_import():
    module = ROOT / "inbox" / "tasks.py"
    compiled = Path(cache_from_source(str(module)))
    compiled.unlink(missing_ok=True)
    compile_modules()
    assert compiled.stat().st_size > 0


def test_programs_find_compiled_modules_also_where_the_shell_asks_for_none(monkeypatch, tmp_path):
    """Who compiles while importing takes 20 MB more in the worker's three processes."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    told = environment(Var(tmp_path), "127.0.0.1", 8000, demo=False)
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"} & set(told)
