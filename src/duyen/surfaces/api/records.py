"""Show records as the API's JSON, with the names of what they point at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duyen.entities.beside import load_beside, shown_fields
from duyen.entities.binned import deletions
from duyen.entities.bulk.outcomes import Outcome, SetDone, reason_of
from duyen.entities.bulk.rules import Fate
from duyen.entities.custom.columns import is_virtual
from duyen.entities.derived.pending import pending_of
from duyen.entities.entity import Entity
from duyen.entities.errors import Clash, InvalidValues, NotFound, StaleVersion
from duyen.entities.explaining import Explained, Verdict
from duyen.entities.fields import Field, Link, LinkedRecord, Records
from duyen.entities.history import Change, HistoryPage, Step
from duyen.entities.importing import rejected_path
from duyen.entities.labels import Linked, labels, link_labels
from duyen.entities.merging.undoing import Account
from duyen.entities.registry import entity_named
from duyen.entities.sharing import Shared
from duyen.entities.through import readable_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.queries import is_askers
from duyen.surfaces.api.addresses import ADDRESS
from duyen.surfaces.api.own_fields import outward

Json = dict[str, Any]
#: What a problem of one field says beside the values of a record.
_WITHOUT_VALUES = ("field", "code", "message")


def read_record(entity: Entity, record_id: int, *, actor: Actor, deleted: bool = False) -> Json:
    """Read one record as JSON, `deleted` from the bin. Raises NotFound when it is not open to `actor`."""
    rows = readable_rows(entity, actor, [record_id], deleted=deleted).order_by("pk").values(*entity.columns)
    found = rows.first()
    if found is None:
        raise NotFound
    entity.unfold(found)
    return show_records(entity, [found], actor=actor)[0]


def show_records(entity: Entity, rows: Sequence[dict[str, Any]], *, actor: Actor) -> list[Json]:
    """Show rows (plain columns) as JSON: one query per linked entity, however many rows."""
    fields = list(shown_fields(entity, actor).values())
    load_beside(entity, fields, rows)
    linked = link_labels(actor, fields, rows)
    has_custom = any(each.column == "custom" for each in entity.model._meta.concrete_fields)
    pending = pending_of(fields, [row["id"] for row in rows])
    shown = []
    for row in rows:
        record: Json = {"id": row["id"], "version": row["version"]}
        record |= {each.name: _value(each, each.load(row), linked) for each in fields if not each.is_own}
        if has_custom:
            record["custom"] = {
                each.key: _value(each, each.load(row), linked) for each in fields if each.is_own
            }
            record["recomputing"] = [
                each.key for each in fields if each.is_own and pending.has(each.name, row["id"])
            ]
        shown.append(record)
    return shown


def show_rows(fields: Sequence[Field], rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Json]:
    """Show rows that are no records by fields of their own: one query for each kind of linked record."""
    linked = link_labels(actor, fields, rows)
    return [{each.name: _value(each, each.load(row), linked) for each in fields} for row in rows]


def tell_deletions(entity: Entity, shown: Sequence[Json]) -> None:
    """Add to records of the bin since when they are there, who put them there, and why."""
    told = deletions(entity, [each["id"] for each in shown])
    for each in shown:
        found = told.get(each["id"])
        each["deleted"] = found and {
            "at": found.at.isoformat().replace("+00:00", "Z"),
            "by": {"id": found.user_id, "label": found.who},
            "reason": found.reason,
        }


def show_share(shared: Shared) -> Json:
    """Show one person to whom a record is open by name."""
    return {
        "user": {"id": shared.user_id, "label": shared.name},
        "may_change": shared.may_change,
        "until": shared.until,
    }


def _value(field: Field, value: Any, linked: Linked) -> Any:
    if isinstance(field, Link):
        return None if value is None else _link(linked.get(field.to, {}).get(value), value)
    if isinstance(field, Records):
        return [_named(field, each, linked) for each in field.to_json(value)]
    return field.to_json(value)


def _named(field: Records, told: Any, linked: Linked) -> Json:
    """Show one of several records that a field names, with what else the field tells of it."""
    kind, record_id = field.named(told)
    if record_id is None:
        return {**told}
    found = _link(linked.get(kind, {}).get(record_id), record_id)
    return found if isinstance(told, int) else {**told, **found}


def _link(found: LinkedRecord | None, record_id: int) -> Json:
    if found is None:
        return {"id": record_id, "code": "", "label": ""}
    return {"id": found.id, "code": found.code, "label": found.label}


def show_clashes(entity: Entity, clashes: Iterable[Clash], *, actor: Actor, message: str) -> list[Json]:
    """Show both values of each field that two people changed."""
    found = list(clashes)
    linked = _linked_of(entity, actor, found)
    errors = []
    for clash in found:
        field = entity.field(clash.field)
        yours, theirs = (_value(field, value, linked) for value in (clash.yours, clash.theirs))
        errors.append(
            {
                "field": outward(clash.field),
                "code": "stale",
                "message": message,
                "yours": yours,
                "theirs": theirs,
            }
        )
    return errors


def _linked_of(entity: Entity, actor: Actor, clashes: Sequence[Clash]) -> Linked:
    wanted: dict[str, set[int]] = {}
    for clash in clashes:
        field = entity.field(clash.field)
        if isinstance(field, Link):
            values = {value for value in (clash.yours, clash.theirs) if isinstance(value, int)}
            wanted.setdefault(field.to, set()).update(values)
    return {name: labels(actor, entity_named(name), ids) for name, ids in wanted.items()}


def show_set(entity: Entity, done: SetDone, *, actor: Actor) -> Json:
    """Show what became of a set of records: how many, and each one that was refused."""
    refused = done.of(Fate.REFUSED)
    return {
        "operation": str(done.operation.id),
        "changed": len(done.of(Fate.CHANGED)),
        "unchanged": len(done.of(Fate.UNCHANGED)),
        "refused": [show_refused(entity, each, actor=actor) for each in refused],
    }


def show_refused(entity: Entity, outcome: Outcome, *, actor: Actor) -> Json:
    """Show why one record of a set was refused, with both values of each field that somebody changed."""
    error, errors = outcome.error, []
    if isinstance(error, InvalidValues):
        errors = [{**each.as_dict(), "field": outward(each.field)} for each in error.problems]
    elif isinstance(error, StaleVersion):
        errors = show_clashes(entity, error.clashes, actor=actor, message=str(error))
    code = error.code if error else ""
    return {"id": outcome.id, "code": code, "message": reason_of(entity, outcome), "errors": errors}


def without_values(refused: Sequence[Json]) -> list[Json]:
    """Take the values of records out of what `show_refused` tells: this may be kept for a repeated call."""
    return [
        {
            **each,
            "errors": [{key: one[key] for key in _WITHOUT_VALUES if key in one} for one in each["errors"]],
        }
        for each in refused
    ]


def show_refused_again(entity: Entity, refused: Sequence[Json], *, actor: Actor) -> list[Json]:
    """Show to a repeated call what was refused: of what left its sight, only that it did."""
    ids = [each["id"] for each in refused]
    seen = set(entity.rows(actor, deleted=None).filter(pk__in=ids).values_list("pk", flat=True))
    hidden = {outward(name) for name in set(entity.by_name) - {one.name for one in entity.readable(actor)}}
    shown = []
    for each in refused:
        errors = [one for one in each["errors"] if one["field"] not in hidden]
        if each["id"] not in seen or len(errors) < len(each["errors"]):
            gone = NotFound()
            each = {"id": each["id"], "code": gone.code, "message": str(gone), "errors": []}
        shown.append(each)
    return shown


def show_account(told: Account) -> Json:
    """Show a merge with what undoing it gives back; fields that the reader may not see are left out."""
    kind = told.survivor.entity
    return {
        "id": str(told.merge.pk),
        "entity": kind.name,
        "survivor": told.survivor.id,
        "others": [
            {"id": each.record_id, "code": each.code if told.shows_codes else ""} for each in told.others
        ],
        "at": told.merge.at,
        "undone_at": told.merge.undone_at,
        "is_whole": told.is_whole,
        "why_not": told.why_not.code if told.why_not else None,
        "fields_back": [outward(each.name) for each in told.fields_back],
        "fields_left": [outward(each.name) for each in told.fields_left],
        "rows": [
            {
                "label": str(each.label),
                "back": each.back,
                "left": {why: len(ids) for why, ids in each.left.items()},
                "named": {why: list(names) for why, names in each.names.items()},
            }
            for each in told.rows
        ],
        "added": [{"label": str(label), "count": count} for label, count in told.added],
    }


def show_job(job: Job, actor: Actor) -> Json:
    """Show how far a job is; what it refused is for whoever asked for it."""
    has_rejected = job.rejected > 0 and is_askers(job, actor) and rejected_path(job).is_file()
    return {
        "id": job.pk,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "rejected": job.rejected,
        "rejected_url": f"{ADDRESS}jobs/{job.pk}/rejected" if has_rejected else None,
    }


def show_job_line(job: Job, actor: Actor, *, is_stuck: bool) -> Json:
    """Show a job of a list: what it is, for whom, since when, and whether nobody works on it."""
    return {
        **show_job(job, actor),
        "kind": job.kind,
        "label": job.label,
        "asked_by": job.asked_by_id,
        "created_at": _moment(job.created_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
        "is_stuck": is_stuck,
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def show_history(page: HistoryPage) -> Json:
    """Show one page of a record's history."""
    return {
        "items": [_step(step, page.linked) for step in page.steps],
        "next": None if page.next is None else str(page.next),
    }


def _step(step: Step, linked: Linked) -> Json:
    return {
        # 63 bits: more than a number of JavaScript holds.
        "operation": str(step.operation),
        "at": step.at.isoformat().replace("+00:00", "Z"),
        "who": {"id": step.user_id, "label": step.who},
        "on_behalf_of": step.on_behalf_of,
        "door": step.door,
        "verb": step.verb,
        "label": str(step.label),
        "note": step.note,
        "version": step.version,
        "former": step.former,
        "changes": [_change(change, linked) for change in step.changes],
    }


def _change(change: Change, linked: Linked) -> Json:
    name, label = outward(change.field.name), str(change.field.label)
    told: Json = {"entity": change.entity, "field": name, "label": label}
    if change.is_secret:
        return told | {"from": None, "to": None, "is_secret": True}
    was, now = (_value(change.field, value, linked) for value in (change.was, change.now))
    return told | {"from": was, "to": now, "is_secret": False}


def show_left(entity: Entity, columns: Sequence[str], actor: Actor) -> Json:
    """Name the columns that an undo left and their fields, as far as the caller may see those."""
    every = (*entity.fields, *entity.former)
    seen = {each.name for each in entity.remembered(actor)}
    left = [each for each in every if set(each.columns) & set(columns)]
    hidden = {column for each in every if each.name not in seen for column in each.columns}
    own = {column: outward(each.name) for each in every if each.is_own for column in each.columns}
    shown = (each for each in columns if each not in hidden and (each in own or not is_virtual(each)))
    fields = [{"field": outward(each.name), "label": str(each.label)} for each in left if each.name in seen]
    return {"left": [own.get(each, each) for each in shown], "left_fields": fields}


def show_explained(told: Explained) -> Json:
    """Show what one person may do with one record."""
    place = told.place
    return {
        "entity": place.entity.name,
        "id": place.standing.record_id,
        "code": place.row.get("code") or "",
        "owner": place.standing.owner_id,
        "unit": place.standing.unit_id,
        "bars": sorted(place.bars),
        "user": told.person.pk,
        "is_locked": not told.person.is_active,
        "rights": [_verdict(each) for each in told.verdicts],
        "fields": [
            {"field": outward(each.name), "level": each.level.value, "roles": list(each.roles)}
            for each in told.limits
        ],
    }


def _verdict(verdict: Verdict) -> Json:
    found = verdict.explanation
    by = [(each.why.value, each.grant) for each in found.openings] + [("short", each) for each in found.short]
    return {
        "verb": verdict.verb,
        "label": str(verdict.label),
        "may": verdict.may,
        "by": [
            {
                "why": why,
                "role": grant.role_id if grant else None,
                "unit": grant.unit_id if grant else None,
                "reach": grant.reach.value if grant else None,
            }
            for why, grant in by
        ],
        "reasons": list(verdict.reasons),
        "missing": list(verdict.missing),
    }
