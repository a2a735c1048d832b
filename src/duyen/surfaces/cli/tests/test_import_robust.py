"""The same customers come in whatever the file is like: a workbook, old letters, shuffled, cut, half bad."""

from __future__ import annotations

import argparse
import csv
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rustpy_xlsxwriter import write_worksheet

from duyen.entities.importing import rejected_path
from duyen.entities.tables import FileUnreadable
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.modules.parties.models import Party, PartyInRole
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import import_file
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast
from duyen.testing.old_encodings import encode

pytestmark = pytest.mark.django_db
HEADS = ("Họ và tên", "Số điện thoại", "Ngày sinh", "Địa chỉ", "Tỉnh/TP", "Ghi chú")
FAMILIES = ("Nguyễn", "Trần", "Phạm", "Đặng", "Vũ", "Bùi", "Đỗ")
MIDDLES = ("Thị", "Văn", "Ngọc", "Quốc", "Đức", "Mỹ")
GIVENS = ("Hưng", "Đào", "Phượng", "Khuyên", "Bình", "Lượng", "Thủy")


def _rows(count: int) -> list[tuple[str, ...]]:
    drawn = random.Random(7)
    return [
        (
            f"{drawn.choice(FAMILIES)} {drawn.choice(MIDDLES)} {drawn.choice(GIVENS)}",
            f"09{12000000 + number}",
            f"{drawn.randrange(1, 28):02}/{drawn.randrange(1, 13):02}/{drawn.randrange(1950, 2000)}",
            f"{number + 1} đường Nguyễn Huệ",
            "Thành phố Hải Phòng",
            "khách quen của cửa hàng",
        )
        for number in range(count)
    ]


def _text(rows: Sequence[Sequence[str]], heads: Sequence[str] = HEADS) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue()


def _run(path: Path, *more: str) -> int:
    known = Registry()
    add_builtin_commands(known)
    parser = argparse.ArgumentParser()
    known.commands["import"].configure(parser)
    words = parser.parse_args(["customers", str(path), *more])
    return import_file.run(Context(DataFolder.locate(), known, act_as="seller@example.com"), words)


def _state() -> list[tuple[Any, ...]]:
    return sorted(
        (each.name, each.phones[0], str(each.born_on), each.addresses[0]["line"], each.note)
        for each in Party.objects.all()
    )


def _wanted(rows: Sequence[Sequence[str]]) -> list[tuple[Any, ...]]:
    return sorted(
        (name, "+84" + phone[1:], "-".join(reversed(born.split("/"))), line, note)
        for name, phone, born, line, _province, note in rows
    )


def _as_workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    file = io.BytesIO()
    write_worksheet([dict(zip(HEADS, row, strict=True)) for row in rows], file)
    path.write_bytes(file.getvalue())


def _shuffled(path: Path, rows: Sequence[Sequence[str]]) -> None:
    order = random.Random(3).sample(range(len(HEADS)), len(HEADS))
    path.write_text(_text([[row[at] for at in order] for row in rows], [HEADS[at] for at in order]), "utf-8")


WAYS: dict[str, tuple[str, Callable[[Path, Sequence[Sequence[str]]], Any]]] = {
    "plain": ("a.csv", lambda path, rows: path.write_text(_text(rows), "utf-8")),
    "workbook": ("a.xlsx", _as_workbook),
    "tcvn3": ("a.csv", lambda path, rows: path.write_bytes(encode(_text(rows), "tcvn3"))),
    "vni": ("a.csv", lambda path, rows: path.write_bytes(encode(_text(rows), "vni"))),
    "utf-16": ("a.csv", lambda path, rows: path.write_text(_text(rows), "utf-16")),
    "shuffled": ("a.csv", _shuffled),
}


@pytest.mark.parametrize("way", WAYS)
def test_brings_the_same_in_whatever_the_file_is_like(
    way: str, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _rows(60)
    name, write = WAYS[way]
    write(tmp_path / name, rows)

    assert _run(tmp_path / name) == 0

    assert capsys.readouterr().out.splitlines()[-1].startswith("imported=60 updated=0 rejected=0 file=")
    assert _state() == _wanted(rows)
    assert PartyInRole.objects.count() == 60


def test_brings_nothing_in_from_a_workbook_or_a_packed_file_that_is_cut(cast: Cast, tmp_path: Path) -> None:
    import gzip

    _as_workbook(tmp_path / "a.xlsx", _rows(60))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(_text(_rows(600)).encode()))

    for path in (tmp_path / "a.xlsx", tmp_path / "b.csv.gz"):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(FileUnreadable):
            _run(path)

    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_takes_of_a_cut_text_the_whole_lines_and_refuses_the_torn_one(cast: Cast, tmp_path: Path) -> None:
    text = _text(_rows(60))
    cut = text[: text.index("Nguyễn Huệ", len(text) // 2) + 3]
    path = tmp_path / "a.csv"
    path.write_text(cut, "utf-8")

    assert _run(path) == 0

    whole = cut.count("\r\n") - 1
    job = Job.objects.get()
    assert (Party.objects.count(), job.rejected) == (whole, 1)
    assert "ô" in rejected_path(job).read_text("utf-8-sig")


def test_takes_the_good_rows_of_a_file_that_is_40_percent_bad_and_the_bad_ones_once_mended(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _rows(100)
    bad = [list(row) for row in rows]
    for number in range(0, 100, 5):
        bad[number][1] = "12"
        bad[number + 1][2] = "31/02/1990"
    path = tmp_path / "a.csv"
    path.write_text(_text(bad), "utf-8")

    assert _run(path, "--on-duplicate", "skip") == 0

    first = Job.objects.get()
    assert (Party.objects.count(), first.rejected) == (60, 40)
    with rejected_path(first).open(encoding="utf-8-sig", newline="") as file:
        heads, *refused = list(csv.reader(file))
    assert heads == [*HEADS, "Lý do bị từ chối"]
    assert all(row[-1].startswith(("Điện thoại: ", "Ngày sinh: ")) for row in refused)
    by_line = {row[3]: row for row in rows}
    mended = [[*by_line[row[3]][:3], *row[3:]] for row in refused]
    path.write_text(_text(mended, heads), "utf-8")
    assert _run(path, "--on-duplicate", "skip") == 0
    assert _state() == _wanted(rows)
    assert capsys.readouterr().out.splitlines()[-1].startswith("imported=40 updated=0 rejected=0 file=")


def test_brings_nothing_new_the_second_time(cast: Cast, tmp_path: Path) -> None:
    rows = _rows(60)
    path = tmp_path / "a.csv"
    path.write_text(_text(rows), "utf-8")

    for _time in range(2):
        assert _run(path, "--on-duplicate", "skip") == 0

    assert _state() == _wanted(rows)


def test_writes_nothing_in_a_dry_run_and_says_so(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(_text(_rows(10)), "utf-8")

    assert _run(path, "--dry-run", "--map", "Ghi chú=", "--set", "source=Zalo") == 0

    told = capsys.readouterr()
    assert Party.objects.count() == 0
    assert "Nothing was written" in told.out
    assert told.out.splitlines()[-1].startswith("imported=10 updated=0 rejected=0 file=")
    assert "“Ghi chú”" in told.err
