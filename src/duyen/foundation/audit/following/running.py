"""Give each follower its next chunk: what it writes and how far it has come commit together or not at all."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from enum import Enum

from django.db import transaction
from django.db.models import QuerySet

from duyen.foundation.audit.following.declaring import Declared, Entry, declared
from duyen.foundation.audit.following.reading import read_chunk, safe_id
from duyen.foundation.audit.models import Follower, History, SetAside
from duyen.foundation.fields import versions
from duyen.kernel.clock import now

#: So long it waits before each further try at an entry that failed; behind the last one it is set aside.
PAUSES = tuple(dt.timedelta(seconds=seconds) for seconds in (1, 10, 60, 300))
_MOST_LETTERS = 1000
_log = logging.getLogger(__name__)


class Step(Enum):
    """What a turn came to."""

    #: Another process has the follower, or its next try is not due.
    LATER = "later"
    #: There was nothing that it could read.
    IDLE = "idle"
    #: It came a piece further; there may be more.
    MOVED = "moved"


def know(upto: int) -> None:
    """Write down followers that are new: they begin behind what is there already."""
    names = [each.name for each in declared()]
    known = set(Follower.objects.filter(name__in=names).values_list("name", flat=True))
    Follower.objects.bulk_create(
        [
            Follower(name=each.name, position=upto, at_once=each.at_once)
            for each in declared()
            if each.name not in known
        ],
        ignore_conflicts=True,
    )


def run_once(upto: int | None = None) -> bool:
    """Give every follower one chunk, up to the safe id; tells whether any of them moved."""
    upto = safe_id() if upto is None else upto
    know(upto)
    return Step.MOVED in [turn(each, upto) for each in declared()]


def turn(follower: Declared, upto: int) -> Step:
    """Give one follower its next chunk, no further than `upto`. A failure is kept, not raised."""
    try:
        return _turn(follower, upto)
    except _Failed as failure:
        _note_failure(follower, failure)
        return Step.MOVED


class _Failed(Exception):
    """What a follower raised, taken out of the transaction that it ended."""

    def __init__(self, position: int, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.position = position
        self.entries = entries

    @property
    def problem(self) -> str:
        cause = self.__cause__
        return f"{type(cause).__name__}: {cause}"[:_MOST_LETTERS]


def _turn(follower: Declared, upto: int) -> Step:
    with transaction.atomic():
        state = _held(follower.name).first()
        if state is None or (state.again_at is not None and state.again_at > now()):
            return Step.LATER
        if state.position >= upto:
            return Step.IDLE
        at_once = min(state.at_once, follower.at_once)
        entries, reached = read_chunk(state.position, upto, families=follower.families, limit=at_once)
        if entries:
            _hand(follower, entries, position=state.position)
        Follower.objects.filter(pk=state.pk).update(
            position=reached,
            at_once=min(at_once * 2, follower.at_once),
            failures=0,
            problem="",
            again_at=None,
            moved_at=now(),
        )
    return Step.MOVED


def _held(name: str) -> QuerySet[Follower]:
    rows = Follower.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return rows.filter(name=name).order_by("pk")


def _hand(follower: Declared, entries: Sequence[Entry], *, position: int) -> None:
    try:
        with versions.kept():
            versions.pin()  # the company's definitions of this moment
            follower.handle(entries)
    except Exception as error:
        raise _Failed(position, entries) from error


def _note_failure(follower: Declared, failure: _Failed) -> None:
    """Let the entries come one by one; set the one aside that failed again and again."""
    with transaction.atomic():
        state = _held(follower.name).filter(position=failure.position).first()
        if state is None:
            return  # another process took it from there
        if len(failure.entries) > 1:
            columns: dict[str, object] = {"at_once": 1}
        elif state.failures < len(PAUSES):
            columns = {"failures": state.failures + 1, "again_at": now() + PAUSES[state.failures]}
        else:
            columns = _without(follower, failure)
        Follower.objects.filter(pk=state.pk).update(problem=failure.problem, **columns)
    _log.warning("The follower %s failed: %s", follower.name, failure.problem, exc_info=failure.__cause__)


def _without(follower: Declared, failure: _Failed) -> dict[str, object]:
    (entry,) = failure.entries
    SetAside.objects.get_or_create(
        follower=follower.name, entry_id=entry.id, defaults={"problem": failure.problem, "at": now()}
    )
    return {"position": entry.id, "failures": 0, "again_at": None, "at_once": 1, "moved_at": now()}


def behind(newest: int) -> list[Follower]:
    """List the followers that have not come as far as `newest`."""
    names = [each.name for each in declared()]
    return list(Follower.objects.filter(name__in=names, position__lt=newest).order_by("name"))


def again(name: str) -> int:
    """Give a follower what was set aside once more; returns how many entries it worked through.

    What fails again stays set aside. Raises KeyError where there is no such follower.
    """
    follower = {each.name: each for each in declared()}[name]
    done = 0
    for aside in SetAside.objects.filter(follower=name).order_by("entry_id"):
        try:
            with transaction.atomic():
                follower.handle(_entries([aside.entry_id]))
                aside.delete()
        except Exception as error:  # noqa: BLE001 - whatever the follower raises is told beside the entry
            SetAside.objects.filter(pk=aside.pk).update(problem=f"{type(error).__name__}: {error}")
        else:
            done += 1
    return done


def _entries(ids: Sequence[int]) -> list[Entry]:
    rows = History.objects.filter(id__in=ids)
    found: list[Entry] = []
    for row_id in rows.order_by("id").values_list("id", flat=True):
        found += read_chunk(row_id - 1, row_id, families=None, limit=1)[0]
    return found
