"""Whether contents are judged by what they are, whatever their names say."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from duyen.foundation.files.contents import judge
from duyen.foundation.files.errors import Disguised, Empty, HoldsMacros, KindNotTaken, TwoInOne
from duyen.foundation.files.kinds import BY_ENDING, USUAL
from duyen.foundation.files.names import ending_of, plain_name

TAKEN = frozenset(USUAL)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
PDF = b"%PDF-1.7\n1 0 obj\n"
PROGRAM = b"MZ" + b"\x00" * 58 + struct.pack("<I", 64) + b"PE\x00\x00" + b"\x00" * 40


def packed(**members: str) -> bytes:
    """Pack members into a ZIP; `word__document` names word/document."""
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as target:
        for name, text in members.items():
            target.writestr(name.replace("__", "/").replace("CT", "[Content_Types].xml"), text)
    return place.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ảnh.PNG", PNG),
        ("ảnh.jpg", b"\xff\xd8\xff\xe0rest"),
        ("hợp đồng.pdf", PDF),
        ("hợp đồng.pdf", b"\r\n" + PDF),
        ("biên bản.docx", packed(CT="x", word__document="x")),
        ("bảng.xlsx", packed(CT="x", xl__workbook="x")),
        ("bảng.ods", packed(mimetype="application/vnd.oasis.opendocument.spreadsheet")),
        ("thư.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 30),
        ("ghi chú.txt", "MZ là hai chữ đầu".encode()),
        ("ghi chú.txt", "\ufeffXin chào".encode("utf-16")),
        ("nén.zip", packed(a="x")),
    ],
)
def test_takes_what_is_what_it_says(name: str, content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(content)

    kind = judge(place, name=name, taken=TAKEN)

    assert kind is BY_ENDING[ending_of(name)]


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("rỗng.pdf", b"", Empty),
        ("chạy.exe", PROGRAM, KindNotTaken),
        ("không đuôi", PDF, KindNotTaken),
        ("mẫu.xlsm", packed(CT="x", xl__workbook="x"), KindNotTaken),
        ("ảnh.png", PROGRAM, Disguised),
        ("ghi chú.txt", PROGRAM, Disguised),
        ("ghi chú.txt", b"\x7fELF\x02", Disguised),
        ("ảnh.png", b"<html><script>", Disguised),
        ("hợp đồng.pdf", b"<html>" + PDF, Disguised),
        ("hợp đồng.pdf", PNG, Disguised),
        ("bảng.xlsx", packed(CT="x", word__document="x"), Disguised),
        ("bảng.xlsx", b"PK\x03\x04 cut off", Disguised),
        ("biên bản.odt", packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), Disguised),
        ("bảng.csv", b"a,b\x00c", Disguised),
        ("ảnh.png", PNG + packed(a="x"), TwoInOne),
        ("hợp đồng.pdf", PDF + packed(a="x"), TwoInOne),
    ],
)
def test_refuses_what_is_something_else(
    name: str, content: bytes, refusal: type[Exception], tmp_path: Path
) -> None:
    place = tmp_path / "file"
    place.write_bytes(content)

    with pytest.raises(refusal) as refused:
        judge(place, name=name, taken=TAKEN)

    assert name in str(refused.value)


def test_refuses_macros_behind_an_ending_that_denies_them(tmp_path: Path) -> None:
    place = tmp_path / "file"
    with zipfile.ZipFile(place, "w") as target:
        for name in ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"):
            target.writestr(name, "x")

    with pytest.raises(HoldsMacros):
        judge(place, name="biên bản.docx", taken=TAKEN)
    assert judge(place, name="biên bản.docm", taken=TAKEN | {"docm"}).mime.endswith("macroEnabled.12")


def test_takes_only_the_kinds_that_the_company_takes(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(PDF)

    with pytest.raises(KindNotTaken):
        judge(place, name="hợp đồng.pdf", taken=frozenset({"png"}))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Hợp đồng số 5.pdf", "Hợp đồng số 5.pdf"),
        ("Hợp đồng.pdf", "Hợp đồng.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\ảnh.png", "ảnh.png"),
        ("ảnh\x00\x1f\r\n.png", "ảnh .png"),
        ("hoa\u202egnp.exe", "hoagnp.exe"),
        (" .. .htaccess", "htaccess"),
        ("...", ""),
    ],
)
def test_keeps_names_as_people_wrote_them_and_nothing_else(given: str, kept: str) -> None:
    assert plain_name(given) == kept
