"""The trail names what is no record, and says what was changed of it, as people read it."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities.choices import changing, merging
from duyen.entities.choices.making import make, rename
from duyen.entities.fields.options import list_named
from duyen.entities.indexes.asking import ask_index
from duyen.entities.registry import entity_named
from duyen.foundation.settings.company import keep_setting
from duyen.modules.parties.choices import INDUSTRIES
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _entries(client: Client, address: str = "/trail") -> list[str]:
    """Give the entries of the trail as plain words, the newest first."""
    page = client.get(address).content.decode()
    assert 'class="tl"' in page
    found = page.partition('class="tl"')[2].partition("</ol>")[0].split('<li><span class="ico"')[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", each.partition(">")[2]).split()) for each in found]


@pytest.fixture
def director(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("director"))
    return client


def test_says_of_a_setting_what_it_was_and_what_it_is(director: Client, cast: Cast) -> None:
    for days in (120, 30):
        with transaction.atomic():
            keep_setting("troubles.keep_days", days, actor=cast.actor("admin"))

    second, first = _entries(director)[:2]

    assert "từ 90 thành 120" in first
    assert "từ 120 thành 30" in second
    assert "Số ngày giữ báo cáo lỗi" in second


def test_says_of_a_setting_that_nothing_shows_only_that_it_changed(director: Client, cast: Cast) -> None:
    with transaction.atomic():
        keep_setting("completeness.weights", {"customers": {"note": 73}}, actor=cast.actor("admin"))

    newest = _entries(director)[0]

    assert "completeness.weights" in newest
    assert "73" not in newest


def test_names_lists_of_choices_and_their_items(director: Client, cast: Cast) -> None:
    admin = cast.actor("admin")
    name = make(actor=admin, vi="Chất liệu vải", words=["Lụa", "Lanh"])
    fabrics = list_named(name)
    assert fabrics is not None
    rename(fabrics, actor=admin, version=1, vi="Loại vải")
    changing.change(fabrics, "LUA", actor=admin, version=2, vi="Lụa tơ tằm")
    merging.merge(fabrics, "LANH", "LUA", actor=admin, version=3)
    changing.change(INDUSTRIES, "MINING", actor=admin, version=0, vi="Khai khoáng")

    entries = _entries(director)
    told = " | ".join(entries)

    assert sum("Lập danh sách lựa chọn" in each for each in entries) == 1
    assert "Danh sách lựa chọn · Loại vải" in told
    assert "Chất liệu vải" in told
    assert "Lụa · Tên tiếng Việt" in told or "Lụa tơ tằm · Tên tiếng Việt" in told
    assert "Gộp vào" in told
    assert "Danh sách lựa chọn · Ngành" in told


def test_names_the_index_that_was_asked_for(director: Client, cast: Cast) -> None:
    ask_index(entity_named("customers"), "born_on", "filter", actor=cast.actor("admin"))

    newest = _entries(director)[0]

    assert str(entity_named("customers").field("born_on").label) in newest
    assert "Chỉ mục" in newest
