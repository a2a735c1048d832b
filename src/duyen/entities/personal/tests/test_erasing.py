"""Erasing a person: nothing finds her afterwards, what others wrote stays, and the trail holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from duyen.entities import standard
from duyen.entities.attachments.writing import add_file, read_content, stored
from duyen.entities.errors import NotAllowed
from duyen.entities.models import Erasure
from duyen.entities.personal import erasing
from duyen.entities.personal.erasing import preview, start
from duyen.entities.personal.finding import NoPerson
from duyen.entities.personal.proving import digest_of
from duyen.entities.personal.standing import Erased
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.entities.undo import undo
from duyen.foundation.audit import sealing
from duyen.foundation.audit.models import History
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import File
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

NAME, PHONE, MAIL = "Đoàn Thuỳ Chi", "0912 345 678", "thuychi@example.com"
#: The director may change any customer: that stands in here for the right of whoever answers requests.
NEEDS = ("customers", "delete")


def _make(cast: Cast, entity: str, **values: Any) -> int:
    return standard.create(entity_named(entity), actor=cast.actor("seller"), values=values).id


@pytest.fixture
def person(cast: Cast) -> int:
    made = _make(
        cast,
        "customers",
        name=NAME,
        kind="INDIVIDUAL",
        phones=[PHONE],
        emails=[MAIL],
        born_on="1990-02-03",
        note="Thích gọi buổi tối",
    )
    standard.change(
        entity_named("customers"),
        made,
        actor=cast.actor("seller"),
        values={"note": "Thích gọi buổi sáng"},
        version=1,
    )
    return made


@pytest.fixture
def firm(cast: Cast) -> int:
    return _make(cast, "customers", name="Công ty TNHH Hải Long", kind="ORGANISATION")


def _erase(cast: Cast, person: int) -> Erasure:
    job = start(
        entity_named("customers"), person, actor=cast.actor("director"), reason="YC-0001", needs=NEEDS
    )
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (JobState.DONE, "")
    return Erasure.objects.get(record_id=person)


def _everything(*, without: tuple[str, ...] = ()) -> str:
    """Read the whole base as text: each row of each table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') "
            "AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        names = [row[0] for row in cursor.fetchall() if row[0] not in without]
        told = []
        for name in names:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} t")
            told += [f"{name}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(told)


def test_leaves_no_word_of_her_in_the_whole_base(cast: Cast, person: int) -> None:
    _make(
        cast,
        "activities",
        kind="CALL",
        subject=f"Gọi {NAME}",
        body="Hẹn 0912345678",
        about=[f"customers:{person}"],
    )
    sealing.seal(size=3)

    _erase(cast, person)

    told = _everything()
    for word in (NAME, "+84912345678", MAIL, "1990-02-03", "Thích gọi", "0912345678"):
        assert [line for line in told.splitlines() if word in line] == [], word
    assert search_all(NAME, actor=cast.actor("director")) == []
    sealing.seal(size=3)
    assert sealing.verify().fault == ""


def test_takes_her_name_out_of_what_others_share_and_leaves_the_rest(
    cast: Cast, person: int, firm: int
) -> None:
    shared = _make(
        cast,
        "activities",
        kind="MEETING",
        subject=f"Họp với {NAME.upper()} và giám đốc",
        body="Giá 640 triệu, số 0912.345.678 gọi lại",
        about=[f"customers:{firm}", f"customers:{person}"],
        starts_at="2026-11-02T02:00:00Z",
        ends_at="2026-11-02T03:00:00Z",
    )

    proof = _erase(cast, person)

    row = entity_named("activities").model._default_manager.values().get(pk=shared)
    assert row["subject"] == "Họp với [đã xoá] và giám đốc"
    assert row["body"] == "Giá 640 triệu, số [đã xoá] gọi lại"
    assert proof.counted["activities_activity"] == {"named": 1}
    held = entity_named("customers").model._default_manager.values().get(pk=firm)
    assert (held["name"], held["deleted_at"]) == ("Công ty TNHH Hải Long", None)


def test_deletes_her_files_with_their_contents(cast: Cast, person: int, firm: int, tmp_path: Path) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    for record in (person, firm):
        path = tmp_path / "cccd.txt"
        path.write_text("012345678901")
        with stored(read_content(path, "cccd.txt", limits=limits())) as kept:
            add_file(customers, record, kept, actor=seller)

    _erase(cast, person)

    assert list(File.objects.values_list("record_id", flat=True)) == [firm]


def test_keeps_the_record_in_the_bin_for_good(cast: Cast, person: int) -> None:
    customers, director = entity_named("customers"), cast.actor("director")
    changed = History.objects.get(record_id=person, entity="parties", kind="U").operation

    _erase(cast, person)

    with pytest.raises(Erased):
        standard.restore(customers, person, actor=director)
    before = _everything(without=("history",))
    assert not undo(changed, actor=director).done
    assert before == _everything(without=("history",))
    with pytest.raises(Erased):
        start(customers, person, actor=director, reason="YC-0002", needs=NEEDS)


def test_proves_what_was_done_without_saying_who_she_was(cast: Cast, person: int) -> None:
    proof = _erase(cast, person)

    assert proof.digest == digest_of(proof)
    assert proof.finished_at is not None
    assert proof.by_name == "Hoàng Thị Lan"
    assert NAME not in json.dumps(proof.counted) + json.dumps(proof.keeps) + proof.reason
    noted = History.objects.get(verb="customers.erasure_done")
    assert noted.changes == {"erasure": proof.pk, "digest": proof.digest}


def test_tells_beforehand_and_changes_nothing(cast: Cast, person: int) -> None:
    before = _everything()

    lines = preview(entity_named("customers"), person, actor=cast.actor("director"), needs=NEEDS)

    assert next((str(each.label), each.alone) for each in lines) == ("Khách hàng", 1)
    assert before == _everything()


def test_refuses_a_company_and_whoever_has_no_right(cast: Cast, person: int, firm: int) -> None:
    customers = entity_named("customers")
    with pytest.raises(NoPerson):
        start(customers, firm, actor=cast.actor("director"), reason="x", needs=NEEDS)
    with pytest.raises(NotAllowed):
        start(customers, person, actor=cast.actor("teller"), reason="x", needs=NEEDS)
    assert not Erasure.objects.exists()
    assert not Job.objects.exists()


def test_goes_on_after_a_crash_and_ends_the_same(
    cast: Cast, person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(
        entity_named("customers"), person, actor=cast.actor("director"), reason="YC-0001", needs=NEEDS
    )

    def broken(*_args: object, **_named: object) -> int:
        raise RuntimeError("the owner's connection broke off")

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "blank", broken)
        with pytest.raises(RuntimeError):
            work(job.pk)
    assert NAME in _everything()

    assert work(job.pk)

    assert NAME not in _everything()
    assert Erasure.objects.get(record_id=person).finished_at is not None
