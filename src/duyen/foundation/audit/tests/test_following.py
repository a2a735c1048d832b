"""Followers: every committed entry once, in order, whatever commits late, fails or is far behind."""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from typing import cast as typed

import pytest
from conftest import SessionDatabase
from django.db import connection, transaction

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit import sealing, trail
from duyen.foundation.audit.following import Entry, again, follow, forget, reading, run_once
from duyen.foundation.audit.following.checks import check_followers
from duyen.foundation.audit.following.watching import watched
from duyen.foundation.audit.models import Follower, History, SetAside
from duyen.foundation.database.connection import app_address
from duyen.foundation.database.health import Level
from duyen.foundation.database.roles import connect
from duyen.foundation.settings.models import Counter
from duyen.kernel.clock import now, stopped
from duyen.surfaces.cli.commands import followers as command
from duyen.surfaces.cli.errors import NoFollower
from duyen.surfaces.cli.registry import Context
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "tests.listener"


@dataclass
class Listener:
    """Keeps what it is told, and can be made to fail."""

    heard: list[list[Entry]] = field(default_factory=list)
    beforehand: Callable[[Sequence[Entry]], None] = lambda _entries: None

    def __call__(self, entries: Sequence[Entry]) -> None:
        self.beforehand(entries)
        self.heard.append(list(entries))

    @property
    def ids(self) -> list[int]:
        return [each.id for chunk in self.heard for each in chunk]


@pytest.fixture
def listener(cast: Cast) -> Iterator[Listener]:
    made = Listener()
    follow(NAME, made, families=("parties",), at_once=4)
    run_once()
    yield made
    forget(NAME)


def _customers(cast: Cast, count: int) -> None:
    for number in range(count):
        values = {"name": f"Công ty {number}", "kind": "ORGANISATION"}
        standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)


def _everything() -> list[int]:
    rows = History.objects.filter(root_entity="parties").order_by("id")
    return list(rows.values_list("id", flat=True))


def _drain() -> None:
    while run_once():
        pass


def _stand() -> Follower:
    return Follower.objects.get(name=NAME)


def test_hears_each_write_once_and_in_order(cast: Cast, listener: Listener) -> None:
    _customers(cast, 3)

    _drain()
    _drain()

    assert listener.ids == _everything()
    first = listener.heard[0][0]
    assert (first.family, first.root, first.kind, first.door) == ("parties", "parties", "I", "web")
    assert (first.verb, first.actor_id) == ("customers.create", cast.user("seller").pk)
    assert max(len(chunk) for chunk in listener.heard) <= 4


def test_hears_of_its_families_alone_and_not_of_what_was_opened(cast: Cast, listener: Listener) -> None:
    trail.note_opened(cast.actor("admin"), "customers.open", entity="parties", record_id=1)
    trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
    standard.change(
        entity_named("units"),
        cast.unit("HP1").pk,
        actor=cast.actor("admin"),
        values={"name": "Cửa hàng mới"},
        version=1,
    )

    _drain()

    assert listener.heard == []
    assert _stand().position == reading.newest_id()


def test_waits_for_what_has_an_id_and_commits_late(
    cast: Cast, listener: Listener, test_database: SessionDatabase
) -> None:
    context = '{"op": 1, "verb": "customers.open", "door": "web", "name": "Chậm"}'
    _customers(cast, 1)
    party = History.objects.filter(entity="parties").latest("id").record_id
    with connect(app_address(test_database.folder)) as slow:
        slow.execute("BEGIN")
        slow.execute(f"SET LOCAL duyen.context = '{context}'".encode())
        slow.execute("UPDATE parties_party SET name = 'Chậm' WHERE id = %s", [party])
        _drain()
        heard_before = list(listener.ids)
        _customers(cast, 1)
        _drain()
        heard_meanwhile = list(listener.ids)
        slow.execute("COMMIT")

    _drain()

    late = History.objects.get(actor_name="Chậm").pk
    assert (late in heard_before, late in heard_meanwhile) == (False, False)
    assert [each for each in listener.ids if each >= late] == [each for each in _everything() if each >= late]
    assert listener.ids == _everything()


def test_seals_nothing_while_the_newest_transaction_is_still_open(
    cast: Cast, test_database: SessionDatabase
) -> None:
    _customers(cast, 1)
    sealing.seal()
    context = '{"op": 1, "verb": "users.view_as", "door": "web", "name": "Chậm"}'
    with connect(app_address(test_database.folder)) as slow:
        slow.execute("BEGIN")
        slow.execute("SELECT duyen_note_opened(%s, 'users', 1, NULL, NULL)", [context])
        assert (sealing.seal(), sealing.seal()) == (0, 0)
        slow.execute("COMMIT")

    sealing.seal()

    assert sealing.verify().fault == ""
    assert sealing.oldest_unsealed() is None


def test_what_it_writes_stays_or_goes_with_its_place(cast: Cast, listener: Listener) -> None:
    def count(entries: Sequence[Entry]) -> None:
        for each in entries:
            Counter.objects.create(key=f"tests:{each.id}", last=1)
        if fails:
            raise RuntimeError("giữa chừng")

    listener.beforehand = count
    _customers(cast, 2)
    before = _stand().position

    fails = True
    run_once()

    assert Counter.objects.filter(key__startswith="tests:").count() == 0
    assert (_stand().position, _stand().at_once, _stand().problem) == (before, 1, "RuntimeError: giữa chừng")

    fails = False
    _drain()

    kept = Counter.objects.filter(key__startswith="tests:").values_list("key", flat=True)
    assert {int(key.split(":")[1]) for key in kept} == set(_everything())


def test_sets_a_poisoned_entry_aside_after_five_tries_and_tells_of_it(cast: Cast, listener: Listener) -> None:
    _customers(cast, 3)
    poisoned = _everything()[2]

    def refuse(entries: Sequence[Entry]) -> None:
        if poisoned in [each.id for each in entries]:
            tries.append(len(entries))
            raise ValueError("không đọc được")

    tries: list[int] = []
    listener.beforehand = refuse
    start = now()
    for seconds in (0, 1, 12, 73, 374):
        with stopped(start + dt.timedelta(seconds=seconds)):
            _drain()

    assert (tries[0], tries[-5:], sum(each == 1 for each in tries)) == (4, [1] * 5, 5)
    assert listener.ids == [each for each in _everything() if each != poisoned]
    assert [(each.entry_id, each.follower) for each in SetAside.objects.all()] == [(poisoned, NAME)]
    told = [each for each in check_followers() if each.level is Level.WARNING]
    assert len(told) == 1
    assert f"{NAME} could not work through 1 entries" in told[0].line
    assert "ValueError: không đọc được" in told[0].line

    listener.beforehand = lambda _entries: None
    assert again(NAME) == 1
    assert listener.ids[-1] == poisoned
    assert not SetAside.objects.exists()


def test_a_failing_one_keeps_nobody_waiting(cast: Cast, listener: Listener) -> None:
    def fail(_entries: Sequence[Entry]) -> None:
        raise RuntimeError("hỏng")

    other = Listener()
    follow("tests.other", other)
    try:
        begin_here()
        listener.beforehand = fail
        _customers(cast, 1)

        _drain()

        assert listener.heard == []
        assert set(other.ids) >= set(_everything())
    finally:
        forget("tests.other")


def test_one_process_at_a_time_has_it(cast: Cast, listener: Listener, test_database: SessionDatabase) -> None:
    _customers(cast, 1)
    with connect(app_address(test_database.folder)) as another:
        another.execute("BEGIN")
        another.execute("SELECT 1 FROM audit_follower WHERE name = %s FOR NO KEY UPDATE", [NAME])
        _drain()
        assert listener.heard == []
        another.execute("ROLLBACK")

    _drain()

    assert listener.ids == _everything()


def test_passes_over_a_long_stretch_without_its_families(
    cast: Cast, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WINDOW", 3)
    for _number in range(10):
        trail.note_opened(cast.actor("admin"), "users.view_as", entity="users", record_id=1)
    _customers(cast, 1)

    run_once()
    assert listener.heard == []
    _drain()

    assert listener.ids == _everything()


def test_a_new_follower_begins_behind_what_is_there(cast: Cast) -> None:
    _customers(cast, 2)
    late = Listener()
    follow(NAME, late)
    try:
        _drain()
        assert late.heard == []
        _customers(cast, 1)
        _drain()
        assert late.heard[0][0].root_id == max(
            History.objects.filter(entity="parties").values_list("record_id", flat=True)
        )
        with pytest.raises(ValueError, match="follows the trail already"):
            follow(NAME, late)
    finally:
        forget(NAME)


def test_the_worker_notices_a_write_within_a_second_or_so(cast: Cast, listener: Listener) -> None:
    with watched():
        _customers(cast, 1)
        until = time.monotonic() + 10
        while listener.ids != _everything() and time.monotonic() < until:
            time.sleep(0.05)

    assert listener.ids == _everything()


def test_the_command_lists_them_and_refuses_a_name_it_does_not_know(
    cast: Cast, listener: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    _drain()
    context: Any = typed(Context, None)

    assert command.run(context, argparse.Namespace(again="")) == 0
    assert f"{NAME}" in capsys.readouterr().out
    with pytest.raises(NoFollower, match="Nothing called x reads the trail"):
        command.run(context, argparse.Namespace(again="x"))


def test_in_a_test_a_follower_reads_what_the_open_transaction_wrote(cast: Cast, listener: Listener) -> None:
    with transaction.atomic():
        _customers(cast, 1)
        catch_up()

        assert listener.ids == _everything()
        assert connection.in_atomic_block
