"""Merging and closing units: the preview tells what happens, and large ones go on after a kill."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import handing_over, standard
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.models import SavedView
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import stop, work
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.kernel.clock import now, today
from duyen.kernel.errors import DomainError
from duyen.modules.administration import jobs
from duyen.modules.administration.actions import units
from duyen.modules.administration.previews import preview_closing, preview_merging
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
PEOPLE = ("seller", "teller", "manager", "colleague", "care_agent", "outsider")


def _plant(cast: Cast, who: str, count: int) -> None:
    for number in range(count):
        values = {"name": f"Khách {who} {number}", "kind": "INDIVIDUAL"}
        standard.create(entity_named("customers"), actor=cast.actor(who), values=values)


def _seen(cast: Cast) -> dict[str, set[int]]:
    customers = entity_named("customers")
    return {
        who: set(customers.rows(cast.actor(who)).values_list("pk", flat=True))
        for who in (*PEOPLE, "director")
    }


def _row(code: str) -> dict[str, Any]:
    return dict(Unit.objects.filter(code=code).values().get())


def _merge(cast: Cast, code: str, into: str, who: str = "admin") -> Any:
    arguments = {"into": Unit.objects.get(code=into).pk}
    return perform(
        entity_named("units"), "merge_into", _row(code)["id"], actor=cast.actor(who), arguments=arguments
    )


def _told(shifts: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Read of a preview how many customers open and close for reading, by name of the person."""
    label = str(entity_named("customers").labels)
    found = {}
    for one in shifts["people"]:
        for right in one["rights"]:
            if right["entity"] == label and "Xem" in [str(each) for each in right["verbs"]]:
                found[one["name"]] = (right["opened"]["count"].number, right["closed"]["count"].number)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_preview_agrees_with_what_happens(cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    for who in ("seller", "teller", "colleague", "outsider"):
        _plant(cast, who, dice.randrange(3))
    gone, into = dice.choice([("HP1", "HP2"), ("HP2", "HP1"), ("HD1", "HP1"), ("CSKH", "KV1"), ("KV1", "HD")])
    before = _seen(cast)
    shown = preview_merging(cast.actor("admin"), _row(gone), {"into": cast.unit(into).pk})

    _merge(cast, gone, into)

    after = _seen(cast)
    told = _told(shown["shifts"])
    for who in PEOPLE:
        name = cast.users[who].full_name
        assert told.get(name, (0, 0)) == (len(after[who] - before[who]), len(before[who] - after[who])), (
            seed,
            gone,
            into,
            who,
        )
    held = {str(each.label): each.count for each in shown["moves"]["held"]}
    moved = History.objects.filter(verb="customers.hand_over").count()
    assert held.get(str(entity_named("customers").labels), 0) == moved


def test_everything_goes_along_and_the_unit_keeps_its_code_and_history(cast: Cast) -> None:
    _plant(cast, "seller", 2)
    team = Unit.objects.create(
        code="T1", name="Tổ 1", kind="TEAM", parent=cast.unit("HP1"), created_at=now(), updated_at=now()
    )
    codes = set(entity_named("customers").model._default_manager.values_list("code", flat=True))
    SavedView.objects.create(
        entity="customers",
        name="Của cửa hàng",
        state={},
        owner=cast.users["seller"],
        audience="unit",
        unit=cast.unit("HP1"),
        created_at=now(),
        updated_at=now(),
    )

    _merge(cast, "HP1", "HP2")

    customers = entity_named("customers").model._default_manager
    assert set(customers.values_list("unit__code", flat=True)) == {"HP2"}
    assert set(customers.values_list("version", flat=True)) == {2}
    assert set(customers.values_list("code", flat=True)) == codes
    assert Position.objects.get(user=cast.users["seller"]).unit.code == "HP2"
    assert Unit.objects.get(pk=team.pk).parent_id == cast.unit("HP2").pk
    assert SavedView.objects.get().unit_id == cast.unit("HP2").pk
    gone = Unit.objects.get(code="HP1")
    assert (gone.is_active, gone.name) == (False, "Cửa hàng Hồng Bàng")
    (note,) = set(
        History.objects.filter(verb="units.merge_into", entity="units").values_list("note", flat=True)
    )
    assert note == "→ HP2"


def test_a_position_held_in_both_is_held_once_and_stays_the_main_one(cast: Cast) -> None:
    position = Position.objects.get(user=cast.users["seller"])
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.place")
        Position.objects.create(
            user=cast.users["seller"],
            unit=cast.unit("HP2"),
            role=position.role,
            since=today(),
            created_at=now(),
            updated_at=now(),
        )

    _merge(cast, "HP1", "HP2")

    held = Position.objects.get(user=cast.users["seller"])
    assert (held.unit_id, held.is_main) == (cast.unit("HP2").pk, True)


@pytest.mark.parametrize(
    ("code", "into", "refusal"),
    [
        ("HO", "HP", units.HeadOfficeStays),
        ("HP1", "HP1", units.NotIntoItself),
        ("KV1", "HP1", units.NotIntoItself),
        ("KV1", "CSKH", units.DoesNotFit),
    ],
)
def test_a_merge_that_cannot_be_changes_nothing(
    cast: Cast, code: str, into: str, refusal: type[DomainError]
) -> None:
    _plant(cast, "seller", 1)
    before = History.objects.count()

    with pytest.raises(refusal):
        _merge(cast, code, into)

    assert History.objects.count() == before
    assert not Unit.objects.filter(is_active=False).exists()


def test_nothing_goes_into_a_closed_unit(cast: Cast) -> None:
    _merge(cast, "CSKH", "HP")
    with pytest.raises(units.ClosedAlready):
        _merge(cast, "HP1", "CSKH")
    assert Unit.objects.get(code="HP1").is_active


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_others_merge_nothing(cast: Cast, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        _merge(cast, "HP1", "HP2", who=who)
    assert Unit.objects.get(code="HP1").is_active


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few records count as many, so that a test sees chunks."""
    monkeypatch.setattr(units, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "CHUNK", 2)


def _started(cast: Cast) -> Job:
    _plant(cast, "seller", 5)
    done = _merge(cast, "HP1", "HP2")
    assert done.job is not None
    assert Unit.objects.get(code="HP1").is_active
    return Job.objects.get(pk=done.job)


@pytest.mark.usefixtures("_large")
def test_a_large_unit_moves_in_chunks_and_ends_like_a_small_one(cast: Cast) -> None:
    job = _started(cast)
    assert job.total == 5
    with pytest.raises(units.MovesAlready):
        _merge(cast, "HP1", "HP2")

    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.problem) == (JobState.DONE, 5, "")
    assert not Unit.objects.get(code="HP1").is_active
    assert Position.objects.get(user=cast.users["seller"]).unit.code == "HP2"
    moves = History.objects.filter(verb="customers.hand_over")
    assert moves.count() == 5
    assert moves.values("operation").distinct().count() == 1


@pytest.mark.usefixtures("_large")
def test_goes_on_after_a_kill_and_moves_nothing_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _started(cast)
    times = []
    whole = handing_over.give_some_of_unit

    def killed_at_the_second(*given: Any, **named: Any) -> int:
        times.append(1)
        if len(times) == 2:
            raise KeyboardInterrupt
        return whole(*given, **named)

    monkeypatch.setattr(jobs, "give_some_of_unit", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        work(job.pk)
    job.refresh_from_db()
    assert job.done == 2
    assert Unit.objects.get(code="HP1").is_active

    monkeypatch.setattr(jobs, "give_some_of_unit", whole)
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 5)
    customers = entity_named("customers").model._default_manager
    assert set(customers.values_list("unit__code", "version")) == {("HP2", 2)}


@pytest.mark.usefixtures("_large")
def test_stopped_it_leaves_the_rest_in_an_open_unit(cast: Cast) -> None:
    job = _started(cast)
    stop(job)

    work(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert Unit.objects.get(code="HP1").is_active
    customers = entity_named("customers").model._default_manager
    assert customers.filter(unit__code="HP1").count() == 5


@pytest.mark.usefixtures("_large")
def test_whoever_lost_the_right_meanwhile_moves_nothing(cast: Cast) -> None:
    job = _started(cast)
    with transaction.atomic():
        trail.begin(cast.actor("director"), "tests.take")
        Position.objects.filter(user=cast.users["admin"]).update(role=Role.objects.get(code="TELLER"))

    work(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert Unit.objects.get(code="HP1").is_active


def test_closing_tells_what_moves_and_for_whom(cast: Cast) -> None:
    _plant(cast, "outsider", 3)
    row = _row("HD1")

    shown = preview_closing(cast.actor("admin"), row, {"move_to": cast.unit("HD").pk})

    assert shown["moves"]["people"] == 1
    assert [each.count for each in shown["moves"]["held"]] == [3]
    assert shown["moves"]["into"] == "Chi nhánh Hải Dương"
    assert preview_closing(cast.actor("admin"), row, {})["shifts"] is None


def test_a_preview_writes_nothing(cast: Cast) -> None:
    _plant(cast, "seller", 1)
    before = History.objects.count()
    preview_merging(cast.actor("admin"), _row("HP1"), {"into": cast.unit("HP2").pk})
    assert History.objects.count() == before


def test_of_many_people_the_rest_is_told_in_numbers(cast: Cast) -> None:
    role = Role.objects.get(code="AREA_HEAD")
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.crowd")
        for number in range(12):
            user = User.objects.create(
                email=f"a{number}@example.com",
                full_name=f"Người {number:02}",
                password="!",
                created_at=now(),
                updated_at=now(),
            )
            Position.objects.create(
                user=user, unit=cast.unit("KV1"), role=role, since=today(), created_at=now(), updated_at=now()
            )

    shifts = preview_merging(cast.actor("admin"), _row("HD1"), {"into": cast.unit("HP1").pk})["shifts"]

    assert len(shifts["people"]) == 8
    assert shifts["rest"]["gain"] == shifts["others"] >= 4
    assert shifts["rest"]["lose"] == 0


def test_reopening_needs_an_open_unit_above(cast: Cast) -> None:
    _merge(cast, "HP1", "HP2")
    _merge(cast, "KV1", "HP")
    perform(entity_named("units"), "reopen", _row("HP1")["id"], actor=cast.actor("admin"), arguments={})
    assert Unit.objects.get(code="HP1").is_active


def test_an_administrator_merges_by_the_pages(client: Client, cast: Cast) -> None:
    _plant(cast, "seller", 2)
    client.force_login(cast.user("admin"))
    unit, into = cast.unit("HP1"), cast.unit("HP2")
    address = f"/units/{unit.pk}/merge_into"
    assert address in client.get(f"/units/{unit.pk}").content.decode()
    given = {"into": str(into.pk), "into_text": into.name}

    seen = unescape(client.post(address, given | {"preview": "1"}).content.decode())
    assert "Cửa hàng An Dương" in seen
    assert re.search(r"<dt>Khách hàng</dt>\s*<dd>2</dd>", seen)
    assert Unit.objects.get(pk=unit.pk).is_active

    assert client.post(address, given).status_code == 302
    assert not Unit.objects.get(pk=unit.pk).is_active
