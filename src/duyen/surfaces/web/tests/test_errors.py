"""Error pages say what happened and what to do, and need neither a request nor a database."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import translation

from duyen.surfaces.web import errors

PAGES = [
    errors.BAD_REQUEST,
    errors.FORM_EXPIRED,
    errors.FORBIDDEN,
    errors.NOT_FOUND,
    errors.CONFLICT,
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
