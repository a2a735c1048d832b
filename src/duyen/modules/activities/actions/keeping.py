"""Note what has happened, plan what is to be done, and bring it to its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Beside, Done, Made
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.modules.activities.words import ActivityKind

#: Records by entity and id.
Refs = Sequence[tuple[str, int]]


def log(
    kind: ActivityKind,
    subject: str,
    *,
    actor: Actor,
    about: Refs,
    done_at: dt.datetime | None = None,
    **values: object,
) -> Done:
    """Note something that has happened, `done_at` or now. Raises InvalidValues, NotAllowed."""
    given = {"kind": kind, "subject": subject, "about": tuple(about), "done_at": done_at or now(), **values}
    return standard.create(entity_named("activities"), actor=actor, values=given)


def log_many(
    rows: Sequence[Mapping[str, object]], *, actor: Actor, beside: Beside | None = None
) -> list[Made]:
    """Note many things that have happened, by as many statements as one.

    Each row holds `kind`, `subject`, `about` and `done_at`, and what else `log` takes. `beside` writes in the
    same transaction what stands or falls with them, and hears what became of each. Raises NotAllowed.
    """
    made, _operation = standard.create_many(entity_named("activities"), actor=actor, rows=rows, beside=beside)
    return made


def plan(
    kind: ActivityKind,
    subject: str,
    *,
    actor: Actor,
    about: Refs = (),
    due_at: dt.datetime | None = None,
    starts_at: dt.datetime | None = None,
    **values: object,
) -> Done:
    """Plan something: a task by `due_at`, an appointment by `starts_at`. Raises InvalidValues, NotAllowed."""
    given = {
        "kind": kind,
        "subject": subject,
        "about": tuple(about),
        "due_at": due_at,
        "starts_at": starts_at,
        **values,
    }
    return standard.create(entity_named("activities"), actor=actor, values=given)


def finish(
    activity_id: int,
    *,
    actor: Actor,
    version: int | None = None,
    outcome: str = "",
    result: str = "",
    next_step: str = "",
    next_due: dt.datetime | None = None,
    next_owner: int | None = None,
) -> Done:
    """Bring an activity to its end, and plan the next step where one is given.

    Raises NotFound, NotAllowed, StaleVersion, InvalidValues or NotNow.
    """
    asked = {
        "outcome": outcome,
        "result": result,
        "next_step": next_step,
        "next_due": next_due,
        "next_owner": next_owner,
    }
    return perform(
        entity_named("activities"), "finish", activity_id, actor=actor, arguments=asked, version=version
    )


def cancel(activity_id: int, reason: str, *, actor: Actor, version: int | None = None) -> Done:
    """Give an activity up, with the reason. Raises NotFound, NotAllowed, StaleVersion or NotNow."""
    return perform(
        entity_named("activities"),
        "cancel",
        activity_id,
        actor=actor,
        arguments={"note": reason},
        version=version,
    )
