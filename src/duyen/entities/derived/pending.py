"""Which values are still being worked out, so that a page can say so beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from duyen.entities.custom.columns import is_derived, key_of
from duyen.entities.derived.plans import all_plans
from duyen.entities.derived.recounting import unsettled
from duyen.entities.fields import Field
from duyen.foundation.fields.models import DueValue


@dataclass(frozen=True)
class Pending:
    """Fields of which any value may be an earlier one, and single records of others."""

    everywhere: frozenset[str] = frozenset()
    records: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def has(self, name: str, record_id: int) -> bool:
        """Tell whether a value may be an earlier one."""
        return name in self.everywhere or record_id in self.records.get(name, ())


NOTHING_PENDING = Pending()


def pending_of(fields: Collection[Field], ids: Collection[int]) -> Pending:
    """Find what is being worked out of fields and records: two queries where a field follows from others."""
    names = {int(key_of(each.columns[0])): each.name for each in fields if is_derived(each.columns[0])}
    if not names:
        return NOTHING_PENDING
    everywhere = {names[each.id] for each in unsettled(all_plans()) if each.id in names}
    records: dict[str, set[int]] = {}
    due = DueValue.objects.filter(field_id__in=list(names)).filter(
        Q(link__gt="") | Q(record_id__in=list(ids))
    )
    for number, link, record_id in due.values_list("field_id", "link", "record_id"):
        if link:  # of all that link there; which those are is not asked
            everywhere.add(names[number])
        else:
            records.setdefault(names[number], set()).add(record_id)
    return Pending(frozenset(everywhere), {name: frozenset(found) for name, found in records.items()})
