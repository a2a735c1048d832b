"""Error pages say what happened and what to do, and need neither a request nor a database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import translation

from duyen.surfaces.web import errors
from duyen.surfaces.web.accounts import signing_in

PAGES = [
    errors.BAD_REQUEST,
    errors.FORM_EXPIRED,
    errors.FORBIDDEN,
    errors.NOT_FOUND,
    errors.NOWHERE,
    errors.NO_PAGE,
    errors.CONFLICT,
    errors.REFUSED,
    errors.BROKEN,
    errors.OFFLINE,
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.status))
def test_says_what_happened_and_what_to_do(page: errors.ErrorPage) -> None:
    with translation.override("vi"):
        response = errors.error_response(None, page)
        words = [str(page.title), str(page.sentence), str(page.advice)]

    html = response.content.decode()
    assert response.status_code == page.status
    assert all(sentence in html for sentence in words)


def test_prefers_the_sentence_of_the_refusal() -> None:
    response = errors.error_response(None, errors.FORBIDDEN, sentence="Chỉ trưởng nhóm bàn giao được.")

    assert "Chỉ trưởng nhóm bàn giao được." in response.content.decode()


def test_answers_every_handler_with_its_status() -> None:
    request = RequestFactory().get("/nowhere")

    statuses = [
        handler(request).status_code
        for handler in (errors.bad_request, errors.forbidden, errors.not_found, errors.server_error)
    ]

    assert statuses == [400, 403, 404, 500]
    assert errors.csrf_failure(request).status_code == 403


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the process writes about faults, from here to the end of the test."""
    (handler,) = (
        each for each in logging.getLogger("django.request").handlers if type(each) is logging.StreamHandler
    )
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.parametrize(
    ("fault", "page"), [(RuntimeError, errors.BROKEN), (OperationalError, errors.OFFLINE)]
)
def test_shows_a_fault_without_its_cause_and_writes_it_to_the_log(
    monkeypatch: pytest.MonkeyPatch, log: StringIO, fault: type[Exception], page: errors.ErrorPage
) -> None:
    monkeypatch.setattr(signing_in, "remember", Mock(side_effect=fault("the cause")))

    response = Client(raise_request_exception=False).get("/language/vi")

    html = response.content.decode()
    with translation.override("vi"):
        assert str(page.sentence) in html
    assert response.status_code == page.status
    assert "the cause" not in html
    assert "the cause" in log.getvalue()


def test_answers_an_unknown_address_in_our_own_words_and_keeps_it_out_of_the_log(log: StringIO) -> None:
    response = Client().get("/nowhere/at/all/secret")

    with translation.override("vi"):
        assert str(errors.NOWHERE.sentence) in response.content.decode()
    assert response.status_code == 404
    assert log.getvalue() == ""


@pytest.mark.django_db
def test_tells_a_stranger_too_that_an_address_leads_nowhere(client: Client) -> None:
    answer = client.get("/settings/nothing")

    assert answer.status_code == 404
    assert "Địa chỉ không dẫn tới đâu" in answer.content.decode()
