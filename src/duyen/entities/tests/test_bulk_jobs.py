"""All in a filter: counted, walked by id as a job, stopped, taken up again, undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from duyen.entities import standard
from duyen.entities.bulk import running
from duyen.entities.bulk.outcomes import SetDone
from duyen.entities.bulk.rules import Fate
from duyen.entities.bulk.running import start, start_undo
from duyen.entities.bulk.selection import Chosen, Everything
from duyen.entities.bulk.steps import BulkStep, take
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.importing import rejected_path
from duyen.entities.paging import View
from duyen.entities.undo import Undone
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import Role, User
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

MakeMany = Callable[..., list[int]]
BUILDERS = {"and": [["industry", "eq", "CONSTRUCTION"]]}


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 40)
    monkeypatch.setattr(running, "AT_ONCE", 20)


@pytest.fixture
def make_many(cast: Cast, customers: Entity) -> MakeMany:
    """Make builders of the seller, or of whoever is named."""

    def make(count: int, by: str = "seller", **values: object) -> list[int]:
        given = {"name": "Thầu", "kind": "INDIVIDUAL", "industry": "CONSTRUCTION", **values}
        made, _operation = standard.create_many(customers, actor=cast.actor(by), rows=[given] * count)
        return [each.id for each in made if each.id]

    return make


@contextmanager
def _by_the_system() -> Iterator[None]:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.prepare")
        yield


def _started(cast: Cast, customers: Entity, who: str, step: BulkStep, view: View | None = None) -> Job:
    selection = Everything.now(customers, view or View(filter=BUILDERS))
    job = start(customers, step, selection, actor=cast.actor(who))
    assert isinstance(job, Job)
    return job


def _change(**values: object) -> BulkStep:
    return BulkStep("change", values)


def test_changes_all_that_the_filter_shows_though_the_edit_takes_them_out_of_it(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    ids, others = make_many(100), make_many(5, industry="EDUCATION")
    foreign = make_many(3, by="outsider")

    job = _started(cast, customers, "seller", _change(industry="TRADE"))
    late = make_many(2)
    assert work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.rejected) == (JobState.DONE, 100, 100, 0)
    assert Party.objects.filter(pk__in=ids, industry="TRADE", version=2).count() == 100
    assert Party.objects.filter(pk__in=[*others, *foreign, *late], version=1).count() == 10
    operations = set(History.objects.filter(record_version=2).values_list("operation", flat=True))
    assert operations == {job.arguments["operation"]}


def test_takes_few_at_once_and_leaves_many_to_the_worker(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    make_many(20)
    selection = Everything.now(customers, View(filter=BUILDERS))

    at_once = start(customers, _change(note="ít"), selection, actor=cast.actor("seller"))
    make_many(1)
    job = _started(cast, customers, "seller", _change(note="nhiều"))

    assert isinstance(at_once, SetDone)
    assert len(at_once.of(Fate.CHANGED)) == 20
    assert (job.state, job.total) == (JobState.QUEUED, 21)
    assert ProcrastinateJob.objects.filter(task_name="jobs.work_on", args={"job_id": job.pk}).exists()


def test_names_each_refused_record_in_a_file(cast: Cast, customers: Entity, make_many: MakeMany) -> None:
    make_many(50)
    (company,) = make_many(1, name="Công ty CP Hồng Bàng", kind="ORGANISATION")

    job = _started(cast, customers, "seller", _change(honorific="chị"))
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rejected, job.result["reasons"]) == (JobState.DONE, 1, {"invalid": 1})
    lines = rejected_path(job).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("id,name,")
    assert lines[1].startswith(f"{company},Công ty CP Hồng Bàng,")
    assert len(lines) == 2


def test_goes_on_after_a_kill_without_doing_anything_twice(
    cast: Cast, customers: Entity, make_many: MakeMany, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = make_many(100)
    job = _started(cast, customers, "seller", _change(note="mới"))
    real, calls = take, []

    def dies_on_the_second(*args: Any, **words: Any) -> SetDone:
        calls.append(1)
        done = real(*args, **words)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(running, "take", dies_on_the_second)
    with pytest.raises(KeyboardInterrupt):
        work(job.pk)
    job.refresh_from_db()
    assert (job.done, Party.objects.filter(note="mới").count()) == (40, 40)

    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 100)
    assert Party.objects.filter(pk__in=ids, note="mới", version=2).count() == 100
    assert History.objects.filter(operation=job.arguments["operation"]).count() == 100


def test_stops_where_it_is_told_to_and_keeps_what_is_done(
    cast: Cast, customers: Entity, make_many: MakeMany, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(100)
    job = _started(cast, customers, "seller", _change(note="mới"))
    real, calls = take, []

    def told_to_stop_in_the_second(*args: Any, **words: Any) -> SetDone:
        calls.append(1)
        if len(calls) == 2:
            Job.objects.filter(pk=job.pk).update(wants_cancel=True)
        return real(*args, **words)

    monkeypatch.setattr(running, "take", told_to_stop_in_the_second)
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.CANCELLED, 40)
    assert Party.objects.filter(note="mới").count() == 40


def test_works_with_the_rights_of_the_moment(cast: Cast, customers: Entity, make_many: MakeMany) -> None:
    make_many(60)
    job = _started(cast, customers, "seller", _change(note="mới"))
    with _by_the_system():
        RoleRight.objects.filter(role__code="SALES_REP", entity="customers", verb="change").delete()

    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.rejected) == (JobState.DONE, 60, 60)
    assert job.result["reasons"] == {"not_allowed": 60}
    assert not Party.objects.filter(note="mới").exists()


def test_ends_when_whoever_asked_may_no_longer_sign_in(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    make_many(60)
    job = _started(cast, customers, "seller", _change(note="mới"))
    with _by_the_system():
        User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.FAILED, 0)
    assert not Party.objects.filter(note="mới").exists()


def test_refuses_at_once_what_no_record_could_take(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    ids = make_many(30)
    everything = Everything.now(customers, View())

    def refused(who: str, step: BulkStep) -> type[Exception]:
        with pytest.raises((InvalidValues, NotAllowed, NotFound)) as refusal:
            start(customers, step, everything, actor=cast.actor(who))
        return refusal.type

    assert refused("seller", _change(industry="MOON")) is InvalidValues
    assert refused("seller", _change()) is InvalidValues
    assert refused("seller", _change(relationship_state="LOST")) is InvalidValues
    assert refused("seller", BulkStep("change", {"note": "x"}, {"note": "add"})) is InvalidValues
    assert refused("seller", BulkStep("hand_over", {"owner": cast.user("teller").pk})) is NotAllowed
    assert refused("manager", BulkStep("hand_over", {})) is InvalidValues
    assert refused("seller", BulkStep("lose", {})) is InvalidValues
    assert refused("seller", BulkStep("fly", {})) is NotFound
    assert (Job.objects.count(), Party.objects.filter(pk__in=ids, version=1).count()) == (0, 30)


def test_refuses_a_field_that_is_hidden_or_may_only_be_read(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    make_many(3)
    with _by_the_system():
        role = Role.objects.get(code="SALES_REP")
        FieldRight.objects.create(role=role, entity="customers", field="note", level="read")

    with pytest.raises(InvalidValues):
        start(customers, _change(note="x"), Everything.now(customers, View()), actor=cast.actor("seller"))

    assert not Party.objects.filter(note="x").exists()


def test_undoes_a_large_operation_as_a_job_of_its_own(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    ids = make_many(90)
    manager, heir = cast.actor("manager"), cast.user("colleague").pk
    job = _started(cast, customers, "manager", BulkStep("hand_over", {"owner": heir}))
    work(job.pk)
    assert Party.objects.filter(owner_id=heir).count() == 90
    standard.change(customers, ids[4], actor=manager, values={"owner": cast.user("teller").pk}, version=2)

    undoing = start_undo(job.arguments["operation"], actor=manager)
    assert isinstance(undoing, Job)
    work(undoing.pk)

    undoing.refresh_from_db()
    assert (undoing.state, undoing.done, undoing.total) == (JobState.DONE, 90, 90)
    assert undoing.result["changed"] == 89
    assert Party.objects.filter(owner_id=cast.user("seller").pk, version=3).count() == 89
    assert Party.objects.get(pk=ids[4]).owner_id == cast.user("teller").pk


def test_undoes_chosen_records_at_once(cast: Cast, customers: Entity, make_many: MakeMany) -> None:
    ids = make_many(5)
    chosen = Chosen(tuple(ids), dict.fromkeys(ids, 1))
    done = start(customers, _change(note="mới"), chosen, actor=cast.actor("seller"))
    assert isinstance(done, SetDone)

    undone = start_undo(done.operation.id, actor=cast.actor("seller"))

    assert isinstance(undone, Undone)
    assert len(undone.done) == 5
    assert not Party.objects.filter(note="mới").exists()


def test_tells_nobody_of_an_operation_whose_records_she_may_not_see(
    cast: Cast, customers: Entity, make_many: MakeMany
) -> None:
    make_many(90)
    job = _started(cast, customers, "seller", _change(note="mới"))
    work(job.pk)

    with pytest.raises(NotFound):
        start_undo(job.arguments["operation"], actor=cast.actor("outsider"))

    assert Party.objects.filter(note="mới").count() == 90
    assert Job.objects.count() == 1
