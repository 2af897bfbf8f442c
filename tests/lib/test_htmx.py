"""Which part of a page is asked for, and what happens to a pane when the session has ended."""

import pytest
from django.test import RequestFactory

from community_hub.lib import htmx
from tests.make import make_conversation, make_message


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ({}, ""),
        ({"HX-Target": "rows"}, ""),
        ({"HX-Request": "true"}, ""),
        ({"HX-Request": "true", "HX-Target": "rows"}, "rows"),
        ({"HX-Request": "true", "HX-Target": "thread-42"}, "thread"),
        ({"HX-Request": "true", "HX-Target": "more-rows"}, "more-rows"),
    ],
)
def test_the_target_is_told_without_the_number_of_the_conversation(headers, target):
    assert htmx.target(RequestFactory().get("/", headers=headers)) == target


@pytest.mark.parametrize(
    ("sent", "meant"),
    [({}, "POST"), ({"_method": "DELETE"}, "DELETE"), ({"_method": "PUT"}, "POST")],
)
def test_a_form_without_scripts_can_mean_delete(sent, meant):
    assert htmx.method(RequestFactory().post("/", sent)) == meant


def test_a_pane_whose_session_ended_sends_the_whole_page_to_the_sign_in_and_back(db, mallory):
    talk = make_conversation()
    make_message(talk)
    response = mallory.get(
        talk.get_absolute_url(),
        headers={
            "HX-Request": "true",
            "HX-Target": "talk",
            "HX-Current-URL": "https://elsewhere.example/inbox/mine/?after=x",
        },
    )
    assert response.status_code == 204
    sign_in = "/account/login/?next=%2Finbox%2Fmine%2F%3Fafter%3Dx"
    assert response.headers["HX-Redirect"] == sign_in


def test_a_plain_request_without_a_session_is_redirected_as_ever(db, mallory):
    assert mallory.get("/inbox/").headers["Location"] == "/account/login/?next=/inbox/"


def test_a_pane_on_a_page_whose_address_cannot_be_read_comes_back_to_the_first_page(mallory, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}
    response = mallory.get("/inbox/", headers=headers)
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2F"
