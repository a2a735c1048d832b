"""The engine that Django loads by the name of this package.

Django calls back after a commit alone. What is to stand or fall with a transaction and needs to see all that
it wrote runs here, once, right before the end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.backends.postgresql import base

#: What runs before the end of a transaction.
Ending = Callable[[], None]
#: What runs then with all ids that were gathered for it.
Gathering = Callable[[Collection[int]], object]


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that knows what has to be done before its transaction ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._endings: dict[Ending, None] = {}
        self._gathered: dict[Gathering, set[int]] = {}

    def before_end(self, ending: Ending) -> None:
        """Run something once before the open transaction ends; what it raises undoes all of it."""
        self._endings[ending] = None

    def gather(self, work: Gathering, ids: Collection[int]) -> None:
        """Run something once for all such ids, before what else waits for the end of the open transaction."""
        self._gathered.setdefault(work, set()).update(ids)

    def run_endings(self) -> None:
        """Run what waits for the end now; what is written afterwards calls for it anew."""
        self._run_gathered()
        endings, self._endings = list(self._endings), {}
        for each in endings:
            each()
        self._run_gathered()

    def _run_gathered(self) -> None:
        gathered, self._gathered = self._gathered, {}
        for work, ids in gathered.items():
            work(ids)

    def commit(self) -> None:
        if self._endings or self._gathered:
            was_inside, self.in_atomic_block = self.in_atomic_block, True
            try:
                self.run_endings()
            except BaseException:
                self.in_atomic_block = was_inside
                self.rollback()
                raise
            self.in_atomic_block = was_inside
            self._endings = {}  # of what the endings wrote themselves
        super().commit()

    def rollback(self) -> None:
        self._endings, self._gathered = {}, {}
        super().rollback()

    def savepoint_commit(self, sid: str) -> None:
        """End a savepoint: for a test that rolls everything back, the outermost one is the transaction."""
        outer = [each for each in self.atomic_blocks if not getattr(each, "_from_testcase", False)]
        waits = self._endings or self._gathered
        if waits and not outer and not self.needs_rollback:
            try:
                self.run_endings()
            except BaseException:
                self.savepoint_rollback(sid)
                raise
            self._endings = {}
        super().savepoint_commit(sid)
