"""A long file is read by a process of its own: the same records, refusals and sentences come of it."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from duyen.entities.entity import Entity
from duyen.entities.importing import Keeping, Plan, rejected_path, running, start_import
from duyen.entities.importing.apart import Apart, Gone
from duyen.entities.importing.chunks import Chunk
from duyen.entities.importing.words import OnDuplicate
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_COLUMNS = ("name", "kind", "phones", "born_on", "addresses", "tax_code", "legal_form", "completeness")


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Apart]]:
    """Let every file be long enough for a process of its own, and list those that were begun."""
    begun: list[Apart] = []
    real = Apart.__init__

    def begin(self: Apart, asked: Any) -> None:
        real(self, asked)
        begun.append(self)

    monkeypatch.setattr("duyen.entities.importing.apart.LEAST_ROWS", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(running, "CHUNK", 4)
    monkeypatch.setattr(Apart, "__init__", begin)
    yield begun
    for each in begun:
        each.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of good rows, rows to refuse, and rows that come twice."""
    written = tmp_path / "khách.csv"
    lines = [
        "Trần Thị Đào,cá nhân,0912 345 678,1/2/1990,12 Lê Lợi,Phường Ngô Quyền,Hải Phòng",
        "Số sai,cá nhân,12,,,,",
        "Công ty TNHH Phú Quý,,0225 3822 111,,5 Lê Lợi,P. Máy Tơ,Hải Phòng",
        "TRAN THI DAO,cá nhân,+84912345678,,12 đường Lê Lợi,Ngô Quyền,Hải Phòng",
        "Bùi Lạ,người lạ,,31/02/2020,,,",
        *(f"Khách {number},cá nhân,09{12000000 + number},,,," for number in range(6)),
    ]
    heads = "Họ và tên,Loại,SĐT,Ngày sinh,Địa chỉ,Phường/Xã,Tỉnh/TP"
    written.write_text("\n".join([heads, *lines]) + "\n", encoding="utf-8")
    return written


def _bring_in(entity: Entity, path: Path, cast: Cast, rule: OnDuplicate = OnDuplicate.SKIP) -> Job:
    plan = Plan(keeping=Keeping(), on_duplicate=rule)
    job = start_import(entity, path, actor=cast.actor("seller", Door.IMPORT), plan=plan)
    assert work(job.pk)
    job.refresh_from_db()
    return job


def _told(job: Job) -> tuple[Any, ...]:
    """Give all that an import left: its records, its counts, its refused rows with their reasons."""
    with rejected_path(job).open(encoding="utf-8-sig", newline="") as file:
        refused = list(csv.reader(file))
    made = list(Party.objects.order_by("pk").values_list(*_COLUMNS))
    return made, job.result, refused, job.state


@pytest.mark.parametrize("rule", [OnDuplicate.SKIP, OnDuplicate.FILL])
def test_what_another_process_read_comes_in_as_if_read_here(
    cast: Cast,
    customers: Entity,
    path: Path,
    used: list[Apart],
    rule: OnDuplicate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as here, transaction.atomic():
        here.setattr("duyen.entities.importing.apart.LEAST_ROWS", 1_000)
        expected = _told(_bring_in(customers, path, cast, rule))
        transaction.set_rollback(True)
    assert (len(used), expected[1]["rejected"], expected[3]) == (0, 2, JobState.DONE)
    assert not Party.objects.exists()

    found = _told(_bring_in(customers, path, cast, rule))

    assert found == expected
    assert len(used) == 1


def test_goes_on_by_itself_when_the_other_process_is_gone(
    cast: Cast, customers: Entity, path: Path, used: list[Apart], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Apart.next_chunk
    taken: list[Chunk | None] = []

    def die_after_one(self: Apart) -> Chunk | None:
        if taken:
            self.close()
            raise Gone
        taken.append(real(self))
        return taken[0]

    monkeypatch.setattr(Apart, "next_chunk", die_after_one)

    job = _bring_in(customers, path, cast)

    assert (len(taken), job.state, job.done, Party.objects.count()) == (1, JobState.DONE, 11, 8)


def test_a_process_that_cannot_begin_is_done_without(
    cast: Cast, customers: Entity, path: Path, used: list[Apart], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.Popen
    monkeypatch.setattr(
        "duyen.entities.importing.apart.subprocess.Popen",
        lambda _command, **options: real(["false"], **options),
    )

    job = _bring_in(customers, path, cast)

    assert (job.state, job.done, Party.objects.count()) == (JobState.DONE, 11, 8)


def test_a_short_file_is_read_here(
    cast: Cast, customers: Entity, path: Path, used: list[Apart], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.importing.apart.LEAST_ROWS", 12)

    _bring_in(customers, path, cast)

    assert used == []
