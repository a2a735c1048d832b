"""What the company decided comes with the reader of a page: asked once, and never older than her request."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.foundation.settings.company import hold_settings, keep_setting, setting, settings_held, settings_of
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def keep(cast: Cast, name: str) -> None:
    with transaction.atomic():
        keep_setting("company.name", name, actor=cast.actor("admin"))


def test_a_page_shows_what_was_decided_last_and_asks_for_it_once(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.user("seller"))
    keep(cast, "Sao Biển")
    client.get("/customers")

    keep(cast, "Sao Biển Xanh")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/customers").content.decode()

    assert "Sao Biển Xanh" in page
    assert [each["sql"] for each in queries if 'FROM "settings_setting"' in each["sql"]] == []
    assert setting("company.name") == "Sao Biển Xanh"


def test_what_is_kept_within_a_request_holds_at_once(cast: Cast) -> None:
    keep(cast, "Trước")

    with settings_held():
        hold_settings({"company.name": "Trước"})
        before = (setting("company.name"), settings_of("company.name", "company.tax_code"))
        keep(cast, "Sau")
        after = setting("company.name")

    assert before == ("Trước", {"company.name": "Trước", "company.tax_code": ""})
    assert after == "Sau"
