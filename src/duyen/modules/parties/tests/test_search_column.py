"""The search column holds the folded whole of what a party is looked for by, name first."""

from __future__ import annotations

import pytest
from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.entities.standard import create_many
from duyen.kernel.text import fold
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_ROWS: list[dict[str, object]] = [
    {"name": "Trần Thị  Đào", "phones": ["0912345678", "02253822111"], "emails": ["Dao.Tran@Example.com"]},
    {"name": "Công ty TNHH Phú Quý `A`", "kind": "ORGANISATION", "tax_code": "0100233488"},
    {"name": "Nguyễn Văn ẤN", "emails": ["thư`tín'@thư.vn", "O'Brien/x+y@example.com"]},
    {"name": "|", "phones": ["+82 2 312 3456"]},
    {"name": "ﬁ №7 ①", "kind": "ORGANISATION", "tax_code": "0100233488-001"},
]


@pytest.fixture
def customers() -> Entity:
    return entity_named("customers")


def test_folds_its_parts_as_it_would_fold_the_whole(cast: Cast, customers: Entity) -> None:
    rows = [{"kind": "INDIVIDUAL", **row} for row in _ROWS]
    made, _operation = create_many(customers, actor=cast.actor("seller"), rows=rows)
    assert not [each.problems for each in made if each.problems]

    for party in Party.objects.order_by("pk"):
        parts = (party.name, party.code, " ".join(party.phones), " ".join(party.emails), party.tax_code)
        assert party.search == fold(" |".join(parts))


def test_agrees_with_what_a_reader_without_a_field_searches(cast: Cast, customers: Entity) -> None:
    create_many(customers, actor=cast.actor("seller"), rows=[{"kind": "INDIVIDUAL", **_ROWS[0]}])

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT search = duyen_fold(name || ' |' || code || ' |' || duyen_join(phones) || ' |' ||"
            " duyen_join(emails) || ' |' || tax_code) FROM parties_party"
        )
        assert cursor.fetchall() == [(True,)]
