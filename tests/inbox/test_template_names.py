"""The panes of the inbox ask only for what their views say: a name that is not there costs Django
several exceptions."""

from __future__ import annotations

import pytest
from django.template.base import Variable, VariableDoesNotExist

from tests.make import make_conversation, make_message, make_source

CLICK = {"HX-Request": "true", "HX-Target": "talk"}


@pytest.mark.parametrize("headers", [{}, CLICK], ids=["page", "click"])
@pytest.mark.parametrize("is_open", [False, True], ids=["list", "conversation"])
def test_every_name_is_there(client, bob, monkeypatch, headers, is_open) -> None:
    talk = make_conversation(make_source())
    make_message(talk)
    missing = []
    resolve = Variable._resolve_lookup

    def noted(variable, context):
        try:
            return resolve(variable, context)
        except VariableDoesNotExist:
            missing.append(variable.var)
            raise

    monkeypatch.setattr(Variable, "_resolve_lookup", noted)
    client.force_login(bob)
    address = talk.get_absolute_url() if is_open else "/inbox/needs-reply/"
    assert client.get(address, headers=headers).status_code == 200
    assert set(missing) <= {"profile.member.pk"}  # beside a list, nobody is shown
