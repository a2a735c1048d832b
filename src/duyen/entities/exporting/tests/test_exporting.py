"""A list goes out as it is shown, as far as one may export it, with count and purpose in the trail."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from duyen.entities import standard
from duyen.entities.csv_writing import csv_lines
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound
from duyen.entities.exporting import files, running
from duyen.entities.exporting.asking import Asked, judge
from duyen.entities.exporting.cells import columns_of
from duyen.entities.exporting.fetching import fetch
from duyen.entities.exporting.files import file_of, forget_old_files
from duyen.entities.exporting.reading import count_rows
from duyen.entities.exporting.running import stream, take
from duyen.entities.importing.mapping import proposed
from duyen.entities.paging import View
from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.entities.tables import open_table
from duyen.foundation.access.models import AccessEpoch, FieldRight, RoleRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
Make = Callable[..., int]
WHY = "Gửi thiệp Tết"


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


@pytest.fixture
def make(cast: Cast, customers: Entity) -> Make:
    """Make a customer of somebody."""

    def make_one(name: str, *, who: str = "seller", **values: Any) -> int:
        given = {"name": name, "kind": "INDIVIDUAL", **values}
        return standard.create(customers, actor=cast.actor(who), values=given).id

    return make_one


def _rows(asked: Asked, cast: Cast, who: str = "director") -> list[dict[str, str]]:
    content = b"".join(stream(asked, actor=cast.actor(who)))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _names(asked: Asked, cast: Cast, who: str = "director") -> list[str]:
    return [row["Tên"] for row in _rows(asked, cast, who)]


def _asked(**more: Any) -> Asked:
    return Asked("customers", purpose=WHY, **more)


def _noted() -> list[tuple[str, str, dict[str, Any]]]:
    found = History.objects.filter(kind=OPENED, root_entity="exports").order_by("id")
    return [(each.verb, each.note, each.changes or {}) for each in found]


def test_gives_the_columns_and_the_order_of_the_list_in_the_readers_words(cast: Cast, make: Make) -> None:
    make("Bình", phones=["0912345678", "+82 2-312-3456"], born_on="1990-02-01", tags=["vip", "quen"])
    make("An", addresses=[{"line": "12 Lê Lợi", "province": "Thành phố Huế"}], kind="HOUSEHOLD")
    asked = _asked(
        view=View(sort="-name"), columns=("name", "kind", "phones", "born_on", "tags", "addresses", "owner")
    )

    rows = _rows(asked, cast)

    assert [row["Tên"] for row in rows] == ["Bình", "An"]
    assert rows[0]["Điện thoại"] == "0912 345 678; +82 2-312-3456"
    assert (rows[0]["Ngày sinh"], rows[0]["Nhãn"]) == ("01/02/1990", "vip; quen")
    assert (rows[1]["Loại"], rows[1]["Phụ trách"]) == ("Hộ gia đình", cast.user("seller").full_name)
    assert "12 Lê Lợi" in rows[1].values()
    assert "Thành phố Huế" in rows[1].values()


def test_gives_what_the_filter_shows_or_the_chosen_rows(cast: Cast, make: Make) -> None:
    first, _second = make("Anh Đào"), make("Hoa Sen")

    assert _names(_asked(view=View(filter={"and": [["name", "contains", "sen"]]})), cast) == ["Hoa Sen"]
    assert _names(_asked(view=View(q="dao")), cast) == ["Anh Đào"]
    assert _names(_asked(ids=(first,)), cast) == ["Anh Đào"]


def test_gives_the_bin_only_when_it_is_asked_for(cast: Cast, customers: Entity, make: Make) -> None:
    make("Còn")
    gone = make("Xóa")
    standard.delete(customers, gone, actor=cast.actor("seller"), version=1)

    assert _names(_asked(), cast) == ["Còn"]
    assert _names(_asked(view=View(deleted=True)), cast) == ["Xóa"]


def test_reaches_no_further_than_both_rights(cast: Cast, make: Make) -> None:
    trail.begin(cast.actor("admin"), "roles.set_rights")
    role = Role.objects.get(code="SALES_REP")
    RoleRight.objects.create(role=role, entity="customers", verb="export", reach="own")
    mine = make("Của tôi")
    lent = make("Được mượn", who="outsider")
    share(entity_named("customers"), lent, actor=cast.actor("director"), user=cast.user("seller").pk)

    assert _names(_asked(), cast, "seller") == ["Của tôi"]
    assert _names(_asked(ids=(mine, lent)), cast, "seller") == ["Của tôi"]


def test_never_holds_a_hidden_field(cast: Cast, make: Make) -> None:
    make("An", phones=["0912345678"])
    trail.begin(cast.actor("admin"), "roles.set_rights")
    role = Role.objects.get(code="DIRECTOR")
    FieldRight.objects.create(role=role, entity="customers", field="phones", level="hidden")

    rows = _rows(_asked(), cast)

    assert "0912" not in str(rows)
    assert "Điện thoại" not in rows[0]
    before = _noted()
    for asked in (_asked(columns=("name", "phones")), _asked(view=View(sort="phones"))):
        with pytest.raises(BadRequest):
            stream(asked, actor=cast.actor("director"))
    assert _noted() == before


@pytest.mark.parametrize(
    ("who", "asked", "refusal"),
    [
        ("seller", _asked(), NotAllowed),
        ("care_agent", _asked(), NotAllowed),
        ("admin", _asked(), NotFound),
        ("director", Asked("dragons", purpose=WHY), NotFound),
        ("director", Asked("customers"), InvalidValues),
        ("director", Asked("customers", purpose=" \u200b"), InvalidValues),
        ("director", _asked(format="pdf"), BadRequest),
        ("director", _asked(ids=()), BadRequest),
        ("director", _asked(columns=("shoe_size",)), BadRequest),
        ("director", _asked(view=View(filter={"and": [["shoe_size", "eq", 1]]})), BadRequest),
    ],
)
def test_refuses_without_right_purpose_or_sense_and_notes_nothing(
    cast: Cast, make: Make, who: str, asked: Asked, refusal: type[Exception]
) -> None:
    make("An")

    with pytest.raises(refusal):
        take(asked, actor=cast.actor(who))
    with pytest.raises(refusal):
        stream(asked, actor=cast.actor(who))

    assert (_noted(), Job.objects.count()) == ([], 0)


def test_notes_who_took_how_much_and_why(cast: Cast, make: Make) -> None:
    make("An")
    make("Bình")

    _rows(_asked(view=View(q="an"), columns=("name", "kind")), cast)

    told = {"kind": "customers", "format": "csv", "words": "an", "columns": "name, kind"}
    assert _noted() == [
        ("exports.begin", WHY, {"asked": told}),
        ("exports.take", WHY, {"asked": told, "entries": 1, "whole": True}),
    ]
    assert History.objects.filter(root_entity="exports").latest("id").actor_id == cast.user("director").pk


def test_notes_an_export_that_broke_off(cast: Cast, make: Make) -> None:
    make("An")
    parts = stream(_asked(), actor=cast.actor("director"))
    next(iter(parts))

    parts.close()  # type: ignore[attr-defined]  # a generator

    assert _noted()[-1][2]["whole"] is False


def test_writes_a_workbook_with_days_as_days_and_no_formulas(cast: Cast, make: Make) -> None:
    make("=1+1", born_on="1990-02-01", note="@SUM(A1)")

    taken = take(_asked(format="xlsx", columns=("name", "born_on", "note")), actor=cast.actor("director"))

    assert isinstance(taken, tuple)
    with taken[0] as file:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0)
    heads, row = sheet.to_python()
    assert heads == ["Tên", "Ngày sinh", "Ghi chú"]
    assert (row[0], str(row[1]), row[2]) == ("=1+1", "1990-02-01", "@SUM(A1)")
    assert _noted()[-1][2]["entries"] == 1


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(1)", "\tx", "'=x"])
def test_arms_no_formula_in_a_file_of_text_and_reads_it_back_as_it_was(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"".join(csv_lines(["a", "b"], [[cell, "1"]])))

    written = path.read_text(encoding="utf-8-sig")
    assert not any(
        each.lstrip('"').startswith(("=", "+", "-", "@", "\t")) for each in written.splitlines()[1:]
    )
    assert next(open_table(path, shown="a.csv").rows())[0] == (cell if cell != "'=x" else "=x")


def test_leaves_a_long_list_to_a_job_whose_file_waits_for_whoever_asked(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make(f"Khách {number}")
    monkeypatch.setattr(running, "AT_ONCE", 2)
    director = cast.actor("director")

    job = take(_asked(), actor=director)

    assert isinstance(job, Job)
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == (JobState.DONE, 3, {"exported": 3})
    assert file_of(job).stat().st_mode & 0o777 == 0o600
    file, name = fetch(job, actor=director)
    with file:
        assert file.read().decode("utf-8-sig").count("Khách") >= 3
    assert name.startswith("khach-hang-")
    assert [verb for verb, _note, _told in _noted()] == ["exports.begin", "exports.take", "exports.fetch"]
    with pytest.raises(NotFound):
        fetch(job, actor=cast.actor("manager"))
    RoleRight.objects.filter(role__code="DIRECTOR", entity="customers", verb="export").delete()
    with pytest.raises(NotAllowed):
        fetch(job, actor=_anew(cast))


def _anew(cast: Cast) -> Any:
    AccessEpoch.objects.update(value=999_999)
    return cast.actor("director")


def test_a_job_writes_nothing_for_whoever_lost_the_right(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("An")
    monkeypatch.setattr(running, "AT_ONCE", 0)
    job = take(_asked(), actor=cast.actor("director"))
    assert isinstance(job, Job)
    RoleRight.objects.filter(role__code="DIRECTOR", entity="customers", verb="export").delete()
    _anew(cast)

    work(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not file_of(job).exists()


def test_a_job_that_is_stopped_leaves_no_file(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("An")
    monkeypatch.setattr(running, "AT_ONCE", 0)
    monkeypatch.setattr(running, "_TELL_EVERY", 1)
    for kind in ("csv", "xlsx"):
        job = take(_asked(format=kind), actor=cast.actor("director"))
        assert isinstance(job, Job)
        Job.objects.filter(pk=job.pk).update(wants_cancel=True)

        work(job.pk)

        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert [each for each in file_of(job).parent.glob("*") if str(job.pk) in each.name] == []


def test_deletes_files_that_nobody_fetched_for_a_week(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = files._folder()
    folder.mkdir(parents=True, exist_ok=True)
    old, young = folder / "990001.csv", folder / "990002.csv"
    for each in (old, young):
        each.write_text("x")
    week = dt.timedelta(days=8).total_seconds()
    os.utime(old, (old.stat().st_atime - week, old.stat().st_mtime - week))

    assert forget_old_files() == 1
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()


def test_costs_the_same_number_of_queries_for_few_rows_and_many(cast: Cast, make: Make) -> None:
    costs: list[int] = []
    _rows(_asked(), cast)  # rights are resolved once
    for more in (3, 40):
        for number in range(more):
            make(f"Khách {number}")
        with CaptureQueriesContext(connection) as queries:
            _rows(_asked(), cast)
        costs.append(len(queries))

    assert costs[0] == costs[1] < 20


def test_what_was_exported_is_read_again_as_it_was(cast: Cast, make: Make, tmp_path: Path) -> None:
    make("Nguyễn Văn Đức", phones=["0912345678"], tags=["vip"])
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"".join(stream(_asked(columns=("name", "phones", "tags")), actor=cast.actor("director")))
    )

    table = open_table(path, shown="a.csv")

    assert table.heads == ("Tên", "Điện thoại", "Nhãn")
    assert list(table.rows()) == [["Nguyễn Văn Đức", "0912 345 678", "vip"]]


def test_an_import_knows_the_heads_of_an_export(cast: Cast, customers: Entity) -> None:
    heads = [each.head for each in columns_of([each for each in customers.fields if each.editable])]

    found = proposed(customers, heads, actor=cast.actor("director")).as_json()

    assert [head for head, key in found.items() if not key] == []
    assert (found["Địa chỉ"], found["Phường, xã"], found["Tỉnh, thành phố"], found["Địa chỉ 2"]) == (
        "addresses.line", "addresses.ward", "addresses.province", "addresses.line",
    )  # fmt: skip


def test_counts_what_an_export_will_hold(cast: Cast, make: Make) -> None:
    make("An")

    assert count_rows(judge(_asked(), actor=cast.actor("director"))) == 1
