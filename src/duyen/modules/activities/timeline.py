"""What activities tell on timelines: those that name the record, its party, or a contact of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.attachments.reading import Attached, attach
from duyen.entities.entity import Entity
from duyen.entities.fields import LinkedRecord, Option
from duyen.entities.labels import labels
from duyen.entities.registry import all_entities, entity_named, known_names
from duyen.entities.sql import FALSE, Sql, all_of, any_of, name
from duyen.entities.timelines.declared import Asked, Branch, Kind, Subject, TimelineSource, Told
from duyen.entities.timelines.everywhere import tell_everywhere
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, READ, FieldLevel
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import File
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.modules.activities import choices, rules
from duyen.modules.activities.fields import Participant
from duyen.modules.activities.mentions import named_in
from duyen.modules.activities.models import Activity
from duyen.modules.activities.queries import remarks_on
from duyen.modules.activities.words import OPEN, ActivityKind, ActivityState, Remark

SOURCE = "activities"
#: Up to so many parties are asked one branch each; above, one branch for all.
MOST_BRANCHES = 30
_ROWS = "activities_about b JOIN activities_activity a ON a.id = b.activity_id"
ICONS: Mapping[str, tuple[str, str]] = {
    ActivityKind.TASK: ("square-check", "blue"),
    ActivityKind.CALL: ("phone", "green"),
    ActivityKind.MEETING: ("calendar-clock", "blue"),
    ActivityKind.VISIT: ("map-pin", "teal"),
    ActivityKind.EMAIL: ("mail", "violet"),
    ActivityKind.LETTER: ("scroll-text", "violet"),
    ActivityKind.NOTE: ("sticky-note", "amber"),
}
#: Of an entry so many letters show before one asks for the rest.
CUT = 600
_COLUMNS = (
    "id",
    "version",
    "kind",
    "subject",
    "body",
    "state",
    "at",
    "starts_at",
    "ends_at",
    "all_day",
    "due_at",
    "direction",
    "outcome",
    "result",
    "next_step",
    "place",
    "duration_minutes",
    "about",
    "participants",
    "co_assignees",
    "owner_id",
    "unit_id",
    "is_private",
    "is_pinned",
    "created_by_id",
)


@dataclass(frozen=True)
class ActivityTold:
    """One activity as the timeline says it. `pieces` are its text, in turn plain and names of colleagues."""

    row: Mapping[str, Any]
    subject: str
    pieces: Sequence[tuple[str, bool]]
    is_cut: bool
    whom: Sequence[LinkedRecord]
    others: Sequence[LinkedRecord]
    guests: Sequence[str]
    outcome: Option | None
    files: Sequence[Attached]
    remarks: Sequence[Remark]
    is_open: bool
    is_late: bool
    may_change: bool
    may_delete: bool

    @property
    def is_call(self) -> bool:
        return bool(self.row["kind"] == ActivityKind.CALL)

    @property
    def is_cancelled(self) -> bool:
        return bool(self.row["state"] == ActivityState.CANCELLED)

    @property
    def title_of_call(self) -> str:
        """What a call was about, where somebody said so beside the text."""
        said = str(choices.KINDS.held().by_code[ActivityKind.CALL].label)
        return self.subject if self.is_call and self.subject != said else ""

    @property
    def has_marks(self) -> bool:
        """Whether anything stands in a word or two below the text."""
        row = self.row
        told = (self.outcome, self.files, self.remarks, row["is_private"], row["next_step"])
        return any(told) or self.is_late or self.is_cancelled

    @property
    def says(self) -> bool:
        """Whether there is anything to show below the head."""
        return bool(self.pieces or self.title_of_call)

    @property
    def is_note(self) -> bool:
        return bool(self.row["kind"] == ActivityKind.NOTE)

    @property
    def is_task(self) -> bool:
        return bool(self.row["kind"] == ActivityKind.TASK)

    @property
    def is_from_them(self) -> bool:
        return bool(self.row["direction"] == "IN")


# --- Which activities ------------------------------------------------------------------------------------


def _past(actor: Actor, subject: Subject, asked: Asked) -> list[Branch]:
    return _branches(actor, subject, asked, Sql("NOT b.is_open AND NOT b.is_pinned"))


def _ahead(actor: Actor, subject: Subject, asked: Asked) -> list[Branch]:
    return _branches(actor, subject, asked, Sql("b.is_open AND NOT b.is_pinned"))


def _pinned(actor: Actor, subject: Subject, asked: Asked) -> list[Branch]:
    return _branches(actor, subject, asked, Sql("b.is_pinned"))


def _branches(actor: Actor, subject: Subject, asked: Asked, standing: Sql) -> list[Branch]:
    """Give one branch for each record and party, each by its own index; none for whoever sees no activity."""
    kinds = _kinds(actor, asked)
    if not kinds:
        return []
    common = [standing, Sql("a.deleted_at IS NULL")]
    if len(kinds) < len(ActivityKind):
        common.append(Sql("b.kind = ANY(%s)", (kinds,)))
    if asked.people:
        people = sorted(asked.people)
        common.append(Sql("(a.owner_id = ANY(%s) OR a.people && %s::bigint[])", (people, people)))
    own = _own(actor)
    found = [all_of([where, _visible(own, TRUE_HERE), *common]) for where in _by_record(subject)]
    reach = _reach(actor, subject)
    found += [all_of([where, _visible(own, reach), *common]) for where in _by_party(subject)]
    return [Branch(_ROWS, "b.at", "b.activity_id", where) for where in found]


#: The reader has the record before her that the activity names.
TRUE_HERE = Sql("TRUE")


def _kinds(actor: Actor, asked: Asked) -> list[str]:
    """Name the kinds that are told: tasks to whoever may read tasks or activities, others by the latter."""
    sees_all, sees_tasks = actor.may("activities", READ), actor.may("tasks", READ)
    open_to_her = [
        each.value for each in ActivityKind if sees_all or (each is ActivityKind.TASK and sees_tasks)
    ]
    return [each for each in open_to_her if not asked.kinds or each in asked.kinds]


def _by_record(subject: Subject) -> list[Sql]:
    """Find what names the record itself, where it is no party; by each entity that shares its table."""
    if subject.is_party:
        return []
    names = [each.name for each in (subject.entity, *subject.entity.relatives)]
    return [Sql("b.entity = %s AND b.record_id = %s", (each, subject.id)) for each in names]


def _by_party(subject: Subject) -> list[Sql]:
    """Find what names a party: the record's own, or that of somebody beside it."""
    own = [subject.id, *subject.formers] if subject.is_party else []
    parties = sorted({*own, *(each.id for each in subject.around if each.entity.party == "id")})
    if not parties:
        return []
    if len(parties) <= MOST_BRANCHES:
        return [Sql("b.party_id = %s", (each,)) for each in parties]
    return [Sql("b.party_id = ANY(%s)", (parties,))]


def _own(actor: Actor) -> Sql:
    """Say which activities the reader's own rights open, of either entity."""
    found = []
    for each in (entity_named("activities"), entity_named("tasks")):
        facts = actor.scope(each.name, READ)
        if not facts.is_empty:
            found.append(all_of([each.kind.at("a"), each.scope.as_sql(facts, "a")]))
    return any_of(found)


def _visible(own: Sql, reach: Sql) -> Sql:
    """Open an activity by the reader's own right, or through what it is about unless it is private."""
    return any_of([all_of([Sql("NOT a.is_private"), reach]), own])


def _reach(actor: Actor, subject: Subject) -> Sql:
    """Say which records that name a party the reader may see: those shown here, and others by her rights."""
    shown = {each.name for each in (subject.entity, *subject.entity.relatives)} if subject.is_party else set()
    shown |= {kin.name for near in subject.around for kin in (near.entity, *near.entity.relatives)}
    found = [Sql("b.entity = ANY(%s)", (sorted(shown),))]
    others = [each for each in all_entities() if each.party and each.name not in shown]
    found += [_readable(actor, each) for each in others]
    return any_of([each for each in found if each != FALSE])


def _readable(actor: Actor, entity: Entity) -> Sql:
    facts = actor.scope(entity.name, READ)
    if facts.is_empty:
        return FALSE
    inside = all_of([entity.kind.at("t"), entity.scope.as_sql(facts, "t")])
    there = " AND t.deleted_at IS NULL" if entity.has_bin else ""
    row = f"SELECT 1 FROM {name(entity.table)} t WHERE t.id = b.record_id"  # noqa: S608 - a declared name
    text = f"b.entity = %s AND EXISTS ({row} AND {inside.text}{there})"
    return Sql(text, (entity.name, *inside.params))


# --- What is said of them --------------------------------------------------------------------------------


def _tell(actor: Actor, subject: Subject, ids: Collection[int]) -> Mapping[int, Told]:
    return tell(actor, subject, ids)


def tell(actor: Actor, subject: Subject, ids: Collection[int], *, whole: bool = False) -> dict[int, Told]:
    """Say what there is to say of activities that the reader may see; `whole` does not cut long texts."""
    rows = _shown(actor, Activity.objects.filter(pk__in=list(ids)).values(*_COLUMNS))
    linked = _linked(actor, rows, _here(subject))
    people = {row["owner_id"] for row in rows} - {None}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))
    called = named_in([row["body"] for row in rows])
    files = _files([row["id"] for row in rows])
    remarks = remarks_on(actor, {row["id"]: row["kind"] for row in rows})
    moment = now()
    return {
        row["id"]: _told(
            actor,
            subject,
            row,
            linked=linked,
            who=names.get(row["owner_id"], ""),
            called=called,
            files=files.get(row["id"], []),
            remarks=remarks.get(row["id"], ()),
            moment=moment,
            whole=whole,
        )
        for row in rows
    }


def _shown(actor: Actor, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Empty what the reader may not see of activities."""
    hidden = {
        name: [
            column
            for field in entity_named(name).fields
            if entity_named(name).level(actor, field.name) is FieldLevel.HIDDEN
            for column in field.columns
        ]
        for name in ("tasks", "activities")
    }
    blank: dict[str, Any] = {"about": [], "participants": []}
    found = []
    for row in rows:
        for column in hidden["tasks" if row["kind"] == ActivityKind.TASK else "activities"]:
            if column in row:
                row[column] = blank.get(column, "" if isinstance(row[column], str) else None)
        found.append(row)
    return found


def _here(subject: Subject) -> set[tuple[str, int]]:
    """Give the names under which an activity may name the record of whose timeline it is."""
    return {(kin.name, subject.id) for kin in (subject.entity, *subject.entity.relatives)}


def _linked(
    actor: Actor, rows: Sequence[Mapping[str, Any]], here: Collection[tuple[str, int]]
) -> dict[str, dict[int, LinkedRecord]]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        others = [each for each in row["about"] or () if (each.get("entity"), each.get("id")) not in here]
        for each in (*others, *(row["participants"] or ())):
            if each.get("entity") in known_names():
                wanted.setdefault(each["entity"], set()).add(each["id"])
    return {kind: labels(actor, entity_named(kind), ids) for kind, ids in wanted.items()}


def _files(ids: Sequence[int]) -> dict[int, list[Attached]]:
    """Give the files of notes and calls, two queries for all of them."""
    rows = list(File.objects.filter(entity="activities", record_id__in=ids, deleted_at=None).order_by("pk"))
    places = {row.pk: row.record_id for row in rows}
    found: dict[int, list[Attached]] = {}
    for file in attach(rows, limits=limits()) if rows else ():
        found.setdefault(places[file.id], []).append(file)
    return found


def _told(
    actor: Actor,
    subject: Subject,
    row: Mapping[str, Any],
    *,
    linked: Mapping[str, Mapping[int, LinkedRecord]],
    who: str,
    called: Collection[str],
    files: Sequence[Attached],
    remarks: Sequence[Remark],
    moment: dt.datetime,
    whole: bool,
) -> Told:
    here = _here(subject)
    others = [
        linked[each["entity"]][each["id"]]
        for each in row["about"] or ()
        if (each["entity"], each["id"]) not in here and each["id"] in linked.get(each["entity"], {})
    ]
    taking_part = [
        linked[each["entity"]][each["id"]]
        for each in row["participants"] or ()
        if each.get("entity") and each["id"] in linked.get(each["entity"], {})
    ]
    guests = [
        Participant(**each).name or each["email"]
        for each in row["participants"] or ()
        if not each.get("entity")
    ]
    text = row["result"] if row["result"] and not row["body"] else row["body"]
    if row["result"] and row["body"]:
        text = f"{row['body']}\n{row['result']}"
    shown = text if whole or len(text) <= CUT else text[: CUT - 1].rstrip() + "…"
    icon, tone = ICONS[row["kind"]]
    is_open = row["state"] in OPEN
    due = rules.overdue_from(
        row["kind"], due_at=row["due_at"], starts_at=row["starts_at"], ends_at=row["ends_at"]
    )
    is_named_by_text = row["subject"] == rules.subject_of("", row["body"])
    more = ActivityTold(
        row=row,
        subject="" if is_named_by_text else row["subject"],
        pieces=_pieces(shown, called),
        is_cut=shown != text,
        whom=[each for each in others if each.entity in ("contacts", "customers")],
        others=others,
        guests=[*(each.label for each in taking_part if each.is_open), *guests],
        outcome=choices.OUTCOMES.held().by_code.get(row["outcome"] or ""),
        files=files,
        remarks=remarks,
        is_open=is_open,
        is_late=bool(is_open and due and due < moment),
        may_change=_may(actor, CHANGE, row),
        may_delete=_may(actor, DELETE, row),
    )
    return Told(
        kind=row["kind"],
        icon=icon,
        tone=tone,
        user_id=row["owner_id"],
        who=who,
        title=row["subject"] or "",
        text=text if whole else shown,
        of=", ".join(each.label for each in others if each.is_open),
        more=more,
        facts=_facts(row, others, remarks),
    )


def _facts(
    row: Mapping[str, Any], others: Sequence[LinkedRecord], remarks: Sequence[Remark]
) -> dict[str, Any]:
    return {
        "state": row["state"],
        "direction": row["direction"],
        "outcome": row["outcome"],
        "duration_minutes": row["duration_minutes"],
        "place": row["place"],
        "about": [
            {"entity": each.entity, "id": each.id, "label": each.label} for each in others if each.is_open
        ],
        "remarks": [{"code": each.code, "text": each.text} for each in remarks],
        "version": row["version"],
    }


def _pieces(text: str, called: Collection[str]) -> list[tuple[str, bool]]:
    """Part a text at the names of colleagues that it calls: (words, whether they are such a name)."""
    pieces: list[tuple[str, bool]] = []
    plain = ""
    at = 0
    longest_first = sorted(called, key=len, reverse=True)
    while at < len(text):
        name_here = (
            next((each for each in longest_first if text.startswith(each, at + 1)), "")
            if text[at] == "@"
            else ""
        )
        if name_here:
            pieces += [(plain, False), ("@" + name_here, True)]
            plain, at = "", at + 1 + len(name_here)
        else:
            plain += text[at]
            at += 1
    return [each for each in (*pieces, (plain, False)) if each[0]]


def _may(actor: Actor, verb: str, row: Mapping[str, Any]) -> bool:
    if actor.is_looking:
        return False
    entity = "tasks" if row["kind"] == ActivityKind.TASK else "activities"
    facts = actor.scope(entity, verb)
    helps = verb == CHANGE and actor.user_id in (row["co_assignees"] or ()) and not facts.is_empty
    return helps or facts.covers(record_id=row["id"], owner_id=row["owner_id"], unit_id=row["unit_id"])


def kinds() -> list[Kind]:
    """List the kinds of activities as a timeline filters by them."""
    return [Kind(each.code, each.label, ICONS[each.code][0]) for each in choices.KINDS]


def start() -> None:
    """Let every timeline tell of activities. Called once, at start-up."""
    from duyen.modules.activities.composing import COMPOSER  # the form reads what this tells

    source = TimelineSource(
        SOURCE,
        kinds(),
        _past,
        _tell,
        "activities/timeline_entry.html",
        ahead=_ahead,
        pinned=_pinned,
    )
    tell_everywhere(source, composer=COMPOSER)
