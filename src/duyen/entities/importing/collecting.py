"""Keep Python's search for lost cycles out of the way while millions of rows pass by."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Rows die by their last reference; the search is for the few that hang on an error's trace.
_THRESHOLDS = (100_000, 20, 100)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for cycles seldom, and never again through what the process had before.

    The usual search goes through all living objects again and again while a chunk grows: a third of
    the time of an import.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
