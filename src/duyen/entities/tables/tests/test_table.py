"""A table is read from whatever a clerk hands in, and what is no table is refused in words that help."""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities.tables import FileUnreadable, Table, open_table
from duyen.entities.tables.tests.workbooks import raw_book, text_cell, write_book
from duyen.kernel.tests.name_samples import PERSONS
from duyen.testing.old_encodings import encode

TEXT = (
    "Họ tên,Điện thoại,Địa chỉ\n"
    'Nguyễn Văn Đức,0912345678,"12 Lê Lợi, Phường Bến Nghé"\n'
    "Trần Thị Phượng,0987654321,Quận Hải Châu - Đà Nẵng\n"
    'Hoàng Quỳnh,,"Xã Mỹ Đức\nHuyện An Lão"\n'
)
ROWS = [
    ["Nguyễn Văn Đức", "0912345678", "12 Lê Lợi, Phường Bến Nghé"],
    ["Trần Thị Phượng", "0987654321", "Quận Hải Châu - Đà Nẵng"],
    ["Hoàng Quỳnh", "", "Xã Mỹ Đức\nHuyện An Lão"],
]
HEADS = ("Họ tên", "Điện thoại", "Địa chỉ")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1258", "tcvn3", "vni")
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


def _open(tmp_path: Path, content: bytes | str, **choices: str | int) -> Table:
    path = tmp_path / "khách.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, shown="khách.csv", **choices)  # type: ignore[arg-type]


def _refusal(tmp_path: Path, content: bytes | str, **choices: str | int) -> str:
    """Give the sentence, in English, with which a file is refused, be it at once or while it is read."""
    with translation.override("en"):
        with pytest.raises(FileUnreadable) as raised:
            _open(tmp_path, content, **choices).count()
        return str(raised.value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_recognises_each_encoding(tmp_path: Path, encoding: str, is_packed: bool) -> None:
    content = encode(TEXT, encoding)

    table = _open(tmp_path, gzip.compress(content) if is_packed else content)

    assert (table.heads, list(table.rows()), table.how.encoding) == (HEADS, ROWS, encoding)
    assert table.how.confidence > 0.5


@pytest.mark.parametrize("encoding", MARKS)
def test_takes_a_mark_for_no_letter(tmp_path: Path, encoding: str) -> None:
    table = _open(tmp_path, MARKS[encoding] + encode(TEXT, encoding))

    assert (table.heads, list(table.rows())) == (HEADS, ROWS)


@pytest.mark.parametrize("font", ["tcvn3", "vni"])
@pytest.mark.parametrize("carrier", ["utf-8", "utf-16-le"])
def test_recognises_letters_of_a_font_within_unicode(tmp_path: Path, font: str, carrier: str) -> None:
    table = _open(tmp_path, encode(TEXT, font).decode("cp1252").encode(carrier))

    assert (table.heads, list(table.rows())) == (HEADS, ROWS)
    assert table.how.encoding == f"{carrier}+{font}"


NAMES = [name for name in PERSONS if name.startswith(("Nguyễn", "Phạm", "Hoàng", "Trương"))]
STREETS = ["Trần Hưng Đạo", "Lý Tự Trọng", "Phố Huế", "Nguyễn Đình Chiểu"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    names=st.lists(st.sampled_from(NAMES), min_size=4, max_size=12),
    streets=st.lists(st.sampled_from(STREETS), min_size=4),
    encoding=st.sampled_from(ENCODINGS),
)
def test_reads_names_and_addresses_as_they_were_in_any_encoding(
    tmp_path: Path, names: list[str], streets: list[str], encoding: str
) -> None:
    lines = [f"{name};{street}" for name, street in zip(names, streets, strict=False)]
    text = "\n".join(["Tên khách;Đường", *lines])

    table = _open(tmp_path, encode(text, encoding))

    assert table.heads == ("Tên khách", "Đường")
    assert [";".join(row) for row in table.rows()] == lines


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_what_divides_the_cells(tmp_path: Path, delimiter: str) -> None:
    rows = [["Tên", "Địa chỉ", "Nợ"], ["An", "12 Lê Lợi", "1"], ["Bình", "3, Trần Phú; tầng 2 | A", "2"]]
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    table = _open(tmp_path, quoted)

    assert (table.how.delimiter, table.heads, list(table.rows())) == (delimiter, tuple(rows[0]), rows[1:])


def test_takes_commas_in_addresses_for_no_delimiter(tmp_path: Path) -> None:
    table = _open(tmp_path, "Tên;Địa chỉ\nAn;1, A, B, C, D\nBình;2, A, B, C, D\n")

    assert list(table.rows()) == [["An", "1, A, B, C, D"], ["Bình", "2, A, B, C, D"]]


OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
TITLES = "CÔNG TY TNHH HOA SEN,,\nDANH SÁCH KHÁCH HÀNG,,\n,,\nĐơn vị: Chi nhánh 1,,Ngày: 01/02/2026\n\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_passes_over_titles_above_the_heads(tmp_path: Path, encoding: str) -> None:
    table = _open(tmp_path, encode(TITLES + TEXT, encoding))

    assert (table.heads, list(table.rows()), table.how.head_row) == (HEADS, ROWS, 6)


def test_passes_over_cells_merged_above_the_heads(tmp_path: Path) -> None:
    text = "STT,Họ tên,Địa chỉ,,,Ghi chú\n,,Phường,Quận,Tỉnh,\n1,An,Bến Nghé,1,HCM,x\n2,Bình,Đa Kao,1,HCM,\n"

    table = _open(tmp_path, text)

    assert table.heads == ("STT", "Họ tên", "Phường", "Quận", "Tỉnh", "Ghi chú")
    assert [row[:3] for row in table.rows()] == [["1", "An", "Bến Nghé"], ["2", "Bình", "Đa Kao"]]


def test_takes_the_first_row_for_heads_where_no_row_has_any(tmp_path: Path) -> None:
    assert _open(tmp_path, "An,0912345678\nBình,0987654321\n").heads == ("An", "0912345678")


def test_reads_a_table_of_one_column(tmp_path: Path) -> None:
    table = _open(tmp_path, "Điện thoại\n0912345678\n\n0987654321\n")

    assert (table.heads, list(table.rows())) == (("Điện thoại",), [["0912345678"], ["0987654321"]])


def test_leaves_out_empty_rows_and_empty_cells_behind_the_last_head(tmp_path: Path) -> None:
    table = _open(tmp_path, "a,b,,\n1,2,,\n,,,\n\n3,4\n5,6,,7\n8\n")

    assert table.heads == ("a", "b")
    assert list(table.rows()) == [["1", "2"], ["3", "4"], ["5", "6", "", "7"], ["8"]]


def test_keeps_a_column_without_a_head_that_most_rows_fill(tmp_path: Path) -> None:
    table = _open(tmp_path, "Tên,Số,\nAn,1,x\nBình,2,y\nChi,3,\n")

    assert table.heads == ("Tên", "Số", "")


def test_goes_on_behind_the_rows_that_are_done(tmp_path: Path) -> None:
    table = _open(tmp_path, TITLES + TEXT)

    assert list(table.rows(skip=2)) == ROWS[2:]
    assert table.count() == 3


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-8+vni"])
def test_reads_a_file_again_by_what_was_kept_of_the_first_time(tmp_path: Path, encoding: str) -> None:
    font = encode(TEXT, "vni").decode("cp1252").encode()
    first = _open(tmp_path, font if "+" in encoding else encode(TITLES + TEXT, encoding))

    again = open_table(tmp_path / "khách.csv", shown="x", **json.loads(json.dumps(first.how.choices())))

    assert (again.heads, list(again.rows())) == (first.heads, ROWS)


def test_lets_the_caller_choose(tmp_path: Path) -> None:
    text = "x;y,z\nTên;Số,Nợ\nĐào;1,2\n"

    table = _open(tmp_path, text, encoding="utf-8", delimiter=",", head_row=2)

    assert (table.heads, list(table.rows())) == (("Tên;Số", "Nợ"), [["Đào;1", "2"]])


def test_tells_how_far_the_letters_speak_for_a_chosen_encoding(tmp_path: Path) -> None:
    right = _open(tmp_path, encode(TEXT, "vni"), encoding="vni")
    wrong = _open(tmp_path, encode(TEXT, "vni"), encoding="tcvn3")

    assert wrong.how.confidence < 0.3 < right.how.confidence


def test_turns_a_font_within_utf_8_when_the_font_is_chosen(tmp_path: Path) -> None:
    table = _open(tmp_path, "Tên,x\nHµ,1\n", encoding="tcvn3")

    assert (list(table.rows()), table.how.encoding) == ([["Hà", "1"]], "utf-8+tcvn3")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"\n\n,,\n", "it is empty"),
        (b"%PDF-1.7 ...", "it is a PDF"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "it is an image"),
        (b"\x89PNG\r\n", "it is an image"),
        (b"\0\0\0\x18ftypheic\0\0", "it is an image"),
        (b"{\\rtf1 x}", "it is a text document"),
        (b"\r\n<html><table><tr><td>a", "it is a web page"),
        (b"Rar!\x1a\x07", "it is an archive"),
        (bytes(range(256)) * 20, "it is no table"),
        (b"PK\x03\x04 cut", "the workbook is damaged or cut off"),
        (
            OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (OLD_OFFICE + bytes(5000), "the workbook is damaged or cut off"),
        (b"name,name\nAn,An\n", "the head \u201cname\u201d stands twice"),
        (gzip.compress(TEXT.encode() * 500, mtime=0)[:-300], "its packing is damaged or cut off"),
        (gzip.compress(b"", mtime=0), "it is empty"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "the quote that opens near line 3 never closes"),
        (b'a,b\n1,2\n"3"x,4\n', "near line 3 a quote stands in the middle of a cell"),
        (b"a,b\n1,2\n" + b"x" * 1_000_001, "line 3 is longer"),
        (
            "name\nTrà\nĐào\nHồng\n".encode() + "Đào\n".encode("cp1258"),
            "line 5 has letters in another encoding",
        ),
        (b"name\nxyz\xe9\n\xd0\xe0o\n", "the encoding of its letters cannot be told"),
    ],
)
def test_refuses_what_is_no_table_or_not_whole(tmp_path: Path, content: bytes, says: str) -> None:
    sentence = _refusal(tmp_path, content)

    assert sentence.startswith("khách.csv cannot be read: ")
    assert says in sentence


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"encoding": "klingon"}, "there is no encoding klingon"),
        ({"encoding": "utf-16-le"}, "from line 1 on its letters are not in the encoding utf-16-le"),
        ({"head_row": 90}, "it has no row 90"),
        ({"head_row": 0}, "it has no row 0"),
    ],
)
def test_refuses_a_choice_that_does_not_fit(tmp_path: Path, choices: dict[str, str | int], says: str) -> None:
    assert says in _refusal(tmp_path, TEXT.replace("\n", "", 1), **choices)


def test_refuses_letters_that_turn_wrong_far_down(tmp_path: Path) -> None:
    content = b"name\n" + b"An\n" * 900_000 + "Đào\n".encode("cp1258")

    assert "line 900002" in _refusal(tmp_path, content, encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    records: list[dict[str, object]] = [
        {
            "Họ tên": "Nguyễn Văn Đức",
            "Điện thoại": 912345678,
            "Ngày sinh": dt.date(1990, 2, 1),
            "Gặp": dt.datetime(2026, 1, 2, 9, 30),  # noqa: DTZ001  # a sheet knows no zones
            "Hệ số": 1.5,
            "Quen": True,
            "Ghi chú": None,
        },
        {"Họ tên": "Trần Thị Ánh", "Điện thoại": "0987654321", "Ghi chú": "#N/A"},
    ]
    return write_book(tmp_path / "khách.xlsx", {"Trống": [], "Khách": records, "Khác": [{"a": 1}]})


def test_reads_the_first_sheet_that_holds_anything(book: Path) -> None:
    table = open_table(book, shown="khách.xlsx")

    assert table.heads[:3] == ("Họ tên", "Điện thoại", "Ngày sinh")
    assert list(table.rows()) == [
        ["Nguyễn Văn Đức", "912345678", "1990-02-01", "2026-01-02 09:30", "1.5", "true", ""],
        ["Trần Thị Ánh", "0987654321", "", "", "", "", ""],
    ]
    how = table.how
    assert (how.kind, how.encoding, how.sheet, how.sheets, how.failed) == (
        "xlsx", "unicode", "Khách", ("Trống", "Khách", "Khác"), 1,
    )  # fmt: skip


def test_reads_the_sheet_that_is_named_and_refuses_one_that_is_not_there(book: Path) -> None:
    assert list(open_table(book, shown="x", sheet="Khác").rows()) == [["1"]]
    assert "Its sheets: Trống, Khách, Khác" in _refusal(book.parent, book.read_bytes(), sheet="Nữa")


def test_reads_a_workbook_again_by_what_was_kept(book: Path) -> None:
    first = open_table(book, shown="x")
    again = open_table(book, shown="x", **first.how.choices())

    assert list(again.rows(skip=1)) == list(first.rows())[1:]


def test_takes_the_values_of_formulas_and_empties_cells_with_errors(tmp_path: Path) -> None:
    cells = (
        f'<row r="2">{text_cell("B2", "DANH SÁCH KHÁCH HÀNG")}</row>'
        f'<row r="4">{text_cell("B4", "Tên")}{text_cell("C4", "Nợ")}{text_cell("D4", "Hạn")}</row>'
        f'<row r="5">{text_cell("B5", "An")}<c r="C5"><f>1+1</f><v>2</v></c>'
        '<c r="D5" t="e"><v>#REF!</v></c></row>'
    )

    table = open_table(raw_book(tmp_path / "a.xlsx", cells), shown="a.xlsx")

    assert (table.heads, list(table.rows())) == (("Tên", "Nợ", "Hạn"), [["An", "2", ""]])
    assert (table.how.head_row, table.how.failed) == (4, 1)


def test_reads_letters_of_a_font_in_a_workbook(tmp_path: Path) -> None:
    names = ["Nguyễn Văn Đức", "Trần Thị Phượng", "Hoàng Quỳnh"]
    records = [{"Tªn": encode(name, "tcvn3").decode("cp1252")} for name in names]

    table = open_table(write_book(tmp_path / "a.xlsx", {"S": records}), shown="a.xlsx")

    assert (table.heads, table.how.encoding) == (("Tên",), "unicode+tcvn3")
    assert [row[0] for row in table.rows()] == names


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.99])
def test_refuses_a_workbook_that_is_cut_off(book: Path, keep: float) -> None:
    content = book.read_bytes()

    assert "damaged or cut off" in _refusal(book.parent, content[: int(len(content) * keep)])


def test_refuses_a_document_and_an_archive_that_are_packed_as_workbooks_are(tmp_path: Path) -> None:
    def packed(name: str) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as file:
            file.writestr(name, "x")
        return written.getvalue()

    assert "it is a text document" in _refusal(tmp_path, packed("word/document.xml"))
    assert "it is an archive" in _refusal(tmp_path, packed("khách.csv"))


def test_refuses_a_workbook_that_would_fill_the_memory(tmp_path: Path) -> None:
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = raw_book(tmp_path / "khách.csv", corners)

    assert "needs more than 1024 MB" in _refusal(tmp_path, path.read_bytes())


def test_refuses_a_workbook_that_unpacks_to_more_than_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("xl/a.xml", "w", force_zip64=True) as part,
    ):
        for _block in range(200):
            part.write(bytes(11 * 1024 * 1024))

    assert "unpacked it has 2200 MB" in _refusal(tmp_path, path.read_bytes())


def test_leaves_nothing_of_a_workbook_on_the_disk(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book.parent / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    table = open_table(book, shown="x")

    assert (table.count(), list(folder.iterdir())) == (2, [])
