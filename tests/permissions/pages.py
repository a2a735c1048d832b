"""The pages of the table that follow from no entity, and where they stand."""

from __future__ import annotations

import re

from tests.permissions.planting import Stage
from tests.permissions.table import table

ANYBODY, EVERYBODY, DERIVED = "anybody", "everybody", "derived"
#: Pages that end what a test stands on: one's own session, or the language of the browser.
LEAVING = {"logout", "language/<slug:code>"}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def own_pages() -> list[str]:
    """List the addresses of pages that name who may open them."""
    return sorted(route for route, who in table().pages.items() if who != DERIVED)


def address_of(stage: Stage, route: str) -> str:
    """Fill the places of an address with what is there."""
    known = {
        "token": "khong-co-that",
        "secret": "khong-co-that",
        "code": "en",
        "user_id": str(stage.users["teller"].pk),
        "role_id": str(stage.records["roles"]["open"].id),
        "calendar_id": str(stage.records["calendars"]["open"].id),
        "unit_id": str(stage.cast.unit("HP1").pk),
        "lead_id": str(stage.records["leads"]["sellers"].id),
        "handover_id": "1",
        "activity_id": str(stage.records["activities"]["sellers"].id),
        "id": "1",
        "index_id": "1",
        "field_id": "1",
        "hook_id": str(stage.records["webhooks"]["open"].id),
        "list_id": str(stage.records["price_lists"]["open"].id),
        "delivery_id": "1",
        "name": "trail",
        "entities": "customers",
        "key": "company.name",
        "report_key": "opportunities_by_type",
        "operation": "1",
        "list_name": "industries",
        "trouble_id": "1",
        "mail_id": "1",
        "box_id": "1",
        "verb": "solve",
        "entity_name": "customers",
    }
    missing = set(_PARAMETER.findall(route)) - set(known)
    assert not missing, f"tests/permissions/pages.py, address_of: say what stands for {missing}"
    return "/" + _PARAMETER.sub(lambda found: known[found[1]], route)
