"""A set of leads is erased as each alone would be; what may not go stays, and no set is ever half done."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q

from duyen.entities import announcing, lifecycle, standard
from duyen.entities.errors import InvalidValues
from duyen.entities.merging.moving import write_json
from duyen.entities.models import Erasure
from duyen.entities.performing import perform
from duyen.entities.personal import erasing
from duyen.entities.personal.proving import digest_of
from duyen.entities.registry import entity_named
from duyen.entities.writing import update_row
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import sealing, trail
from duyen.foundation.audit.models import History
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import now, stopped
from duyen.modules.consents.actions import refuse
from duyen.modules.consents.models import Suppression
from duyen.modules.consents.words import Channel
from duyen.modules.leads.models import Lead
from duyen.modules.parties.models import Party
from duyen.modules.retention import actions
from duyen.modules.retention.models import Night
from duyen.modules.retention.tests.conftest import LATER, Make, Pass, decide
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
LEADS = "leads"
#: What differs between two rows that say the same: which one it is, when, and digests over that.
_OWN = re.compile(
    r'"(id|at|operation|erasure|\w+_at|state_since|digest|salt|values_digest|mac|key|\w+_id)": '
    r'("[^"]*"|\[null, \d+(?!\.)\]|\d+(?!\.))'
)
_NUMBERED = re.compile(r"\b[A-Z]{2,4}-(?:[A-Z]{2,}-)?\d\d-\d{6}\b", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+")


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') "
            "AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def _everything() -> list[str]:
    """Read each row of each table as text."""
    told = []
    for table in _tables():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            told += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return told


_COUNTERS = ("leads_lead_id_seq", "parties_party_id_seq")


@pytest.fixture
def number_from() -> Iterator[Callable[[int, int], None]]:
    """Let the next leads and parties have ids by which their rows are found; afterwards as before."""
    with connect(owner_address(DataFolder.locate())) as link:
        were = [link.execute(f"SELECT last_value FROM {each}".encode()).fetchone() for each in _COUNTERS]

        def begin(*firsts: int) -> None:
            for each, first in zip(_COUNTERS, firsts, strict=True):
                link.execute("SELECT setval(%s, %s)", (each, first))

        yield begin
        begin(*(int(str(each[0])) for each in were if each))


def _said(ids: str) -> Counter[str]:
    """Say what every table holds of leads and parties whose ids begin so, but for numbers and times."""
    found: Counter[str] = Counter()
    for line in _everything():
        if re.search(rf"\b[57]{ids}\d{{4}}\b", line):
            line = re.sub(rf"\b([57]){ids}(\d{{4}})\b", r"\1..\2", line)
            line = re.sub(r'"blanked_by": \d+', '"blanked_by": "an erasure"', line)
            found[_MOMENT.sub("MOMENT", _NUMBERED.sub("CODE", _OWN.sub("", line)))] += 1
    return found


def _leads_of_all_kinds(came: Make, cast: Cast) -> list[int]:
    seller, leads = cast.actor("seller"), entity_named(LEADS)
    made = [
        came("Vũ Thị Hồng Nhung", emails=["nhung@example.com"], note="Gọi buổi tối"),
        came("Lê Văn Khác", phones=["0912 000 111"], emails=["nhung@example.com"]),
        came("Trần Thị Có Hãng", phones=["0912 000 222"], company="Công ty TNHH Hải Long"),
        came("Đỗ Văn Thôi", phones=["0912 000 333"]),
        came("Bùi Thị Bỏ", phones=["0912 000 444"]),
        came("Ngô Văn Từ Chối", phones=["0912 000 555"]),
    ]
    perform(leads, "disqualify", made[3], actor=seller, arguments={"disqualify_reason": "NO_NEED"})
    standard.delete(leads, made[4], actor=cast.actor("manager"))
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.refuse")
        refuse(_party(made[5]), [Channel.SMS], refused_by="VOICE", words="")
    shared = {"kind": "NOTE", "subject": "Gặp Lê Văn Khác và Trần Thị Có Hãng", "body": "Số 0912000111"}
    about = [f"leads:{made[1]}", f"leads:{made[2]}"]
    standard.create(entity_named("activities"), actor=seller, values={**shared, "about": about})
    return made


def _party(lead: int) -> int:
    return int(Lead.objects.values_list("party_id", flat=True).get(pk=lead))


def test_leaves_the_same_in_all_tables_as_each_alone(
    came: Make,
    cast: Cast,
    night: Pass,
    number_from: Callable[[int, int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number_from(7_100_000, 5_100_000)
    first = _leads_of_all_kinds(came, cast)
    known = set(Suppression.objects.values_list("mac", flat=True))
    with monkeypatch.context() as alone:
        alone.setattr(actions, "_AT_ONCE", 1)
        run = night()
    assert run is not None
    assert (run.erased, run.left_alone) == (len(first), 0)

    number_from(7_200_000, 5_200_000)
    second = _leads_of_all_kinds(came, cast)
    run = night(LATER + dt.timedelta(days=1))

    assert run is not None
    assert (run.erased, run.left_alone) == (len(second), 0)
    assert _said("20") == _said("10")
    assert known
    assert set(Suppression.objects.values_list("mac", flat=True)) == known
    proofs = list(Erasure.objects.order_by("pk"))
    assert all(each.digest == digest_of(each) and each.unblanked == [] for each in proofs)
    words = ("Hồng Nhung", "Văn Khác", "0912000", "+84912000", "nhung@example.com")
    assert [line for line in _everything() if any(each in line for each in words)] == []
    sealing.seal(size=7)
    assert sealing.verify().fault == ""


def test_one_that_may_not_go_stops_no_other(came: Make, night: Pass) -> None:
    made = [came(), came("Hải Long", phones=["0912 000 111"]), came("Lê Văn Khác", phones=["0912 000 222"])]
    firm = _party(made[1])
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.firm")
        update_row(Party, firm, {"kind": "ORGANISATION"})
    before = _of(made[1], firm)

    run = night()

    assert run is not None
    assert (run.erased, run.left_alone) == (2, 1)
    assert _of(made[1], firm) == before
    assert [each.phones for each in Lead.objects.filter(pk__in=[made[0], made[2]]).order_by("pk")] == [[], []]


def test_one_that_cannot_be_given_up_stays(came: Make, night: Pass, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [came(), came("Lê Văn Khác", phones=["0912 000 111"]), came("Bùi Thị Ba", phones=["0912 000 222"])]
    before = _of(made[1], _party(made[1]))

    def against(row: Any) -> Iterator[str]:
        yield from ["somebody holds it back."] if row["id"] == made[1] else []

    monkeypatch.setitem(entity_named(LEADS).guards, "disqualify", [against])

    run = night()

    assert run is not None
    assert (run.erased, run.left_alone) == (2, 1)
    assert _of(made[1], _party(made[1])) == before
    assert not Erasure.objects.filter(record_id=_party(made[1])).exists()


def _of(lead: int, party: int) -> list[Any]:
    """Read a lead, its party, and all that the trail tells of both."""
    of_party = Q(root_entity="parties", root_id=party)
    told = History.objects.filter(Q(root_entity=LEADS, root_id=lead) | of_party)
    rows = Lead.objects.filter(pk=lead).values().get(), Party.objects.filter(pk=party).values().get()
    return [*rows, *told.order_by("id").values("id", "verb", "changes")]


def test_what_nobody_foresaw_of_one_stops_no_other(
    came: Make, night: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [came(), came("Lê Văn Khác", phones=["0912 000 111"]), came("Bùi Thị Ba", phones=["0912 000 222"])]
    before = _of(made[1], _party(made[1]))
    heard = announcing.announce

    def refusing(event: Any) -> None:
        if event.record_id == made[1]:
            raise InvalidValues([])
        heard(event)

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "announce", refusing)
        run = night()

    assert run is not None
    assert (run.erased, run.left_alone) == (2, 1)
    assert _of(made[1], _party(made[1])) == before
    assert Erasure.objects.filter(finished_at=None).count() == 0


def test_killed_in_the_middle_leaves_whole_sets_alone(
    came: Make, night: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [came(f"Vũ Thị Hồng {each}", phones=[f"0912 000 {each}00"]) for each in range(1, 6)]
    parties = [_party(each) for each in made]
    before = [_of(*each) for each in zip(made[2:4], parties[2:4], strict=True)]
    monkeypatch.setattr(actions, "_AT_ONCE", 2)
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "write_json", _breaks_off_at(parties[3], write_json))
        with pytest.raises(RuntimeError):
            night()

    assert [_of(*each) for each in zip(made[2:4], parties[2:4], strict=True)] == before
    proofs = Erasure.objects.order_by("record_id")
    assert [each.record_id for each in proofs if each.finished_at] == parties[:2]
    assert proofs.count() == 2
    assert Night.objects.latest("pk").erased == 2

    with stopped(now() + LATER):
        assert work(Job.objects.get(kind="retention.leads").pk)

    assert Night.objects.latest("pk").erased == 5
    assert [each.finished_at is not None for each in Erasure.objects.order_by("record_id")] == [True] * 5


def _breaks_off_at(party: int, write: Callable[..., None]) -> Callable[..., None]:
    """Break off once the lead of a party is written, before the party itself is."""

    def writing(hanging: Any, changes: Any, *, actor: Any) -> None:
        if hanging.model is Party and party in changes:
            raise RuntimeError("killed")
        write(hanging, changes, actor=actor)

    return writing


def test_killed_before_the_trail_is_blanked_forgets_nothing(
    came: Make, cast: Cast, night: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    _leads_of_all_kinds(came, cast)
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "blank", _breaks)
        with pytest.raises(RuntimeError):
            night()
    assert any("Văn Khác" in line for line in _everything() if line.startswith("history: "))

    with stopped(now() + LATER):
        assert work(Job.objects.get(kind="retention.leads").pk)

    assert not any("Văn Khác" in line or "0912000" in line for line in _everything())
    for each in Erasure.objects.order_by("pk"):
        assert each.counted["parties_party"] == {"erased": 1}
        assert (each.digest, each.unblanked) == (digest_of(each), [])


def _breaks(*_told: object, **_more: object) -> list[int]:
    raise RuntimeError("killed")


def test_costs_no_more_statements_for_many(came: Make, night: Pass) -> None:
    for each in range(2):
        came(f"Vũ Thị Hồng {each}", phones=[f"0912 000 1{each}0"])
    few = _statements(night, LATER)
    for each in range(20):
        came(f"Lê Văn {each}", phones=[f"0912 000 2{each:02}"])
    decide(leads_a_night=200)
    many = _statements(night, LATER + dt.timedelta(days=1))

    # Whatever may react to each step of a life cycle is asked for each: for the sets of tasks, one statement.
    assert many - few <= 18 * 1 + 5


def _statements(night: Pass, later: dt.timedelta) -> int:
    seen: list[str] = []

    def count(execute: Any, statement: Any, parameters: Any, many: bool, context: Any) -> Any:
        seen.append(str(statement))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(count):
        assert night(later) is not None
    return len(seen)
