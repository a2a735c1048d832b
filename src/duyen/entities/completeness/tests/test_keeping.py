"""The completeness that is kept on each row: right after every write, outside history and version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.completeness.effect import effect_of
from duyen.entities.completeness.recomputing import (
    ask_again,
    catch_up,
    recompute_chunk,
    recompute_now,
    scored_named,
    with_candidates,
)
from duyen.entities.completeness.scoring import Scorer
from duyen.entities.completeness.weights import (
    declared_weights,
    hold_weights,
    is_settled,
    keep_weights,
    weights_of,
)
from duyen.entities.registry import entity_named
from duyen.entities.striding import STRIPES, Place
from duyen.entities.undo import undo
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("tests")
CUSTOMERS = entity_named("customers")
PARTY = CUSTOMERS.model


def _make(cast: Cast, **values: object) -> int:
    given = {"name": "Nguyễn Văn Tám", "kind": "INDIVIDUAL", **values}
    return standard.create(CUSTOMERS, actor=cast.actor("seller"), values=given).id


def _score(record_id: int) -> int | None:
    found: int | None = PARTY._default_manager.values_list("completeness", flat=True).get(pk=record_id)
    return found


def _version(record_id: int) -> int:
    return int(PARTY._default_manager.values_list("version", flat=True).get(pk=record_id))


def _weigh(**by_item: int) -> None:
    """Let these items count for individuals, and nothing else for anybody."""
    scored = scored_named("parties")
    weights = {
        kind.code: tuple(
            by_item.get(item.name.replace("+", "_"), 0) if kind.code == "INDIVIDUAL" else 0
            for item in scored.items
        )
        for kind in scored.kinds
    }
    with transaction.atomic():
        keep_weights(scored, weights, actor=SYSTEM)


def test_every_way_of_writing_keeps_it(cast: Cast) -> None:
    _weigh(phones_emails=50, born_on=30, addresses=20)
    actor = cast.actor("seller")

    bare, called = _make(cast), _make(cast, phones=["0912345678"])
    assert (_score(bare), _score(called)) == (0, 50)

    changed = standard.change(CUSTOMERS, bare, actor=actor, values={"born_on": "1950-02-17"}, version=1)
    assert _score(bare) == 30
    undo(changed.operation.id, actor=actor)
    assert _score(bare) == 0

    standard.delete(CUSTOMERS, called, actor=actor)
    standard.restore(CUSTOMERS, called, actor=actor)
    assert _score(called) == 50

    change_many(CUSTOMERS, [bare, called], actor=actor, values={"emails": ["a@example.com"]})
    assert (_score(bare), _score(called)) == (50, 50)


def test_a_change_as_a_contact_counts_all_that_the_party_has(cast: Cast) -> None:
    _weigh(source=40, born_on=60)
    made = _make(cast, source="STORE")
    contacts = entity_named("contacts")
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.open_as")
        PARTY._default_manager.filter(pk=made).update(role_mask=3)

    standard.change(
        contacts, made, actor=cast.actor("seller"), values={"born_on": "1950-02-17"}, version=_version(made)
    )

    assert _score(made) == 100


def test_it_stands_outside_history_and_version(cast: Cast) -> None:
    made = _make(cast, phones=["0912345678"])
    before, entries = _version(made), History.objects.count()
    _weigh(phones_emails=50, born_on=50)

    recompute_now(scored_named("parties"), actor=SYSTEM)

    assert (_score(made), _version(made)) == (50, before)
    told = History.objects.exclude(entity="settings")
    assert told.count() == entries
    assert not any("completeness" in (each.changes or {}) for each in told)


def test_other_weights_leave_a_job_that_works_everything_out(cast: Cast) -> None:
    scored = scored_named("parties")
    made = [_make(cast, phones=["0912345678"]) for _ in range(3)]
    _weigh(phones_emails=10, born_on=30)
    assert not is_settled(scored)

    job = ask_again(scored, actor=cast.actor("admin"))
    work(job.pk)

    job.refresh_from_db()
    assert (job.state, is_settled(scored)) == ("done", True)
    assert {_score(each) for each in made} == {25}
    assert catch_up() == []


def test_what_was_never_worked_out_is_caught_up_with(cast: Cast) -> None:
    jobs = catch_up()

    assert [job.kind for job in jobs] == ["completeness"]
    assert catch_up() == []
    for job in jobs:
        work(job.pk)
    assert not Job.objects.exclude(state="done").exists()
    assert catch_up() == []


def test_a_broken_off_job_goes_on_and_begins_anew_with_other_weights(cast: Cast) -> None:
    scored = scored_named("parties")
    made = [_make(cast, phones=["0912345678"]) for _ in range(3)]
    _weigh(phones_emails=50, born_on=50)
    job = ask_again(scored, actor=cast.actor("admin"))
    with transaction.atomic():
        place, seen = recompute_chunk(scored, weights_of(scored), Place(), actor=SYSTEM, size=1)
    kept = {"stripe": place.stripe, "last": place.last, "seen": seen, "weights": "an earlier one"}
    Job.objects.filter(pk=job.pk).update(progress=kept)
    _weigh(phones_emails=20, born_on=80)

    work(job.pk)

    assert [_score(each) for each in made] == [20, 20, 20]
    assert is_settled(scored)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "phones": st.just(["0912345678"]),
        "emails": st.just(["a@example.com"]),
        "addresses": st.just([{"line": "Số 8 Lê Lợi"}]),
        "born_on": st.just("1950-02-17"),
        "tax_code": st.just("0100109106"),
        "industry": st.just("EDUCATION"),
        "source": st.just("STORE"),
        "legal_form": st.just("JSC"),
        "tags": st.just(["quen"]),
    },
)
WEIGHTS = st.lists(st.integers(0, 100), min_size=16, max_size=16)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["INDIVIDUAL", "ORGANISATION"]), values=VALUES, drawn=WEIGHTS)
def test_python_and_sql_give_the_same_score(
    cast: Cast, kind: str, values: dict[str, object], drawn: list[int]
) -> None:
    scored = scored_named("parties")
    weights = {each.code: tuple(drawn[: len(scored.items)]) for each in scored.kinds}
    known = {
        name: value
        for name, value in values.items()
        if kind == "ORGANISATION" or name not in ("legal_form", "tax_code")
    }
    given_values = {"name": "Phép thử", "kind": kind, **known}
    with transaction.atomic():
        made, _operation = standard.create_many(CUSTOMERS, actor=cast.actor("seller"), rows=[given_values])
        assert made[0].id is not None, made[0].problems
        row = PARTY._default_manager.filter(pk=made[0].id).values(*scored.columns).get()
        expected = Scorer(scored, weights, {}).score(row)

        recompute_chunk(scored, weights, Place(made[0].id % STRIPES, made[0].id - 1), actor=SYSTEM)

        assert _score(made[0].id) == expected


def test_tells_what_other_weights_would_do(cast: Cast) -> None:
    scored = scored_named("parties")
    for _ in range(2):
        _make(cast, phones=["0912345678"])
    _make(cast, born_on="1950-02-17")
    _weigh(phones_emails=50, born_on=50)
    after = {
        **weights_of(scored),
        "INDIVIDUAL": tuple(100 if item.name == "born_on" else 0 for item in scored.items),
    }

    effect = effect_of(scored, weights_of(scored), after)

    assert (effect.looked_at, effect.is_sample) == (3, False)
    assert (effect.before.mean, effect.after.mean) == (50.0, 100 / 3)
    assert dict(effect.moves) == {(1, 0): 2, (1, 2): 1}
    assert _score(PARTY._default_manager.earliest("pk").pk) is not None


def test_a_sample_says_so_and_scales(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    scored = scored_named("parties")
    for _ in range(40):
        _make(cast, phones=["0912345678"])
    monkeypatch.setattr("duyen.entities.completeness.effect.BOUND", 20)

    effect = effect_of(scored, declared_weights(scored), declared_weights(scored))

    assert effect.is_sample
    assert effect.looked_at <= min(40, effect.total)
    assert replace(effect, looked_at=50, total=1_234_567).scaled(10) == 250_000
    assert replace(effect, looked_at=50, total=1_234_567).scaled(0) == 0


def test_whoever_may_not_see_what_it_follows_from_does_not_see_it(cast: Cast) -> None:
    before = cast.actor("seller")
    assert "completeness" in [each.name for each in CUSTOMERS.readable(before)]
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.limit")
        role = Role.objects.get(code="SALES_REP")
        FieldRight.objects.create(role=role, entity="customers", field="born_on", level="hidden")

    names = [each.name for each in CUSTOMERS.readable(cast.actor("seller"))]

    assert "born_on" not in names
    assert "completeness" not in names
    assert "phones" in names


def test_a_field_of_the_companys_own_counts_once_it_weighs(cast: Cast, make_field: MakeField) -> None:
    make_field("machines", "whole", label="Số máy")
    actor, record = cast.actor("seller"), _make(cast)
    assert [item.name for item in scored_named("parties").items].count("custom_machines") == 0
    before = is_settled(scored_named("parties"))
    wide = with_candidates(scored_named("parties"))
    assert "custom_machines" in {item.name for item in wide.items}
    weights = {
        kind.code: tuple(50 if item.name in ("custom_machines", "born_on") else 0 for item in wide.items)
        for kind in wide.kinds
    }

    with transaction.atomic():
        keep_weights(wide, weights, actor=SYSTEM)

    assert "custom_machines" in {item.name for item in scored_named("parties").items}
    assert before is False
    recompute_now(scored_named("parties"), actor=SYSTEM)
    assert is_settled(scored_named("parties"))
    assert _score(record) == 0
    standard.change(CUSTOMERS, record, actor=actor, values={"custom_machines": 7}, version=1)
    assert _score(record) == 50
    full = _make(cast, custom_machines=3, born_on="1950-02-17")
    assert _score(full) == 100
    change_many(CUSTOMERS, [record, full], actor=actor, values={"custom_machines": None})
    assert (_score(record), _score(full)) == (0, 50)
    with transaction.atomic():
        weights_now = hold_weights(scored_named("parties"))
        recompute_chunk(scored_named("parties"), weights_now, Place(), actor=SYSTEM)
    assert (_score(record), _score(full)) == (0, 50)
