"""A company's own fields come in from files and go out into them."""

from __future__ import annotations

from pathlib import Path

import pytest

from duyen.entities.entity import Entity
from duyen.entities.exporting.asking import Asked
from duyen.entities.exporting.running import stream
from duyen.entities.importing import start_import
from duyen.entities.registry import entity_named
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
OPTIONS = [{"code": "silk", "label": "Lụa"}, {"code": "linen", "label": "Lanh"}]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


def test_a_file_is_understood_by_labels_and_gives_back_the_same(
    cast: Cast, customers: Entity, make_field: MakeField, tmp_path: Path
) -> None:
    made = [
        make_field("seats", "whole", label="Số chỗ ngồi"),
        make_field("weight", "decimal", label="Cân nặng"),
        make_field("fabrics", "choices", label="Chất vải", options=OPTIONS),
        make_field("seen", "moment", label="Lần ghé gần nhất"),
        make_field("vip", "flag", label="Khách quen"),
    ]
    path = tmp_path / "khach.csv"
    path.write_text(
        "Tên,Loại,Số chỗ ngồi,Cân nặng,Chất vải,Lần ghé gần nhất,Khách quen\n"
        'Lan,Cá nhân,1.200,"0,75",Lụa; Lanh,31/12/2025 09:30,có\n'
        "Huệ,Cá nhân,nhiều,,,,\n",
        encoding="utf-8",
    )

    job = start_import(customers, path, actor=cast.actor("seller"))
    assert work(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rejected) == ("done", 1)
    (party,) = Party.objects.all()
    assert list(party.custom) == [str(each.pk) for each in made]
    assert list(party.custom.values()) == [1200, 0.75, ["silk", "linen"], "2025-12-31T02:30:00Z", True]
    names = ("name", *(f"custom_{each.key}" for each in made))
    asked = Asked(customers.name, columns=names, purpose="Thử")
    told = b"".join(stream(asked, actor=cast.actor("director"))).decode("utf-8-sig")
    assert "Số chỗ ngồi" in told
    for words in ("1200", "0,75", "Lụa; Lanh", "31/12/2025"):
        assert words in told


def test_a_required_field_keeps_rows_out_that_lack_it(
    cast: Cast, customers: Entity, make_field: MakeField, tmp_path: Path
) -> None:
    make_field("size", label="Cỡ áo", required="always")
    path = tmp_path / "khach.csv"
    path.write_text("Tên,Loại,Cỡ áo\nLan,Cá nhân,XL\nHuệ,Cá nhân,\n", encoding="utf-8")

    job = start_import(customers, path, actor=cast.actor("seller"))
    assert work(job.pk)

    job.refresh_from_db()
    assert job.rejected == 1
    assert [each.name for each in Party.objects.all()] == ["Lan"]
