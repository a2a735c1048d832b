"""Seal what was written to the trail, and find out whether what is sealed still stands as it was.

The work is done by functions of the database, set by set; see the migration that makes them. Nothing here
holds more than one number in memory, every set commits by itself, and a run that breaks off is taken up by
the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from duyen.foundation.audit.following.reading import safe_id
from duyen.foundation.audit.models import Verification
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: So many entries at most stand under one seal: what is broken is named as closely as that.
RANGE = 10_000
_SEALED_AT_ONCE = 10
_VERIFIED_AT_ONCE = 20
#: Looks at the seals are kept for so long; what they found to be broken stays broken, and is found again.
_KEPT_DAYS = 400

_ENDS = "SELECT number, first_id, last_id, entries, first_at, last_at, digest, sealed_at FROM history_seal"


class NoSeal(DomainError):
    """What was given as a seal is none."""

    code = "no_seal"
    sentence = "%(given)s is not a seal. Give it as it was shown: NUMBER:DIGEST, the digest in 64 hex digits."


@dataclass(frozen=True)
class Seal:
    """One sealed range: which entries stand under it, and the digest that they and all before them gave."""

    number: int
    first_id: int
    last_id: int
    entries: int
    first_at: dt.datetime
    last_at: dt.datetime
    digest: str
    sealed_at: dt.datetime

    @property
    def head(self) -> str:
        """Write the seal as an operator notes it down."""
        return f"{self.number}:{self.digest}"


@dataclass(frozen=True)
class Verified:
    """How a look at the seals ended. `fault` is empty where nothing is wrong.

    `broken` is the seal at which it ended; none where that seal itself is gone. `sealed` and
    `counted` say how many entries stood under it, and how many stand there now.
    """

    through: int
    entries: int
    fault: str = ""
    broken: Seal | None = None
    sealed: int = 0
    counted: int = 0


@dataclass(frozen=True)
class Known:
    """A seal that somebody noted down elsewhere."""

    number: int
    digest: str


def seal(*, size: int = RANGE) -> int:
    """Seal whatever can be sealed by now; returns how many ranges that made. Not inside a transaction."""
    safe_id()
    made = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT duyen_seal_history(%s, %s)", [_SEALED_AT_ONCE, size])
            done = int(cursor.fetchone()[0])
        made += done
        if done < _SEALED_AT_ONCE:
            return made


def last_seal() -> Seal | None:
    """Read the newest seal, the head of the chain."""
    return _seal(f"{_ENDS} ORDER BY number DESC LIMIT 1", [])


def oldest_unsealed() -> dt.datetime | None:
    """Tell since when something waits to be sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at FROM history WHERE id > coalesce((SELECT max(last_id) FROM history_seal), 0) "
            "ORDER BY id LIMIT 1"
        )
        found = cursor.fetchone()
        return found[0] if found else None


def verify(*, after: int = 0, most: int | None = None) -> Verified:
    """Look at the seals behind number `after`, about `most` entries, and end at the first broken one."""
    entries = 0
    for done in _steps(after):
        entries += done.entries
        if done.fault:
            return _broken(done, entries)
        after = done.through
        if most is not None and entries >= most:
            break
    return Verified(after, entries)


def compare(known: Sequence[Known]) -> Verified | None:
    """Hold seals that were noted down against those that stand; gives what is wrong, or nothing.

    Whoever rewrites the whole chain leaves it in order; only a seal that was kept elsewhere tells.
    """
    for each in known:
        found = seal_numbered(each.number)
        if found is None:
            return Verified(each.number, 0, "seal_gone")
        if found.digest != each.digest:
            return Verified(each.number, 0, "chain_rewritten", found)
    return None


def look(*, most: int | None = None, known: Sequence[Known] = ()) -> Verified:
    """Verify and keep on record how it ended; with `most`, go on where the last look ended.

    The seal at which the last good look ended is one that was noted down, too.
    """
    last = last_look()
    good = last if last is not None and not last.fault else None
    noted = [*known, *([Known(good.through, good.digest)] if good and good.through else [])]
    goes_on = most is not None and good is not None and not good.is_whole
    done = compare(noted) or verify(after=good.through if goes_on and good else 0, most=most)
    _keep(done)
    return done


def last_look() -> Verification | None:
    """Read how the last look at the seals ended."""
    return Verification.objects.order_by("-id").first()


def _keep(done: Verified) -> None:
    head, at = last_seal(), seal_numbered(done.through)
    Verification.objects.filter(at__lt=now() - dt.timedelta(days=_KEPT_DAYS)).delete()
    Verification.objects.create(
        at=now(),
        through=done.through,
        digest=at.digest if at else "",
        entries=done.entries,
        is_whole=not done.fault and done.through == (head.number if head else 0),
        fault=done.fault,
    )


def read_known(given: Sequence[str]) -> list[Known]:
    """Read seals as an operator gives them back. Raises NoSeal."""
    found = []
    for text in given:
        number, _colon, digest = text.strip().partition(":")
        digest = digest.strip().lower()
        if not number.isdecimal() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise NoSeal(given=text)
        found.append(Known(int(number), digest))
    return found


def seal_numbered(number: int) -> Seal | None:
    """Read one seal."""
    return _seal(f"{_ENDS} WHERE number = %s", [number])


def _steps(after: int) -> Iterator[Verified]:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT through, verified, coalesce(fault, ''), coalesce(sealed, 0), coalesce(counted, 0) "
                "FROM duyen_verify_history(%s, %s)",
                [after, _VERIFIED_AT_ONCE],
            )
            through, entries, fault, sealed, counted = cursor.fetchone()
        if through == after and not fault:
            return
        yield Verified(through, entries, fault, None, sealed, counted)
        after = through


def _broken(done: Verified, entries: int) -> Verified:
    return Verified(done.through, entries, done.fault, seal_numbered(done.through), done.sealed, done.counted)


def _seal(statement: str, parameters: list[int]) -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    if row is None:
        return None
    number, first_id, last_id, entries, first_at, last_at, digest, sealed_at = row
    return Seal(number, first_id, last_id, entries, first_at, last_at, bytes(digest).hex(), sealed_at)
