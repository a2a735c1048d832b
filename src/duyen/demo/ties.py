"""Say how the demo's parties are tied: who works where, who stands for whom, which firm belongs to which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from duyen.demo.contacts import PlannedContact
from duyen.demo.customers import PlannedCustomer
from duyen.modules.parties.actions import NewTie
from duyen.modules.parties.words import TieKind

#: Households whose head is a customer in her own name too.
_MEMBERS = 30


def all_ties(
    planned: Sequence[PlannedCustomer],
    customer_ids: Sequence[int],
    people: Sequence[PlannedContact],
    contact_ids: Sequence[int],
) -> Iterator[NewTie]:
    """List every tie; ids stand in the order of what was planned."""
    for contact, contact_id in zip(people, contact_ids, strict=True):
        customer = planned[contact.place]
        since: dt.date = customer.values["known_since"]
        at = customer_ids[contact.place]
        works = NewTie(TieKind.WORKS_AT, contact_id, at, since, contact.job_title, contact.role.value)
        yield works if not contact.is_boss else _main(works)
        if contact.is_boss:
            yield NewTie(TieKind.LEGAL_REPRESENTATIVE, contact_id, at, since, contact.job_title)
    yield from _groups(planned, customer_ids)
    yield from _households(planned, customer_ids)


def _main(tie: NewTie) -> NewTie:
    return NewTie(**{**vars(tie), "is_main": True})


def _groups(planned: Sequence[PlannedCustomer], ids: Sequence[int]) -> Iterator[NewTie]:
    """Let some companies belong to the large ones."""
    large = [record_id for each, record_id in zip(planned, ids, strict=True) if each.group_kind == "LARGE"]
    for each, record_id in zip(planned, ids, strict=True):
        if each.group is not None:
            yield NewTie(TieKind.SUBSIDIARY_OF, record_id, large[each.group], each.values["known_since"])


def _households(planned: Sequence[PlannedCustomer], ids: Sequence[int]) -> Iterator[NewTie]:
    """Let some persons belong to households of the same unit."""
    people: dict[str, list[int]] = {}
    for each, record_id in zip(planned, ids, strict=True):
        if each.group_kind == "INDIVIDUAL":
            people.setdefault(each.unit, []).append(record_id)
    tied = 0
    for each, record_id in zip(planned, ids, strict=True):
        members = people.get(each.unit)
        if each.group_kind == "HOUSEHOLD" and members and tied < _MEMBERS:
            since = each.values["known_since"]
            yield NewTie(TieKind.MEMBER_OF_HOUSEHOLD, members.pop(), record_id, since, note="Chủ hộ")
            tied += 1
