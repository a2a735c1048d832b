"""Erasures kept beside the database: a restored backup must not bring anybody back who was erased since.

Each line tells of one record, by its number and a keyed digest: after a restore the same number may be given
to somebody else, who has another digest. It says nothing of who she was. The first start behind a restore
erases once more whom the backup still knows, with a proof of its own, before anybody signs in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.models import Erasure
from duyen.entities.personal import erasing, proving
from duyen.entities.registry import entity_named, known_names
from duyen.foundation.access.actor import system_actor
from duyen.foundation.database.beside import lines_of
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import JobState
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import ZONE
from duyen.kernel.errors import DomainError

Line = Mapping[str, Any]
_AGAIN = _("%(reason)s, by %(name)s on %(day)s; once more, because a backup was restored")


def forget_erasures(folder: DataFolder) -> None:
    """Throw the file away: with the demo company go those of its people who were erased."""
    (folder.root / proving.BESIDE).unlink(missing_ok=True)


def erase_again() -> int:
    """Erase whom a restored backup brought back; gives how many they were. One that fails stops no other."""
    done = 0
    for line in list(_brought_back()):
        entity, needs = entity_named(line["entity"]), (str(line["needs"][0]), str(line["needs"][1]))
        try:
            job = erasing.start(
                entity, line["record"], actor=system_actor("restore"), reason=_reason(line), needs=needs
            )
        except DomainError:
            continue
        work(job.pk)
        job.refresh_from_db()
        done += job.state == JobState.DONE
    return done


def _brought_back() -> Iterator[Line]:
    """Give those who were erased, of whom the database knows nothing of that and still has the record."""
    lines = {(each["entity"], each["record"]): each for each in lines_of(proving.BESIDE)}
    for (name, record_id), line in lines.items():
        if name in known_names() and _is_whole(entity_named(name), record_id, str(line["mac"])):
            yield line


def _is_whole(entity: Entity, record_id: int, mac: str) -> bool:
    if Erasure.objects.filter(family=entity.family, record_id=record_id).exists():
        return False
    found = entity.model._default_manager.filter(pk=record_id).order_by("pk")
    row = found.values("id", "code", "created_at").first()
    return row is not None and proving.mac_of(entity, row) == mac


def _reason(line: Line) -> str:
    """Say what asked for it, who erased her first, and when: in the language of the company."""
    told = {
        "reason": line["reason"],
        "name": line["by"],
        "day": f"{dt.datetime.fromisoformat(line['at']).astimezone(ZONE):%d/%m/%Y}",
    }
    words = proving.in_company_language(_AGAIN)
    return (words % told)[:200]
