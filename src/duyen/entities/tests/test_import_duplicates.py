"""A row that is there already: left out, fills, changes, or comes in; within rights, and within the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.importing import Plan, rejected_path, running, start_import
from duyen.entities.importing.undoing import CannotUndoImport, start_undo_of_import
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
HEADS = "Tên,SĐT,Email,Ghi chú,Ngày sinh"


@pytest.fixture
def bring_in(customers: Entity, tmp_path: Path, cast: Cast) -> Any:
    """Bring lines in as one of the cast, by a rule."""

    def bring(*lines: str, rule: str = "skip", by: str = "seller", **plan: Any) -> Job:
        path = tmp_path / "tệp.csv"
        path.write_text("\n".join([HEADS, *lines]) + "\n", encoding="utf-8")
        actor: Actor = cast.actor(by)
        job = start_import(customers, path, actor=actor, plan=Plan(on_duplicate=OnDuplicate(rule), **plan))
        assert work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.problem
        return job

    return bring


def _counts(job: Job) -> tuple[int, ...]:
    names = ("imported", "updated", "unchanged", "skipped", "rejected")
    return tuple(job.result[name] for name in names)


def _known(make_customer: MakeCustomer, **values: object) -> Party:
    return Party.objects.get(pk=make_customer("Trần Thị Đào", phones=["0912345678"], **values))


def test_leaves_out_what_is_there_and_says_as_what(bring_in: Any, make_customer: MakeCustomer) -> None:
    there = _known(make_customer)

    job = bring_in("tran thi dao,+84 912 345 678,,mới,", "Lê Văn Tám,0987654321,,,")

    assert _counts(job) == (1, 0, 0, 1, 0)
    assert Party.objects.count() == 2
    assert there.code in job.result["told"][0]["reason"]


def test_brings_nothing_new_the_second_time(bring_in: Any) -> None:
    lines = [f"Khách Hàng {n},09{12000000 + n},," for n in range(30)]
    first = bring_in(*(line + "," for line in lines))

    second = bring_in(*(line + "," for line in lines))

    assert _counts(first) == (30, 0, 0, 0, 0)
    assert _counts(second) == (0, 0, 0, 30, 0)
    assert Party.objects.count() == 30


def test_counts_rows_as_a_spreadsheet_shows_them(bring_in: Any) -> None:
    job = bring_in("Trần Thị Đào,0912345678,,,", "Lê Văn Tám,12,,,", "tran thi dao,0912 345 678,,,")

    told = job.result["told"]
    assert [each["row"] for each in told] == [3, 4]
    assert "Giống dòng 2 của tệp này" in told[1]["reason"]


def test_fills_what_is_empty_and_changes_nothing_else(bring_in: Any, make_customer: MakeCustomer) -> None:
    there = _known(make_customer, note="giữ lại")

    job = bring_in("Trần Thị Đào,0912345678,dao@example.com,khác,05/01/1990", rule="fill")

    there.refresh_from_db()
    assert _counts(job) == (0, 1, 0, 0, 0)
    assert (there.note, there.emails, str(there.born_on), there.version) == (
        "giữ lại", ["dao@example.com"], "1990-01-05", 2,
    )  # fmt: skip
    assert _counts(bring_in("Trần Thị Đào,0912345678,dao@example.com,khác,05/01/1990", rule="fill")) == (
        0, 0, 1, 0, 0,
    )  # fmt: skip


def test_changes_what_the_row_says_and_empties_nothing(bring_in: Any, make_customer: MakeCustomer) -> None:
    there = _known(make_customer, note="cũ", emails=["cu@example.com"])

    job = bring_in("Trần Thị Đào,0912345678; 0987654321,,mới,", rule="update")

    there.refresh_from_db()
    assert _counts(job) == (0, 1, 0, 0, 0)
    assert (there.note, there.emails, there.phones) == (
        "mới", ["cu@example.com"], ["+84912345678", "+84987654321"],
    )  # fmt: skip
    entry = History.objects.get(entity="parties", record_id=there.pk, kind="U")
    assert (entry.verb, entry.record_version) == ("customers.change", 2)


def test_creates_all_the_same_where_that_is_wanted(bring_in: Any, make_customer: MakeCustomer) -> None:
    _known(make_customer)

    job = bring_in("Trần Thị Đào,0912345678,,,", rule="create")

    assert (_counts(job), Party.objects.count()) == ((1, 0, 0, 0, 0), 2)


@pytest.mark.parametrize("rule", ["skip", "fill", "update"])
def test_tells_of_one_outside_ones_rights_only_that_it_is_there(
    bring_in: Any, make_customer: MakeCustomer, rule: str
) -> None:
    hidden = Party.objects.get(
        pk=make_customer("Trần Thị Đào", by="outsider", tax_code="0100233488", kind="ORGANISATION")
    )

    job = bring_in(
        "Trần Thị Đào,,,0100233488,", rule=rule, mapping={"Ghi chú": "tax_code"}, given={"kind": "Tổ chức"}
    )

    told = rejected_path(job).read_text("utf-8-sig").splitlines()[1]
    assert _counts(job) == (0, 0, 0, 0, 1)
    assert hidden.code not in told
    assert Party.objects.count() == 1
    hidden.refresh_from_db()
    assert hidden.version == 1


def test_refuses_to_change_a_record_that_is_only_seen(
    bring_in: Any, make_customer: MakeCustomer, cast: Cast, customers: Entity
) -> None:
    from duyen.entities.sharing import share

    record_id = make_customer("Trần Thị Đào", by="outsider", phones=["0912345678"])
    share(customers, record_id, actor=cast.actor("director"), user=cast.users["seller"].pk)

    job = bring_in("Trần Thị Đào,0912345678,,mới,", rule="update")

    assert _counts(job) == (0, 0, 0, 0, 1)
    assert "không sửa được" in rejected_path(job).read_text("utf-8-sig")
    assert Party.objects.get(pk=record_id).note == ""


@pytest.mark.parametrize("chunk", [2_000, 1])
@pytest.mark.parametrize(
    ("rule", "counts"), [("skip", (1, 0, 0, 2, 0)), ("fill", (1, 2, 0, 0, 0)), ("update", (1, 2, 0, 0, 0))]
)
def test_finds_what_comes_twice_in_one_file(
    bring_in: Any, monkeypatch: pytest.MonkeyPatch, rule: str, counts: tuple[int, ...], chunk: int
) -> None:
    monkeypatch.setattr(running, "CHUNK", chunk)
    lines = ["Trần Thị Đào,0912345678,,,", "TRẦN THỊ ĐÀO,0912345678,dao@example.com,,"]
    lines += ["Tran Thi Dao,0912345678,,ghi chú,"]

    job = bring_in(*lines, rule=rule)

    made = Party.objects.get()
    assert _counts(job) == counts
    assert made.emails == ([] if rule == "skip" else ["dao@example.com"])


@pytest.mark.parametrize("chunk", [2_000, 1])
@pytest.mark.parametrize("rule", ["skip", "fill", "update", "create"])
def test_foresees_in_a_dry_run_what_will_become_of_each_row(
    bring_in: Any, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch, rule: str, chunk: int
) -> None:
    monkeypatch.setattr(running, "CHUNK", chunk)
    there = _known(make_customer)
    before = History.objects.count()
    lines = ["Trần Thị Đào,0912345678,dao@example.com,,", "Lê Văn Tám,0987654321,,,", "Sai,123,,,"]
    lines += ["Lê Văn Tám,0987654321,,hai lần,"]

    tried = bring_in(*lines, rule=rule, dry_run=True)

    assert (Party.objects.count(), History.objects.count()) == (1, before)
    there.refresh_from_db()
    assert (there.version, there.emails) == (1, [])
    assert _counts(bring_in(*lines, rule=rule)) == _counts(tried)


def test_asks_as_often_for_few_rows_as_for_many(bring_in: Any, make_customer: MakeCustomer) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _known(make_customer)
    counts = []
    for size in (30, 31, 90):
        lines = [f"Khách {size} {n},09{size}{100000 + n},,," for n in range(size)]
        with CaptureQueriesContext(connection) as caught:
            bring_in(*lines, rule="update")
        counts.append(len(caught))

    assert counts[1] == counts[2]


# --- taking it back -----------------------------------------------------------------------------------


def _undo(job: Job, actor: Actor) -> Job:
    found = start_undo_of_import(job, actor=actor)
    assert work(found.pk)
    found.refresh_from_db()
    return found


def test_takes_a_whole_import_back(
    bring_in: Any, make_customer: MakeCustomer, cast: Cast, customers: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 2)
    there = _known(make_customer, note="cũ")
    lines = [f"Khách Hàng {n},09{12000000 + n},,," for n in range(5)]
    job = bring_in(*lines, "Trần Thị Đào,0912345678,,mới,", rule="update")
    assert _counts(job) == (5, 1, 0, 0, 0)

    undone = _undo(job, cast.actor("seller"))

    there.refresh_from_db()
    assert (undone.state, undone.result["changed"], undone.rejected) == (JobState.DONE, 6, 0)
    assert (there.note, there.deleted_at) == ("cũ", None)
    assert Party.objects.filter(deleted_at=None).count() == 1
    assert Party.objects.filter(deleted_at__isnull=False).count() == 5
    assert start_undo_of_import(job, actor=cast.actor("seller")).pk == undone.pk


def test_leaves_and_names_what_was_changed_since(
    bring_in: Any, make_customer: MakeCustomer, cast: Cast, customers: Entity
) -> None:
    there = _known(make_customer, note="cũ")
    job = bring_in("Trần Thị Đào,0912345678,dao@example.com,mới,", rule="update")
    standard.change(customers, there.pk, actor=cast.actor("seller"), values={"note": "sau đó"}, version=2)

    undone = _undo(job, cast.actor("seller"))

    there.refresh_from_db()
    assert (there.note, there.emails) == ("sau đó", [])
    assert "Ghi chú" in rejected_path(undone).read_text("utf-8-sig")
    assert undone.result["reasons"] == {"changed_since": 1}


def test_needs_the_rights_to_take_it_back(bring_in: Any, cast: Cast) -> None:
    job = bring_in("Trần Thị Đào,0912345678,,,", by="teller")

    with pytest.raises(NotAllowed):
        start_undo_of_import(job, actor=cast.actor("teller"))

    assert Party.objects.get().deleted_at is None


def test_takes_back_neither_a_trial_nor_what_is_old(bring_in: Any, cast: Cast) -> None:
    import datetime as dt

    tried = bring_in("Trần Thị Đào,0912345678,,,", dry_run=True)
    job = bring_in("Trần Thị Đào,0912345678,,,")
    Job.objects.filter(pk=job.pk).update(finished_at=job.finished_at - dt.timedelta(days=31))
    job.refresh_from_db()

    for each in (tried, job):
        with pytest.raises(CannotUndoImport):
            start_undo_of_import(each, actor=cast.actor("seller"))

    assert Party.objects.get().deleted_at is None
