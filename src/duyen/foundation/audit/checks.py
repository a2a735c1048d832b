"""What `duyen check` says about the seals of the trail: whether they hold, and which is broken first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence

from duyen.foundation.audit.sealing import (
    Known,
    Seal,
    Verified,
    last_seal,
    look,
    oldest_unsealed,
)
from duyen.foundation.database.health import Finding, Level
from duyen.kernel.clock import now

#: What was written longer ago than this should be sealed; else no worker runs, or one transaction never ends.
LATE = dt.timedelta(days=1)

#: What is wrong, in the words of the console; a page has its own (administration/pages/safety.py).
FAULTS = {
    "entry_gone": "entries are gone: {sealed} were sealed, {counted} are there",
    "entry_added": "entries were added: {sealed} were sealed, {counted} are there",
    "entry_replaced": "entries were replaced by others, or their numbers changed",
    "entry_altered": "an entry was altered",
    "blanked_without_erasure": "values were blanked and no erasure in the trail says why",
    "seal_altered": "this seal or the one before it was altered",
    "seal_gone": "this seal is gone",
    "chain_rewritten": "the seal has another digest than it had: the chain was rewritten",
}


def check_seals(known: Sequence[Known] = ()) -> Iterator[Finding]:
    """Verify every seal, also against those that were noted down elsewhere."""
    started = time.monotonic()
    done = look(known=known)
    took = time.monotonic() - started
    head = last_seal()
    if done.fault:
        yield Finding(Level.BAD, f"Trail: {_broken(done)}")
    elif head is None:
        yield Finding(Level.GOOD, "Trail: nothing is sealed yet")
    else:
        yield Finding(
            Level.GOOD,
            f"Trail: {done.entries} entries stand as they were sealed, {head.number} seals ({took:.1f} s)",
        )
    yield from _lateness()
    if head is not None and not done.fault:
        yield Finding(Level.GOOD, f"Trail: note the last seal down elsewhere: duyen check --seal {head.head}")
    for each in known if not done.fault else ():
        yield Finding(Level.GOOD, f"Trail: seal {each.number} is the one that was noted down")


def _broken(done: Verified) -> str:
    said = FAULTS[done.fault].format(sealed=done.sealed, counted=done.counted)
    if done.broken is None:
        return f"seal {done.through}: {said}. Compare with a backup that still holds it"
    return f"{_place(done.broken)}: {said}. What stands before it is as it was sealed"


def _place(seal: Seal) -> str:
    times = f"{seal.first_at:%Y-%m-%d %H:%M:%S} to {seal.last_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"seal {seal.number}, entries {seal.first_id} to {seal.last_id}, {times}"


def _lateness() -> Iterator[Finding]:
    since = oldest_unsealed()
    if since is not None and since < now() - LATE:
        yield Finding(
            Level.WARNING,
            f"Trail: nothing was sealed since {since:%Y-%m-%d %H:%M} UTC; is a worker running?",
        )
