"""What the tests of web forms share: a form, and a visitor who fills it in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.kernel.clock import now, stopped
from duyen.modules.web_forms.models import WebForm
from duyen.testing.cast import Cast

GIVEN: dict[str, Any] = {"name": "Phạm Thị Mai", "phones": "0359 000 111", "need": "Mạng cho quán cà phê"}
SET: dict[str, Any] = {
    "name": "Lắp mạng, trang chủ",
    "title": "Đăng ký lắp mạng",
    "asked": ["PHONE", "EMAIL", "NEED"],
    "needed": ["PHONE"],
    "source": "WEB",
    "purpose": "ADVICE",
    "privacy": "Sao Biển giữ số điện thoại của bạn để gọi lại.",
}
Make = Callable[..., WebForm]
Send = Callable[..., Any]


@pytest.fixture
def form(cast: Cast) -> Make:
    """Make a form of the director's."""

    def make(**values: Any) -> WebForm:
        given = {**SET, "unit": cast.unit("HP").pk, **values}
        done = standard.create(entity_named("web_forms"), actor=cast.actor("director"), values=given)
        return WebForm.objects.get(pk=done.id)

    return make


def token_of(page: str) -> str:
    found = re.search(r'name="page" value="([^"]+)"', page)
    assert found, page[:2_000]
    return found[1]


@pytest.fixture
def send() -> Send:
    """Open a form as a stranger and send it after ten seconds, unless told otherwise."""

    def fill(
        form: WebForm,
        *,
        query: str = "",
        waits: float = 10,
        page: str = "",
        network: str = "203.0.113.9",
        **given: Any,
    ) -> Any:
        client = Client(REMOTE_ADDR=network)
        start = now()
        if not page:
            with stopped(start):
                page = token_of(client.get(f"/f/{form.key}{query}").content.decode())
        with stopped(start + dt.timedelta(seconds=waits)):
            return client.post(f"/f/{form.key}", {**GIVEN, **given, "page": page})

    return fill
