"""Language, timezone and prefix are each thread's and each task's own."""

from __future__ import annotations

import asyncio
import threading
from importlib import import_module

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf
from django.utils import timezone, translation

from community_hub.lib.quick_locals import KEPT_IN, QuickLocal


def facts():
    return translation.get_language(), timezone.get_current_timezone_name()


@pytest.mark.parametrize(("path", "name"), KEPT_IN)
def test_django_keeps_them_there(path, name):
    assert isinstance(getattr(import_module(path), name), QuickLocal)


def test_what_is_not_set_is_missing():
    local = QuickLocal("test")
    assert getattr(local, "value", "nothing") == "nothing"
    local.value = "x"
    assert local.value == "x"
    del local.value
    assert not hasattr(local, "value")


def test_a_thread_has_its_own():
    found = []
    with translation.override("de"), timezone.override("Asia/Kathmandu"):
        assert facts() == ("de", "Asia/Kathmandu")
        thread = threading.Thread(target=lambda: found.append(facts()))
        thread.start()
        thread.join()
    assert found == [("en", "UTC")]


def test_a_task_has_its_own():
    async def said(language, zone, pause):
        with translation.override(language), timezone.override(zone):
            await asyncio.sleep(pause)
            return facts()

    async def both():
        return await asyncio.gather(said("de", "Europe/Berlin", 0.02), said("fr", "UTC", 0.01))

    assert asyncio.run(both()) == [("de", "Europe/Berlin"), ("fr", "UTC")]


def test_a_call_that_changes_to_another_thread_takes_them_along():
    async def inner():
        return await sync_to_async(facts)()

    with translation.override("de"), timezone.override("Asia/Kathmandu"):
        assert async_to_sync(inner)() == ("de", "Asia/Kathmandu")


def test_prefix_and_urlconf_are_set_and_taken_back():
    before = get_script_prefix()
    set_script_prefix("/hub/")
    assert get_script_prefix() == "/hub/"
    set_script_prefix(before)
    set_urlconf("tests.sandbox.urls")
    assert get_urlconf() == "tests.sandbox.urls"
    set_urlconf(None)
    assert get_urlconf() is None
