"""Bring the national do-not-call list in: it replaces the one that was there, as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed, Refused
from duyen.entities.writing import insert_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.kernel.phones import PhoneError, read_phone
from duyen.modules.consents.addresses import mac_of
from duyen.modules.consents.models import ListCheck, ListedNumber

#: The right to bring the list in.
CHECK_LIST = "check_list"
#: Written by so many rows at once.
_CHUNK = 20_000
_NUMBER = re.compile(r"\+?\d[\d .()-]{7,20}\d")


class UnreadableList(Refused):
    """A file holds no phone number, so that it is no list."""

    code = "no_list"
    sentence = _("There is no phone number in this file. Choose the list as it was downloaded.")


@dataclass(frozen=True)
class BroughtIn:
    """What a file held: numbers, once each, and lines without one that can be read."""

    numbers: int
    unread: int


def bring_list_in(lines: Iterable[str], *, file_name: str, actor: Actor) -> BroughtIn:
    """Replace the do-not-call list by the numbers in some lines, one in each, and note that it was checked.

    Numbers are kept as keyed digests alone. Raises NotAllowed, or UnreadableList; then the old list stays.
    """
    if not actor.may("contact_rules", CHECK_LIST):
        raise NotAllowed(why=_("bringing in the do-not-call list is not among your rights."))
    macs, unread = _read(lines)
    if not macs:
        raise UnreadableList
    moment = now()
    with transaction.atomic():
        trail.begin(actor, "list_checks.create")
        ListedNumber.objects.all().delete()
        held = sorted(macs)
        for start in range(0, len(held), _CHUNK):
            insert_rows(ListedNumber, [{"mac": each} for each in held[start : start + _CHUNK]])
        ListCheck.objects.create(
            checked_at=moment,
            file_name=file_name[:200],
            numbers=len(held),
            unread=unread,
            created_at=moment,
            updated_at=moment,
            created_by_id=actor.user_id,
            updated_by_id=actor.user_id,
        )
    return BroughtIn(len(held), unread)


def _read(lines: Iterable[str]) -> tuple[set[bytes], int]:
    """Read the first phone number of each line; what has none and is not empty is counted."""
    macs: set[bytes] = set()
    unread = 0
    for line in lines:
        found = _NUMBER.search(line)
        try:
            macs.add(mac_of(read_phone(found[0] if found else line).e164))
        except PhoneError:
            unread += bool(line.strip())
    return macs, unread
