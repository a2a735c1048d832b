"""Do something after every write, whoever wrote and through which door: followers of the trail.

    def tell(entries: Sequence[Entry]) -> None:
        '''Write down for whom these entries are news.'''

    follow("notices", tell, families=("parties",))

A follower is declared once, when its app is ready (`AppConfig.ready`). From then on `tell` gets every entry
of the trail that was committed after the follower was first known, each **exactly once and in the order of
its id**, in chunks, within about a second of the commit, in the worker's process:

- An id is given before its transaction commits, so ids do not become visible in order. Only entries below
  the *safe id* are read: everything up to it is either there or will never be.
- A chunk, what `tell` writes by it, and how far the follower has come are **one transaction**. So `tell`
  writes to the database only; what leaves the process (a mail, a request) is a job that it defers there.
  Writes on traced tables open the trail themselves (`trail.begin(system_actor("…"), …)`), and their entries
  come to the followers in turn: a follower must not answer itself for ever.
- One process at a time has a follower; many workers share the followers among them.
- `families` are the root families (`Entry.root`) that it wants to hear of; the rest is passed over cheaply.
- When `tell` raises, nothing of the chunk stays. Its entries then come one by one; the one that fails is
  tried again after 1, 10, 60 and 300 seconds, then set aside: the follower goes on, and `duyen check` names
  it. `again` brings it back once the cause is gone.

The worker gives each follower one chunk in turn, so one that is a million entries behind takes its time and
keeps nobody waiting. In tests nothing runs by itself: `duyen.testing.following.catch_up()` works through
what was written, inside a test's transaction too.
"""

from duyen.foundation.audit.following.declaring import Entry, Handle, follow, forget
from duyen.foundation.audit.following.running import again, run_once

__all__ = ["Entry", "Handle", "again", "follow", "forget", "run_once"]
