"""Cards of people and firms: names in their places, lines folded between letters, nothing that breaks out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.vcards import Contact, Place, vcard, vcards

TRA = Contact(
    uid="duyen:contacts:7",
    name="Phan Thu Trà",
    family="Phan",
    middle="Thu",
    given="Trà",
    honorific="chị",
    organisation="Công ty CP Thực phẩm Hòa Thuận Đông Á",
    title="Giám đốc Mua hàng",
    phones=("+84912345678", "+842438251234"),
    emails=("tra@example.com",),
    places=(Place("Số 8 Tràng Thi", "Phường Hoàn Kiếm", "Hà Nội"),),
    born_on=dt.date(1990, 3, 2),
    revised=dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC),
)


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_person_stands_on_it_in_the_parts_of_her_name() -> None:
    assert _unfolded(vcard(TRA)) == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        "UID:duyen:contacts:7",
        "FN:Phan Thu Trà",
        "N:Phan;Trà;Thu;chị;",
        "ORG:Công ty CP Thực phẩm Hòa Thuận Đông Á",
        "TITLE:Giám đốc Mua hàng",
        "TEL;TYPE=cell:+84912345678",
        "TEL;TYPE=voice:+842438251234",
        "EMAIL:tra@example.com",
        "ADR:;;Số 8 Tràng Thi;Phường Hoàn Kiếm;Hà Nội;;Việt Nam",
        "BDAY:19900302",
        "REV:20261125T093000Z",
        "END:VCARD",
        "",
    ]


def test_a_firm_is_its_own_organisation_and_has_no_parts_of_a_name() -> None:
    lines = _unfolded(vcard(Contact(uid="duyen:customers:1", name="Máy Đỏ", is_firm=True)))
    assert lines[2:] == ["KIND:org", "UID:duyen:customers:1", "FN:Máy Đỏ", "ORG:Máy Đỏ", "END:VCARD", ""]


def test_several_stand_behind_one_another() -> None:
    both = vcards([TRA, replace(TRA, uid="duyen:contacts:8")])
    assert both.count("BEGIN:VCARD\r\n") == both.count("END:VCARD\r\n") == 2


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_written_stays_one_value_and_every_line_is_short(name: str, title: str) -> None:
    text = vcard(Contact(uid="duyen:contacts:1", name=name, title="x" + title))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    heads = [line.partition(":")[0] for line in _unfolded(text)]
    assert heads == ["BEGIN", "VERSION", "KIND", "UID", "FN", "N", "TITLE", "END", ""]
