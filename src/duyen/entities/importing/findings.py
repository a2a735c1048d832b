"""What a module has to say of the records that an import made: how many need somebody's look, and where.

A finder is asked while the page of the import is drawn, so that it tells how things stand now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from duyen.foundation.access.actor import Actor


@dataclass(frozen=True)
class Finding:
    """A sentence about the new records, the list of those it means, and the page where they are settled."""

    sentence: str
    list_url: str
    settle_url: str = ""
    settle_label: str = ""


#: Looks at the records made by a job, from one moment to another, and gives what is to be told, or nothing.
Finder = Callable[[Actor, int, dt.datetime, dt.datetime], Finding | None]

_finders: dict[str, list[Finder]] = {}


def tell_after_import(entity: str, find: Finder) -> None:
    """Let the page of an import of an entity tell what `find` finds. Called at start-up."""
    _finders.setdefault(entity, []).append(find)


def found_after_import(
    entity: str, actor: Actor, job_id: int, since: dt.datetime, until: dt.datetime
) -> list[Finding]:
    """Give what modules have to say of the records of an entity made by an import between two moments."""
    told = (find(actor, job_id, since, until) for find in _finders.get(entity, ()))
    return [each for each in told if each is not None]
