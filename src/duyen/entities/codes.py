"""Give records their numbers: by pattern, issuing unit and year, in blocks for a whole set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from duyen.entities.entity import Entity
from duyen.foundation.access.queries import access_epoch, unit_tree
from duyen.foundation.access.rules import UnitTree
from duyen.foundation.org.models import Unit
from duyen.foundation.org.words import UnitKind
from duyen.foundation.settings.numbering import take_numbers
from duyen.kernel.clock import today


def take_codes(entity: Entity, unit_ids: Sequence[int | None]) -> list[dict[str, object]]:
    """Give each record its `code` and `code_unit_id`, or nothing for an entity without numbers."""
    pattern = entity.code
    if pattern is None:
        return [{} for _ in unit_ids]
    tree = unit_tree(access_epoch())
    issuers = [_issuer(tree, unit_id if pattern.names_unit else None) for unit_id in unit_ids]
    codes_of_units = dict(Unit.objects.filter(pk__in=set(issuers)).values_list("pk", "code"))
    year = today().year
    blocks = {
        issuer: iter(take_numbers(_key(entity, issuer, year if pattern.names_year else None), count))
        for issuer, count in sorted(Counter(issuers).items())
    }
    return [
        {
            "code": pattern.format(unit=codes_of_units[issuer], year=year, number=next(blocks[issuer])),
            "code_unit_id": issuer,
        }
        for issuer in issuers
    ]


def _issuer(tree: UnitTree, unit_id: int | None) -> int:
    """The branch above a unit issues its numbers, or the head office where there is none."""
    if unit_id is not None:
        found = tree.climb(unit_id, {UnitKind.BRANCH, UnitKind.HEAD_OFFICE})
        if found is not None:
            return found
    return next(place.id for place in tree.places.values() if place.kind == UnitKind.HEAD_OFFICE)


def _key(entity: Entity, issuer: int, year: int | None) -> str:
    return f"{entity.family}:{issuer}:{year or '-'}"
