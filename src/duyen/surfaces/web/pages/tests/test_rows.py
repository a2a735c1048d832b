"""A row on a phone: two lines, of which each says what tells most."""

from __future__ import annotations

import pytest

from duyen.entities.beside import beside_fields
from duyen.entities.registry import entity_named
from duyen.surfaces.web.pages.rows import places_on_phone
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "listing", "expected"),
    [
        ("customers", "all", {"relationship_state": "m-1", "phones": "m-2", "created_at": "m-3"}),
        ("customers", "addresses", {"address_status": "m-1", "addresses": "m-2", "phones": "m-3"}),
        ("contacts", "all", {"phones": "m-1", "organisation": "m-2", "created_at": "m-3"}),
        ("leads", "open", {"state": "m-1", "phones": "m-2", "created_at": "m-3"}),
        ("tasks", "mine", {"priority": "m-1", "party": "m-2", "due_at": "m-3"}),
        ("tasks", "all", {"priority": "m-1", "party": "m-2", "at": "m-3"}),
        ("activities", "all", {"kind": "m-1", "party": "m-2", "at": "m-3"}),
        ("activities", "planned", {"kind": "m-1", "party": "m-2", "open_at": "m-3"}),
        ("users", "all", {"email": "m-1", "job_title": "m-3"}),
    ],
)
def test_the_two_lines_of_a_phone(name: str, listing: str, expected: dict[str, str], cast: Cast) -> None:
    entity = entity_named(name)
    known = entity.by_name | {each.name: each for each in beside_fields(entity, cast.actor("director"))}
    columns = [known[each] for each in entity.listing(listing).columns]

    assert places_on_phone(entity, columns) == expected
