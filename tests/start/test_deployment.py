"""What a server is told, without one: the compose file, the system checks, the settings."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from community_hub.runtime.processes import programs

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "HUB_URL": "https://hub.example.org",
    "SECRET_KEY": "x1A-" * 20 + "bcdefghijkl",
    "CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATABASE_URL": "postgres://hub:secret@db.example.org/hub",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_HOST": "mail.example.org",
    "PATH": os.environ["PATH"],
}


def check(**changes):
    env = {key: value for key, value in {**PRODUCTION, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_well_configured_server_passes_without_a_warning():
    done = check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"HUB_URL": "http://hub.example.org"}, "sessions would travel in the open"),
        ({"CREDENTIAL_KEYS": "not-a-key"}, "not a Fernet key"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"EMAIL_HOST": "", "HUB_DEMO": "1"}, "anyone may post there"),
    ],
)
def test_what_is_missing_on_a_server_is_said(changes, words):
    done = check(**changes)
    assert done.returncode == 1
    assert words in done.stderr


def settings_of(names, **changes):
    ask = f"from django.conf import settings as s; print({', '.join(f's.{n}' for n in names)})"
    env = PRODUCTION | changes | {"DJANGO_SETTINGS_MODULE": "community_hub.settings"}
    words = [sys.executable, "-c", ask]
    return subprocess.check_output(words, cwd=ROOT, env=env, text=True).strip()


def test_further_names_do_not_take_the_place_of_the_hubs_own():
    named = settings_of(["ALLOWED_HOSTS"], ALLOWED_HOSTS="hub.internal, 10.0.0.7")
    assert named == "['hub.example.org', 'hub.internal', '10.0.0.7']"
    assert settings_of(["ALLOWED_HOSTS"]) == "['hub.example.org']"


def cookie_names(key):
    return settings_of(["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"], SECRET_KEY=key).split()


def test_two_hubs_on_one_machine_do_not_take_each_others_cookies():
    here, there = cookie_names("one" * 20), cookie_names("two" * 20)
    assert len({*here, *there}) == 4
    assert cookie_names("one" * 20) == here


def test_compose_runs_the_web_server_that_up_runs():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    web, *_ = programs(Path("/tmp"), {}, host="0.0.0.0", port=8000)
    assert compose["services"]["web"]["command"][1:] == web.command[1:]


def test_the_image_runs_the_web_server_that_up_runs():
    words = re.findall(r'"([^"]+)"', (ROOT / "Dockerfile").read_text().split("\nCMD ")[1])
    web, *_ = programs(Path("/tmp"), {}, host="0.0.0.0", port=8000)
    assert words[1:] == web.command[1:]


def test_everything_that_compose_asks_for_is_in_the_example():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked <= offered


def test_a_teams_other_subdomains_are_left_alone_unless_somebody_says_so():
    names = ["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    assert settings_of(names) == "31536000 False False"
    said = settings_of(names, SECURE_HSTS_INCLUDE_SUBDOMAINS="1", SECURE_HSTS_PRELOAD="1")
    assert said == "31536000 True True"
