"""Create, change, delete, restore, hand over, undo: what they promise, and what they refuse."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.fields import MASK
from duyen.entities.performing import NotNow, perform
from duyen.entities.tests.conftest import MakeCustomer
from duyen.entities.undo import MOST_RECORDS, CannotUndo, TooManyToUndo, undo
from duyen.foundation.audit.models import History
from duyen.foundation.sensitive import unseal
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _untouched(record_id: int) -> tuple[object, int]:
    """All that a refusal must leave as it was: the row, and the length of the trail."""
    return Party.objects.filter(pk=record_id).values().get(), History.objects.count()


def test_gives_rising_numbers_per_branch(cast: Cast, make_customer: MakeCustomer) -> None:
    first, second, elsewhere = make_customer(), make_customer(by="colleague"), make_customer(by="outsider")

    codes = [Party.objects.get(pk=each).code for each in (first, second, elsewhere)]

    assert [code.rpartition("-")[2] for code in codes] == ["000001", "000002", "000001"]
    assert [code[:5] for code in codes] == ["KH-HP", "KH-HP", "KH-HD"]


def test_names_every_problem_and_saves_nothing(cast: Cast, customers: Entity) -> None:
    before = Party.objects.count(), History.objects.count()
    values = {"name": " ", "kind": "ROBOT", "phones": ["123"], "tax_code": "0100233480", "colour": "red"}

    with pytest.raises(InvalidValues) as refusal:
        standard.create(customers, actor=cast.actor("seller"), values=values)

    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"name", "kind", "phones", "tax_code", "colour"}
    assert (Party.objects.count(), History.objects.count()) == before


def test_keeps_the_good_rows_of_a_set_and_names_the_bad_ones(cast: Cast, customers: Entity) -> None:
    rows = [{"name": f"Khách {place}", "kind": "INDIVIDUAL"} for place in range(30)]
    rows[7]["name"], rows[20]["kind"] = "", "ROBOT"

    made, _operation = standard.create_many(customers, actor=cast.actor("seller"), rows=rows)

    assert [place for place, each in enumerate(made) if each.id is None] == [7, 20]
    assert Party.objects.count() == 28


def test_refuses_to_create_for_a_unit_outside_ones_rights(cast: Cast, customers: Entity) -> None:
    values = {
        "name": "Ánh",
        "kind": "INDIVIDUAL",
        "unit": cast.unit("HD1").pk,
        "owner": cast.user("outsider").pk,
    }

    with pytest.raises(InvalidValues):
        standard.create(customers, actor=cast.actor("teller"), values=values)

    assert Party.objects.count() == 0


def test_hides_what_lies_outside_ones_rights(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer(by="outsider")
    before = _untouched(record)

    with pytest.raises(NotFound):
        standard.change(customers, record, actor=cast.actor("teller"), values={"name": "X"}, version=1)

    assert _untouched(record) == before


def test_says_why_a_seen_record_may_not_be_changed(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer()
    before = _untouched(record)

    with pytest.raises(NotAllowed):
        standard.delete(customers, record, actor=cast.actor("care_agent"))

    assert _untouched(record) == before


def test_shows_both_values_of_a_clash_and_loses_neither(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer("Ánh Dương")
    standard.change(customers, record, actor=cast.actor("teller"), values={"name": "Ánh Sáng"}, version=1)
    before = _untouched(record)

    values = {"name": "Ánh Trăng", "note": "gọi lại"}

    with pytest.raises(StaleVersion) as refusal:
        standard.change(customers, record, actor=cast.actor("seller"), values=values, version=1)

    clash = refusal.value.clashes[0]
    assert (clash.field, clash.base, clash.yours, clash.theirs) == (
        "name",
        "Ánh Dương",
        "Ánh Trăng",
        "Ánh Sáng",
    )
    assert len(refusal.value.clashes) == 1
    assert refusal.value.current == 2
    assert _untouched(record) == before


def test_takes_a_change_back_and_names_what_somebody_else_changed_since(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record, seller = make_customer("Ánh Dương", note="cũ"), cast.actor("seller")
    values = {"name": "Ánh Sáng", "note": "mới"}
    done = standard.change(customers, record, actor=seller, values=values, version=1)
    standard.change(customers, record, actor=cast.actor("teller"), values={"note": "mới nữa"}, version=2)

    undone = undo(done.operation.id, actor=seller)

    row = Party.objects.get(pk=record)
    assert (row.name, row.note, undone.left) == ("Ánh Dương", "mới nữa", ("note",))


def test_undoes_a_delete_from_the_bin_and_a_create_into_it(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    seller = cast.actor("seller")
    made = standard.create(customers, actor=seller, values={"name": "Ánh", "kind": "INDIVIDUAL"})
    deleted = standard.delete(customers, made.id, actor=seller)
    assert not customers.rows(seller).filter(pk=made.id).exists()

    undo(deleted.operation.id, actor=seller)
    assert customers.rows(seller).filter(pk=made.id).exists()

    undo(made.operation.id, actor=seller)
    assert customers.rows(seller, deleted=True).filter(pk=made.id).exists()


def test_lets_nobody_undo_what_she_may_not_do(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer()
    done = standard.change(customers, record, actor=cast.actor("seller"), values={"name": "B"}, version=1)
    before = _untouched(record)

    with pytest.raises(NotFound):
        undo(done.operation.id, actor=cast.actor("outsider"))

    assert _untouched(record) == before


def test_moves_a_state_by_its_command_alone(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record, seller = make_customer(), cast.actor("seller")

    with pytest.raises(InvalidValues):
        standard.change(customers, record, actor=seller, values={"relationship_state": "LOST"}, version=1)
    done = perform(customers, "lose", record, actor=seller, arguments={"note": "chuyển nhà"})

    assert Party.objects.get(pk=record).relationship_state == "LOST"
    assert History.objects.get(operation=done.operation.id).note == "chuyển nhà"
    with pytest.raises(CannotUndo):
        undo(done.operation.id, actor=seller)
    with pytest.raises(NotNow):
        perform(customers, "lose", record, actor=seller, arguments={"note": "lần nữa"})


def test_demands_the_reason_that_a_command_asks_for(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer()
    before = _untouched(record)

    with pytest.raises(InvalidValues):
        perform(customers, "lose", record, actor=cast.actor("seller"), arguments={})

    assert _untouched(record) == before


def test_hands_over_all_or_nothing(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    mine, foreign = make_customer(), make_customer(by="outsider")
    manager, heir = cast.actor("manager"), cast.user("colleague").pk

    with pytest.raises(NotFound):
        standard.hand_over(customers, [mine, foreign], actor=manager, owner=heir)
    assert Party.objects.get(pk=mine).owner_id == cast.user("seller").pk

    standard.hand_over(customers, [mine], actor=manager, owner=heir, unit=cast.unit("HP2").pk)
    assert Party.objects.get(pk=mine).owner_id == heir
    assert not customers.rows(cast.actor("seller")).filter(pk=mine).exists()


def test_keeps_a_personal_number_sealed_when_the_mask_comes_back(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer(tax_code="031190000012")
    row = Party.objects.get(pk=record)
    assert unseal(bytes(row.personal_id or b"")) == "031190000012"

    values = {"tax_code": MASK, "note": "khách quen"}
    standard.change(customers, record, actor=cast.actor("seller"), values=values, version=1)

    again = Party.objects.get(pk=record)
    assert (bytes(again.personal_id or b""), again.note) == (bytes(row.personal_id or b""), "khách quen")


def test_writes_one_row_and_a_set_alike(cast: Cast, customers: Entity) -> None:
    values = {
        "name": " Công ty  TNHH  Ánh Dương",
        "kind": "ORGANISATION",
        "phones": ["01651234567", {"value": "0225 3 123 456", "label": "văn phòng"}],
        "emails": ["Sales@Example.COM"],
        "addresses": [{"line": "1 Lê Lợi", "ward": "Phường Hồng Bàng", "province": "Hải Phòng"}],
        "tags": ["vip"],
    }
    actor = cast.actor("seller")
    alone = standard.create(customers, actor=actor, values=values).id

    made, _operation = standard.create_many(customers, actor=actor, rows=[values] * 40)

    differs = {"id", "code", "created_at", "updated_at", "relationship_since", "search"}
    one, other = (_columns(each, differs) for each in (alone, made[33].id or 0))
    assert one == other


def _columns(record_id: int, left_out: set[str]) -> dict[str, object]:
    found = Party.objects.filter(pk=record_id).values().order_by("pk").first()
    if found is None:
        raise ObjectDoesNotExist
    return {column: value for column, value in found.items() if column not in left_out}


def test_undoes_from_one_record_what_a_set_did_to_that_record_alone(cast: Cast, customers: Entity) -> None:
    seller = cast.actor("seller")
    rows = [{"name": f"Khách {place}", "kind": "INDIVIDUAL"} for place in range(MOST_RECORDS + 1)]
    made, operation = standard.create_many(customers, actor=seller, rows=rows)

    with pytest.raises(TooManyToUndo):
        undo(operation.id, actor=seller)
    undo(operation.id, actor=seller, record_id=made[3].id)

    gone = customers.rows(seller, deleted=True).values_list("pk", flat=True)
    assert list(gone) == [made[3].id]


def test_undoes_no_move_without_the_right_to_hand_over(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer()
    values = {"owner": cast.user("teller").pk, "note": "chuyển"}
    done = standard.change(customers, record, actor=cast.actor("manager"), values=values, version=1)
    before = _untouched(record)

    with pytest.raises(NotAllowed):
        undo(done.operation.id, actor=cast.actor("teller"))

    assert _untouched(record) == before


def test_deletes_nothing_by_undoing_an_undo_without_the_right_to_delete(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer()
    seller = cast.actor("seller")
    deleted = standard.delete(customers, record, actor=seller)
    (brought_back,) = undo(deleted.operation.id, actor=seller).done
    before = _untouched(record)

    with pytest.raises(NotAllowed):
        undo(brought_back.operation.id, actor=cast.actor("teller"))
    assert _untouched(record) == before

    undo(brought_back.operation.id, actor=seller)
    assert Party.objects.get(pk=record).deleted_at is not None


def test_undoes_a_sealed_number_as_a_whole_or_not_at_all(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record, seller = make_customer(tax_code="0100233488"), cast.actor("seller")
    values = {"tax_code": "031190000012", "note": "mới"}
    done = standard.change(customers, record, actor=seller, values=values, version=1)

    undone = undo(done.operation.id, actor=seller)

    row = Party.objects.get(pk=record)
    assert (row.tax_code, unseal(bytes(row.personal_id or b"")), row.note) == ("", "031190000012", "")
    assert [field.name for field in undone.left_fields] == ["tax_code"]


def test_undoes_into_no_state_that_a_rule_forbids(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record, seller = make_customer(honorific="chị"), cast.actor("seller")
    done = standard.change(customers, record, actor=seller, values={"honorific": ""}, version=1)
    standard.change(customers, record, actor=seller, values={"kind": "ORGANISATION"}, version=2)
    before = _untouched(record)

    with pytest.raises(InvalidValues):
        undo(done.operation.id, actor=seller)

    assert _untouched(record) == before


def test_overwrites_no_personal_number_that_somebody_else_changed(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = make_customer(tax_code="031090001234")
    seller, teller = cast.actor("seller"), cast.actor("teller")
    standard.change(customers, record, actor=teller, values={"tax_code": "031090001235"}, version=1)
    before = _untouched(record)

    with pytest.raises(StaleVersion) as refusal:
        standard.change(customers, record, actor=seller, values={"tax_code": "031090001236"}, version=1)

    (clash,) = refusal.value.clashes
    assert (clash.field, clash.yours, clash.theirs) == ("tax_code", "031090001236", MASK)
    assert _untouched(record) == before
