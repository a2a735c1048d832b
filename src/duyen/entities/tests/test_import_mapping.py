"""Which column of a file leads where: by its head, by its cells, by what was remembered."""

from __future__ import annotations

import random

import pytest

from duyen.entities.csv_files import WrongHeads
from duyen.entities.entity import Entity
from duyen.entities.importing.heads import guess, plain_head
from duyen.entities.importing.mapping import check, missing, proposed, said
from duyen.entities.importing.plan import Plan
from duyen.entities.importing.remembering import remember
from duyen.entities.importing.targets import targets_of
from duyen.entities.models import ImportMapping
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

WANTED = {
    "Họ và tên": "name",
    "Tên KH": "name",
    "SĐT": "phones",
    "Số điện thoại (bắt buộc)": "phones",
    "Điện thoại 2": "phones",
    "Mobile": "phones",
    "E-mail": "emails",
    "MST": "tax_code",
    "Mã số thuế": "tax_code",
    "Địa chỉ": "addresses.line",
    "Phường/Xã": "addresses.ward",
    "Quận/Huyện": "addresses.district",
    "Tỉnh/TP": "addresses.province",
    "Ngày sinh": "born_on",
    "dob": "born_on",
    "Loại khách hàng": "kind",
    "Nguồn": "source",
    "Nhân viên phụ trách": "owner",
    "Customer since": "known_since",
    "GHI CHÚ": "note",
}


def _guessed(entity: Entity, cast: Cast, *heads: str, sample: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    return list(guess(entity, heads, actor=cast.actor("seller"), sample=sample).columns)


@pytest.mark.parametrize(("head", "key"), WANTED.items())
def test_knows_the_heads_that_files_use(cast: Cast, customers: Entity, head: str, key: str) -> None:
    assert _guessed(customers, cast, head) == [key]


def test_joins_a_name_that_stands_in_several_columns(cast: Cast, customers: Entity) -> None:
    heads = ["Tên", "Họ", "Tên đệm"]

    assert _guessed(customers, cast, *heads) == ["name.given", "name.family", "name.middle"]
    assert _guessed(customers, cast, "Tên") == ["name"]


def test_finds_the_same_in_any_order(cast: Cast, customers: Entity) -> None:
    heads = ["Họ và tên", "SĐT", "E-mail", "MST", "Địa chỉ", "Phường/Xã", "Tỉnh/TP", "Ngày sinh", "Số thẻ"]
    straight = dict(zip(heads, _guessed(customers, cast, *heads), strict=True))

    for seed in range(5):
        shuffled = random.Random(seed).sample(heads, len(heads))
        assert dict(zip(shuffled, _guessed(customers, cast, *shuffled), strict=True)) == straight


def test_leaves_out_what_it_does_not_know(cast: Cast, customers: Entity) -> None:
    heads = ("STT", "rec_id", "Màu xe", "reason", "Reason refused", "Lý do", "Lý do bị từ chối", "")
    assert _guessed(customers, cast, *heads) == [""] * len(heads)


def test_lets_one_column_alone_lead_to_a_plain_field(cast: Cast, customers: Entity) -> None:
    assert _guessed(customers, cast, "Tên công ty", "Tên") == ["", "name"]


def test_knows_a_column_by_its_cells_where_its_head_says_nothing(cast: Cast, customers: Entity) -> None:
    rows = tuple((f"Khách {n}", f"091234567{n}", f"k{n}@example.com") for n in range(5))

    assert _guessed(customers, cast, "Tên", "Cột 2", "Cột 3", sample=rows) == ["name", "phones", "emails"]


def test_does_not_take_somebody_elses_phone_for_one_more(cast: Cast, customers: Entity) -> None:
    rows = tuple((f"Khách {n}", f"091234567{n}", f"098765432{n}") for n in range(5))

    assert _guessed(customers, cast, "Tên", "SĐT", "Fax", sample=rows) == ["name", "phones", ""]


def test_believes_a_doubtful_head_only_with_its_cells(cast: Cast, customers: Entity) -> None:
    areas = tuple((f"Khách {n}", f"{n}00 m2") for n in range(5))
    phones = tuple((f"Khách {n}", f"091234567{n}") for n in range(5))

    assert _guessed(customers, cast, "Tên", "DT", sample=areas) == ["name", ""]
    assert _guessed(customers, cast, "Tên", "DT", sample=phones) == ["name", "phones"]


def test_offers_a_past_to_the_system_alone(cast: Cast, customers: Entity) -> None:
    assert "@state" not in targets_of(customers, cast.actor("director"))
    assert {"@made_at", "@state", "@since"} <= targets_of(customers, system_actor("tests")).keys()


def test_refuses_a_mapping_without_what_is_needed(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    mapping = proposed(customers, ["SĐT"], actor=actor)

    with pytest.raises(WrongHeads) as raised:
        check(customers, mapping, Plan(), actor=actor, shown="a.csv")

    assert "Tên" in str(raised.value)
    assert [each.name for each in missing(customers, mapping, actor=actor)] == ["name"]
    check(customers, mapping, Plan(given={"name": "Khách mới"}), actor=actor, shown="a.csv")


@pytest.mark.parametrize(
    ("told", "word"), [({"Không có": "name"}, "Không có"), ({"Tên": "shoe_size"}, "shoe_size")]
)
def test_refuses_heads_and_fields_that_are_not_there(
    cast: Cast, customers: Entity, told: dict[str, str], word: str
) -> None:
    with pytest.raises(WrongHeads) as raised:
        said(customers, ["Tên"], told, actor=cast.actor("seller"), shown="a.csv")

    assert word in str(raised.value)


def test_refuses_two_columns_for_one_plain_field(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    mapping = said(customers, ["A", "B"], {"a": "name", "B": "name"}, actor=actor, shown="a.csv")

    with pytest.raises(WrongHeads):
        check(customers, mapping, Plan(), actor=actor, shown="a.csv")


def test_remembers_where_columns_led_and_proposes_it_to_a_person(cast: Cast, customers: Entity) -> None:
    heads = ["Khách", "Số nội bộ"]
    remember(customers, heads, ["name", "phones"], actor=cast.actor("seller"))

    again = proposed(customers, ["SỐ NỘI BỘ", "khách"], actor=cast.actor("seller"), remembers=True)
    of_colleague = proposed(customers, heads, actor=cast.actor("manager"), remembers=True)
    by_program = proposed(customers, heads, actor=cast.actor("seller"))

    assert (again.columns, again.is_remembered) == (("phones", "name"), True)
    assert of_colleague.columns == ("name", "phones")
    assert (by_program.columns, by_program.is_remembered) == (("", ""), False)
    entry = History.objects.get(entity="import_mappings")
    assert (entry.verb, entry.actor_id) == ("imports.remember", cast.users["seller"].pk)


def test_remembers_the_last_choice_once_for_each_person(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    for columns in (["name", ""], ["name", "phones"], ["name", "phones"]):
        remember(customers, ["Khách", "Số"], columns, actor=actor)

    assert ImportMapping.objects.get().columns == {"khach": "name", "so": "phones"}
    assert History.objects.filter(entity="import_mappings").count() == 2


def test_compares_heads_without_marks_signs_and_remarks() -> None:
    assert plain_head("  Số_điện-thoại (*) [bắt buộc] ") == "so dien thoai"


def test_guesses_for_other_entities_too(cast: Cast) -> None:
    contacts, units = entity_named("contacts"), entity_named("units")

    assert _guessed(contacts, cast, "Họ tên", "Di động") == ["name", "phones"]
    assert "name" in guess(units, ["Tên"], actor=cast.actor("admin")).columns


def test_asks_the_cells_each_time_whether_a_column_holds_codes_of_ours(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    heads = ["Mã", "Tên"]
    ours, others = [["KH-HP1-26-000123", "Trà"]], [["0001", "Trà"]]

    def led(cells: list[list[str]]) -> str:
        return proposed(customers, heads, actor=actor, sample=cells, remembers=True).columns[0]

    remember(customers, heads, ["", "name"], actor=actor)
    assert (led(ours), led(others), led([["", "Trà"]])) == ("code", "", "")
    remember(customers, heads, ["code", "name"], actor=actor)
    assert (led(ours), led(others)) == ("code", "")
    remember(customers, heads, ["note", "name"], actor=actor)
    assert led(ours) == "note"
