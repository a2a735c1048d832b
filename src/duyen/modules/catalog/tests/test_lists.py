"""Price lists: drafts, issued ones that stay as they are, tables of prices, copies."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities import standard
from duyen.entities.bulk.keeping import delete_many, restore_many
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Barred, Kept
from duyen.entities.undo import undo
from duyen.foundation.audit.models import History
from duyen.kernel.clock import today
from duyen.kernel.money import Money
from duyen.modules.catalog.models import PriceLine, PriceList
from duyen.modules.catalog.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_DAY = dt.timedelta(days=1)


def _sums(list_id: int) -> dict[str, tuple[int, int | None, int | None]]:
    rows = PriceLine.objects.filter(price_list_id=list_id, deleted_at=None)
    return {row[0]: row[1:] for row in rows.values_list("name", "price", "one_off_fee", "floor")}


def _untouched() -> tuple[int, int]:
    return PriceLine.objects.filter(deleted_at=None).count(), History.objects.count()


def test_enters_a_table_as_a_spreadsheet_copies_it(
    cast: Cast, product: Make, plan: Make, price_list: Make
) -> None:
    home = product("HOME")
    plan(home, "HOME-T6")
    made = price_list("NHAP", is_issued=False)
    table = "Mã\tGói\tGiá\tPhí\tSàn\nhome\t\t180.000\t300000\t165,000\n\nHOME\tHOME-T6\t175000 đ\t0\t"

    perform(
        entity_named("price_lists"), "set_prices", made, actor=cast.actor("director"),
        arguments={"lines": table},
    )  # fmt: skip

    assert _sums(made) == {"HOME": (180_000, 300_000, 165_000), "HOME-T6": (175_000, 0, None)}


def test_changes_and_takes_out_what_the_table_names(cast: Cast, product: Make, price_list: Make) -> None:
    product("A")
    product("B")
    product("C")
    made = price_list("NHAP", "A;;100\nB;;200", is_issued=False)

    perform(
        entity_named("price_lists"), "set_prices", made, actor=cast.actor("director"),
        arguments={"lines": "A;;\nB;;250\nC;;300"},
    )  # fmt: skip

    assert _sums(made) == {"B": (250, None, None), "C": (300, None, None)}


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("HOME;;180.000\nNOBODY;;1000", ["unknown_product"]),
        ("HOME;OTHER;180.000", ["unknown_plan"]),
        ("HOME;;180.000\nHOME;;190.000", ["twice"]),
        ("HOME;;100;;200", ["above_price"]),
        ("HOME;;a lot", ["required"]),
        ("HOME;;100\nHOME;HOME-T6;a lot", ["money_invalid"]),
        ("HOME;;-5", ["negative"]),
        ("HOME;;12,5", ["money_fraction"]),
        ("   ", ["required"]),
    ],
)
def test_enters_nothing_of_a_table_with_a_fault(
    cast: Cast, product: Make, plan: Make, price_list: Make, table: str, codes: list[str]
) -> None:
    home, other = product("HOME"), product("OTHER-P")
    plan(home, "HOME-T6")
    plan(other, "OTHER")
    made = price_list("NHAP", is_issued=False)
    before = _untouched()

    with pytest.raises(InvalidValues) as refused:
        perform(
            entity_named("price_lists"), "set_prices", made, actor=cast.actor("director"),
            arguments={"lines": table},
        )  # fmt: skip

    assert [each.code for each in refused.value.problems] == codes
    assert _untouched() == before


def test_keeps_an_issued_list_as_it_is(cast: Cast, product: Make, price_list: Make) -> None:
    home = product("HOME")
    made = price_list("NAY", "HOME;;180000", valid_from=today() - 30 * _DAY)
    lists, lines, boss = entity_named("price_lists"), entity_named("price_lines"), cast.actor("director")
    line = PriceLine.objects.get(price_list_id=made)
    before = _untouched()

    with pytest.raises(NotNow):
        perform(lists, "set_prices", made, actor=boss, arguments={"lines": "HOME;;1"})
    with pytest.raises(NotNow):
        perform(lists, "withdraw", made, actor=boss, arguments={})
    with pytest.raises(InvalidValues):
        standard.change(lines, line.pk, actor=boss, values={"price": 1}, version=1)
    values = {"price_list": made, "product": product("NEW"), "price": 5}
    with pytest.raises(InvalidValues):
        standard.create(lines, actor=boss, values=values)
    with pytest.raises(Kept):
        standard.delete(lines, line.pk, actor=boss)
    with pytest.raises(Kept):
        standard.delete(lists, made, actor=boss)
    with pytest.raises(Kept):
        standard.delete(entity_named("products"), home, actor=boss)
    for changes in ({"valid_from": today()}, {"areas": ["HP"]}, {"valid_until": today() - 2 * _DAY}):
        with pytest.raises(InvalidValues):
            standard.change(lists, made, actor=boss, values=changes, version=_version(made))
    assert _untouched()[0] == before[0]
    assert PriceLine.objects.get(pk=line.pk).price == 180_000

    standard.change(
        lists, made, actor=boss, values={"valid_until": today() - _DAY, "name": "Cũ"}, version=_version(made)
    )
    assert PriceList.objects.get(pk=made).valid_until == today() - _DAY


def _version(list_id: int) -> int:
    return PriceList.objects.values_list("version", flat=True).get(pk=list_id)


def test_takes_back_what_has_not_begun(cast: Cast, product: Make, price_list: Make) -> None:
    product("HOME")
    made = price_list("SAU", "HOME;;180000", valid_from=today() + _DAY)
    lists, boss = entity_named("price_lists"), cast.actor("director")

    perform(lists, "withdraw", made, actor=boss, arguments={})
    done = perform(lists, "set_prices", made, actor=boss, arguments={"lines": "HOME;;190000"})

    assert _sums(made) == {"HOME": (190_000, None, None)}
    assert done.version == _version(made)


def test_refuses_to_issue_a_list_without_prices(cast: Cast, price_list: Make) -> None:
    made = price_list("TRONG", is_issued=False)

    with pytest.raises(NotNow):
        perform(entity_named("price_lists"), "issue", made, actor=cast.actor("director"), arguments={})

    assert PriceList.objects.get(pk=made).state == "DRAFT"


def test_keeps_issued_prices_out_of_the_bin_in_sets_and_by_undo(
    cast: Cast, product: Make, price_list: Make
) -> None:
    product("HOME")
    lists, boss = entity_named("price_lists"), cast.actor("director")
    draft = price_list("NHAP", is_issued=False)
    values = {"price_list": draft, "product": product("SOLO"), "price": 1000}
    line = standard.create(entity_named("price_lines"), actor=boss, values=values)
    perform(lists, "issue", draft, actor=boss, arguments={})

    done = delete_many(lists, [draft], actor=boss)
    assert [each.error.code for each in done.outcomes if each.error] == ["kept"]
    with pytest.raises(Kept):
        undo(line.operation.id, actor=boss)

    assert PriceList.objects.get(pk=draft).deleted_at is None
    assert PriceLine.objects.get(pk=line.id).deleted_at is None


def test_brings_no_price_back_into_a_list_that_has_another(
    cast: Cast, product: Make, price_list: Make
) -> None:
    home, sms = product("HOME"), product("SMS")
    lists, lines, boss = entity_named("price_lists"), entity_named("price_lines"), cast.actor("director")
    draft = price_list("NHAP", "HOME;;1000\nSMS;;720", is_issued=False)
    first = PriceLine.objects.get(product_id=home)
    second = PriceLine.objects.get(product_id=sms)
    standard.delete(lines, first.pk, actor=boss)
    done = standard.delete(lines, second.pk, actor=boss)
    perform(lists, "set_prices", draft, actor=boss, arguments={"lines": "HOME;;1100"})

    with pytest.raises(Barred):
        standard.restore(lines, first.pk, actor=boss)
    perform(lists, "issue", draft, actor=boss, arguments={})
    with pytest.raises(Barred):
        undo(done.operation.id, actor=boss)
    held = restore_many(lines, [first.pk, second.pk], actor=boss)

    assert [each.error.code for each in held.outcomes if each.error] == ["barred", "barred"]
    assert _sums(draft) == {"HOME": (1_100, None, None)}


def test_copies_a_list_with_other_prices(cast: Cast, product: Make, price_list: Make) -> None:
    product("HOME")
    product("SMS")
    made = price_list("NAY", "HOME;;180.000;300000;165000\nSMS;;720", areas=["KV1"])
    values = {"code": "SAU", "name": "Quý sau", "valid_from": today() + 30 * _DAY}
    values |= {"percent": "5", "round_to": "1000"}

    perform(entity_named("price_lists"), "copy", made, actor=cast.actor("director"), arguments=values)

    copy = PriceList.objects.get(code="SAU")
    assert (copy.state, copy.areas) == ("DRAFT", [cast.unit("KV1").pk])
    assert _sums(copy.pk) == {"HOME": (189_000, 300_000, 173_000), "SMS": (1_000, None, None)}


def test_leaves_issuing_to_those_who_lead(cast: Cast, product: Make, price_list: Make) -> None:
    product("HOME")
    made = price_list("NHAP", "HOME;;1000", is_issued=False)

    for who in ("seller", "manager", "admin"):
        with pytest.raises(NotAllowed):
            perform(entity_named("price_lists"), "issue", made, actor=cast.actor(who), arguments={})
    with pytest.raises(NotAllowed):
        perform(
            entity_named("price_lists"), "set_prices", made, actor=cast.actor("seller"),
            arguments={"lines": "HOME;;1"},
        )  # fmt: skip
    assert PriceList.objects.get(pk=made).state == "DRAFT"


def test_keeps_a_list_in_one_currency(cast: Cast, product: Make, price_list: Make) -> None:
    home = product("HOME")
    made = price_list("USD", is_issued=False, currency="USD")
    lines, boss = entity_named("price_lines"), cast.actor("director")

    with pytest.raises(InvalidValues) as refused:
        standard.create(lines, actor=boss, values={"price_list": made, "product": home, "price": "1000"})
    assert [each.code for each in refused.value.problems] == ["currency"]
    done = standard.create(
        lines, actor=boss, values={"price_list": made, "product": home, "price": "12,50 USD"}
    )

    row = lines.rows(boss).filter(pk=done.id).values(*lines.columns).get()
    assert lines.field("price").load(row) == Money(1250, "USD")
