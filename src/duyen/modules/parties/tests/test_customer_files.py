"""Lines of the customers' file become customers."""

from __future__ import annotations

import pytest

from duyen.modules.parties.customer_files import CUSTOMER_FILE, read_line

HEADS = [
    *(
        "rec_id",
        "kind",
        "name",
        "phone",
        "email",
        "tax_code",
        "dob",
        "street",
        "ward",
        "district",
        "province",
    ),
    *("created_at", "source", "addr_system", "is_dup", "true_id"),
]


def test_knows_the_heads_of_the_file_in_any_order() -> None:
    assert CUSTOMER_FILE.fits(HEADS)
    assert CUSTOMER_FILE.fits(list(reversed(HEADS)))
    assert CUSTOMER_FILE.fits(["name", "kind"])
    assert not CUSTOMER_FILE.fits(["name", "phone"])
    assert not CUSTOMER_FILE.fits([*HEADS, "shoe_size"])


def test_reads_a_whole_line() -> None:
    who = ["R1", "company", "Cty Phú Quý", "0911-646.364; 0225 3 123 456", "a@example.com", "0149973268", ""]
    where = ["372 / 76 Lê Duẩn", "Xã Hương Phong", "Huyện A Lưới", "Huế"]
    cells = [*who, *where, "2018-12-31", "shopee", "old", "0", "T1"]

    assert read_line(dict(zip(HEADS, cells, strict=True))) == {
        "kind": "ORGANISATION",
        "name": "Cty Phú Quý",
        "phones": ["0911-646.364", " 0225 3 123 456"],
        "emails": ["a@example.com"],
        "tax_code": "0149973268",
        "known_since": "2018-12-31",
        "addresses": [
            {
                "line": "372 / 76 Lê Duẩn",
                "ward": "Xã Hương Phong",
                "district": "Huyện A Lưới",
                "province": "Huế",
            }
        ],
        "source": "OTHER",
        "source_detail": "shopee",
    }


@pytest.mark.parametrize(
    ("word", "kind"), [("person", "INDIVIDUAL"), (" Company ", "ORGANISATION"), ("", "INDIVIDUAL")]
)
def test_knows_the_words_for_kinds(word: str, kind: str) -> None:
    assert read_line({"name": "Trà", "kind": word})["kind"] == kind


def test_leaves_an_unknown_kind_to_the_field_that_refuses_it() -> None:
    assert read_line({"name": "Trà", "kind": "robot"})["kind"] == "robot"


def test_leaves_out_what_is_not_there() -> None:
    assert read_line(dict.fromkeys(HEADS, " ") | {"name": "Trà", "source": "web"}) == {
        "kind": "INDIVIDUAL",
        "name": "Trà",
        "source": "WEB",
    }
