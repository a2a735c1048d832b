"""What robots send to a form: each gets its answer, nothing breaks, and nothing is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duyen.foundation.audit.models import History
from duyen.foundation.troubles.models import Trouble
from duyen.kernel.clock import now, stopped
from duyen.modules.consents.models import Consent
from duyen.modules.leads.models import Lead
from duyen.modules.parties.models import Party
from duyen.modules.web_forms.models import Entry, WebForm
from duyen.modules.web_forms.tests.conftest import GIVEN, Make, token_of

pytestmark = pytest.mark.django_db
_FORM = "application/x-www-form-urlencoded"


def _kept() -> tuple[int, ...]:
    models: tuple[Any, ...] = (Lead, Party, Consent, Entry, History, Trouble)
    return tuple(each._default_manager.count() for each in models)


def _page(form: WebForm) -> str:
    return token_of(Client().get(f"/f/{form.key}").content.decode())


def _sent(form: WebForm, body: bytes | dict[str, Any], *, kind: str = "") -> Any:
    """Send a form ten seconds after it was opened, as whatever a robot makes of it."""
    # A robot sees the answer that a browser would, whatever breaks.
    client = Client(REMOTE_ADDR="203.0.113.9", raise_request_exception=False)
    with stopped(now() + dt.timedelta(seconds=10)):
        if isinstance(body, bytes):
            return client.generic("POST", f"/f/{form.key}", body, content_type=kind)
        return client.post(f"/f/{form.key}", body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", _FORM),
        (b"name=\xff\xfe\x00&phones=\xc3\x28", _FORM),
        (b"name=%FF%FE&phones=%00%00", _FORM),
        (b"{" * 5_000, "application/json"),
        (b"\x00" * 5_000, "application/octet-stream"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"name=Mai", "multipart/form-data"),
        (b"name=Mai", "text/plain; charset=utf-7"),
        (b"name=Mai", f"{_FORM}; charset=no-such-charset"),
    ],
)
def test_a_body_that_no_browser_sends_is_answered_and_changes_nothing(
    form: Make, body: bytes, kind: str
) -> None:
    made = form()
    before = _kept()

    answer = _sent(made, body, kind=kind)

    assert 400 <= answer.status_code < 500
    assert _kept() == before


@pytest.mark.parametrize("given", [{"name": "Ma\x00i"}, {"need": "\x00"}, {"phones": "0359\x00000111"}])
def test_nothing_unprintable_is_kept(form: Make, given: dict[str, str]) -> None:
    made = form()

    answer = _sent(made, {**GIVEN, **given, "page": _page(made)})

    assert answer.status_code in (302, 400, 422)
    kept = list(Lead.objects.values_list("name", "need", "raw"))
    assert len(kept) == (answer.status_code == 302)
    assert "\x00" not in str(kept)
    assert "\\x00" not in repr(kept)


def test_ten_thousand_fields_are_refused(form: Make) -> None:
    made = form()
    page, before = _page(made), _kept()

    fields = {f"f{number}": "x" for number in range(10_000)}
    answer = _sent(made, {**GIVEN, **fields, "page": page})

    assert answer.status_code in (400, 413)
    assert _kept() == before


@pytest.mark.parametrize("size", [300_000, 3_000_000, 12_000_000])
def test_a_huge_body_is_refused(form: Make, size: int) -> None:
    made = form()
    page, before = _page(made), _kept()

    body = f"name=Mai&phones=0359000111&page={page}&need=" + "a" * size
    answer = _sent(made, body.encode(), kind=_FORM)

    assert answer.status_code in (400, 413)
    assert _kept() == before


def test_one_field_given_a_thousand_times_makes_one_lead_or_none(form: Make) -> None:
    made = form()

    phones = [f"03590{number:05}" for number in range(900)]
    answer = _sent(made, {**GIVEN, "phones": phones, "page": _page(made)})

    assert answer.status_code in (302, 400, 422)
    assert Lead.objects.count() == (answer.status_code == 302)


def test_files_are_not_taken(form: Make) -> None:
    made = form()
    file = SimpleUploadedFile("virus.exe", b"MZ" * 1_000)

    answer = _sent(made, {**GIVEN, "page": _page(made), "need": file})

    assert answer.status_code == 302
    assert Lead.objects.get().need == ""


@pytest.mark.parametrize(
    "query", ["?campaign=%00", "?source=%FF", "?utm_source=" + "a" * 3_000, "?campaign=" + "9" * 400]
)
def test_an_address_of_a_robot_opens_the_form_and_fills_nothing(form: Make, query: str) -> None:
    client = Client(raise_request_exception=False)

    answer = client.get(f"/f/{form().key}{query}")

    assert answer.status_code in (200, 400)
    assert not Lead.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_do_nothing(form: Make, method: str) -> None:
    made = form()
    before = _kept()
    answer = getattr(Client(), method)(f"/f/{made.key}")
    assert answer.status_code == 405
    assert _kept() == before


def test_markup_stands_as_text_on_every_page(form: Make) -> None:
    made = form()
    given = {"name": "<script>alert(1)</script>", "phones": "12", "need": '"><img src=x onerror=alert(1)>'}

    page = _sent(made, {**given, "page": _page(made)}).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
