"""Close units, merge one into another, and use closed ones again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import NotFound, Refused
from duyen.entities.fields import Link
from duyen.entities.handing_over import Holding, give_unit, handed_over_by_unit, held_by_unit
from duyen.entities.models import SavedView
from duyen.entities.pages import Preview
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import ask
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.foundation.org.administrators import take_turn
from duyen.foundation.org.models import Position, Unit
from duyen.foundation.org.rules import may_contain
from duyen.kernel.clock import now
from duyen.modules.administration import previews, queries
from duyen.modules.administration.moving import MOVING, moving_job

Row = Mapping[str, Any]
#: So many records move with the step itself; more are left to the worker, in chunks.
AT_ONCE = 2_000
PREVIEW = "administration/unit_preview.html"


class StillHolds(Refused):
    """People work in the unit or records stand in it, and no unit was named to take them."""

    code = "still_holds"
    sentence = _("%(name)s still holds %(held)s. Say to which unit they move.")


class UnitsBelow(Refused):
    """Units in use stand below this one."""

    code = "units_below"
    sentence = _("%(count)s units in use stand below this one. Close or move them first.")


class HeadOfficeStays(Refused):
    """The head office would be closed."""

    code = "head_office_stays"
    sentence = _("The head office stays open: every other unit belongs to it.")


class NotIntoItself(Refused):
    """A unit would be merged into itself or into one below it."""

    code = "not_into_itself"
    sentence = _("A unit cannot go into itself or into a unit below it. Choose another one.")


class DoesNotFit(Refused):
    """A unit below would stand where its kind may not."""

    code = "does_not_fit"
    sentence = _("%(name)s stands below and does not fit below %(into)s. Move it first.")


class ClosedAlready(Refused):
    """The unit that should take everything is not in use."""

    code = "closed_already"
    sentence = _("%(name)s is not in use. Choose a unit that is.")


class MovesAlready(Refused):
    """Background work is moving what this unit holds."""

    code = "moves_already"
    sentence = _("What this unit holds is being moved already. See under Background work how far it is.")


@action(
    "units.close",
    label=_("Close the unit"),
    asks=[Link("move_to", _("Move people and records to"), to="units", apart=queries.units_under)],
    icon="archive",
    tone="danger",
    why_not=lambda row: None if row["is_active"] else _("this unit is closed."),
    about="is_active",
    preview=Preview(PREVIEW, previews.preview_closing),
    text=_(
        "Its code and its history stay. Opened again later, it is empty: what moved is moved back by hand."
    ),
)
def close_unit(*, actor: Actor, row: Row, move_to: int | None = None) -> Row:
    """Close a unit; what it holds moves to another one, in the background where it is much.

    Raises StillHolds, UnitsBelow, HeadOfficeStays, ClosedAlready, MovesAlready.
    """
    unit_id = int(row["id"])
    take_turn()
    if row["parent_id"] is None:
        raise HeadOfficeStays
    below = queries.open_units_below(unit_id)
    if below:
        raise UnitsBelow(count=below)
    people, held = queries.people_of_unit(unit_id), held_by_unit(unit_id)
    if (people or held) and move_to in (None, unit_id):
        told = queries.listed([*held, *([Holding(_("Positions"), people)] if people else [])])
        raise StillHolds(name=row["name"], held=told)
    if move_to is None:
        return _closed(actor, row, "units.close")
    return _moved(actor, row, move_to, held, verb="close")


@action(
    "units.merge_into",
    label=_("Merge into another unit"),
    asks=[Link("into", _("Goes into"), to="units", required=True, apart=lambda unit: (unit,))],
    icon="combine",
    tone="danger",
    why_not=lambda row: None if row["is_active"] else _("this unit is closed."),
    about="is_active",
    preview=Preview(PREVIEW, previews.preview_merging),
    text=_(
        "People, records, views and the units below go to the other one; this one is closed, its code and "
        "history stay. It is not undone as a whole: opened again it is empty, and lists move records back."
    ),
)
def merge_unit(*, actor: Actor, row: Row, into: int) -> Row:
    """Let everything of a unit go to another one, and close it; in the background where it is much.

    Raises HeadOfficeStays, NotIntoItself, DoesNotFit, ClosedAlready, MovesAlready.
    """
    take_turn()
    if row["parent_id"] is None:
        raise HeadOfficeStays
    refuse_misfits(int(row["id"]), into)
    return _moved(actor, row, into, held_by_unit(int(row["id"])), verb="merge_into")


def refuse_misfits(unit_id: int, into: int) -> None:
    """Refuse a merge after which a unit would stand where it cannot."""
    if into in queries.units_under(unit_id):
        raise NotIntoItself
    taker = _open_unit(into)
    for below in Unit.objects.filter(parent_id=unit_id).order_by("pk"):
        if not may_contain(taker.kind, below.kind):
            raise DoesNotFit(name=below.name, into=taker.name)


def _open_unit(unit_id: int) -> Unit:
    found = Unit.objects.filter(pk=unit_id).order_by("pk").first()
    if found is None:
        raise NotFound
    if not found.is_active:
        raise ClosedAlready(name=found.name)
    return found


def _moved(actor: Actor, row: Row, to: int, held: list[Holding], *, verb: str) -> Row:
    """Move everything now where it is little, else leave it to the worker; the unit closes at the end."""
    unit_id, taker = int(row["id"]), _open_unit(to)
    if moving_job(unit_id) is not None:
        raise MovesAlready
    total = sum(each.count for each in held)
    if total <= AT_ONCE:
        give_unit(unit_id, to, actor=actor)
        return finish(actor, row, to, verb=verb)
    arguments = {
        "unit": unit_id,
        "into": to,
        "verb": verb,
        "operations": {name: new_operation_id() for name in handed_over_by_unit()},
    }
    words = {"unit": row["name"], "into": taker.name}
    label = translated("%(unit)s goes into %(into)s") % words
    job: Job = ask(MOVING, actor=actor, label=label, arguments=arguments, total=total)
    leave_to_worker(job)
    return {**row, "job": job.pk}


def finish(actor: Actor, row: Row, to: int, *, verb: str) -> Row:
    """Let positions, views and the units below follow, and close the unit. Its records have moved already."""
    unit_id = int(row["id"])
    trail.begin(actor, f"units.{verb}", note=f"→ {_open_unit(to).code}")
    move_positions(unit_id, to, actor)
    stamps = {"version": F("version") + 1, "updated_at": now(), "updated_by_id": actor.user_id}
    SavedView.objects.filter(unit_id=unit_id).update(unit_id=to, **stamps)
    if verb == "merge_into":
        Unit.objects.filter(parent_id=unit_id).update(parent_id=to, **stamps)
    return _closed(actor, row, f"units.{verb}", begun=True)


def _closed(actor: Actor, row: Row, verb: str, *, begun: bool = False) -> Row:
    if not begun:
        trail.begin(actor, verb)
    version = write_changes(entity_named("units"), actor, row, {"is_active": False})
    return {**row, "is_active": False, "version": version}


def move_positions(unit_id: int, move_to: int, actor: Actor) -> None:
    """Let the positions that hold now or later go to another unit; one that is held there already ends."""
    moment = now()
    for position in queries.positions_in(unit_id).order_by("pk").select_for_update(no_key=True):
        there = queries.held_position(position.user_id, move_to, position.role_id).order_by("pk").first()
        if there is not None:
            was_main = position.is_main
            position.delete()
            if was_main:
                Position.objects.filter(pk=there.pk).update(
                    is_main=True, version=F("version") + 1, updated_at=moment, updated_by_id=actor.user_id
                )
            continue
        position.unit_id, position.version = move_to, position.version + 1
        position.updated_at, position.updated_by_id = moment, actor.user_id
        position.save(update_fields=["unit", "version", "updated_at", "updated_by"])


@action(
    "units.reopen",
    label=_("Use the unit again"),
    icon="archive-restore",
    why_not=lambda row: _("this unit is in use.") if row["is_active"] else None,
    about="is_active",
)
def reopen_unit(*, actor: Actor, row: Row) -> Row:
    """Use a closed unit again. Raises ClosedAlready when the one above is closed."""
    if row["parent_id"] is not None:
        _open_unit(int(row["parent_id"]))
    version = write_changes(entity_named("units"), actor, row, {"is_active": True})
    return {**row, "is_active": True, "version": version}
