"""Search the whole trail, newest first: by person, record, kind, step, door, field, time and words.

Every page costs the same at any depth. Where an index answers the question (a person, a record, a kind, a
time), the rows come from it; every other condition is looked for among the next `WINDOW` entries, and the
page says how far back it came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.acting_parts import called
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest
from duyen.entities.filters import readable_field
from duyen.entities.registry import all_entities
from duyen.entities.scope import EVERY_ROW
from duyen.entities.search import search_all
from duyen.entities.sql import TRUE, Sql, all_of, any_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.audit.queries import acting_parts
from duyen.foundation.org.models import User
from duyen.kernel.clock import ZONE
from duyen.kernel.text import fold, spelled_any_way

#: So many entries are looked at for one page, where no index knows the answer.
WINDOW = 20_000
#: So many people or records that fit the same words are asked for, one index branch each.
MOST_FITTING = 12
_COLUMNS = (
    "id, at, operation, entity, record_id, root_entity, root_id, kind, verb, record_version, actor_id, "
    "actor_name, on_behalf_of, door, changes, note"
)
_NEWEST_FIRST = "ORDER BY h.at DESC, h.id DESC"
_signer = Signer(salt="trail-cursor")


@dataclass(frozen=True)
class Question:
    """What somebody asks of the trail; whatever is empty does not matter.

    `who` and `record` are words as typed, `kind` is an entity, `verb` a step as `known_verbs` names
    it, `field` is `entity.field`. `opened` asks for what was looked at rather than changed.
    """

    who: str = ""
    record: str = ""
    kind: str = ""
    verb: str = ""
    door: str = ""
    field: str = ""
    words: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    opened: bool = False


@dataclass(frozen=True)
class Entries:
    """Entries that fit, and the cursor of the next page.

    `reached` is how far back this page looked, where it stopped before it was full.
    """

    rows: Sequence[History]
    next: str | None
    reached: dt.datetime | None = None


def find_entries(
    question: Question, *, actor: Actor, oversees: bool, after: str | None = None, limit: int = 50
) -> Entries:
    """Read one page of entries that fit; those of records closed to `actor` only where she oversees all.

    What an entry may tell her is for `trail_lines` to decide. Raises BadRequest.
    """
    branches = _branches(question, actor, oversees=oversees)
    if not branches:
        return Entries((), None)
    common = all_of([_within(question), _behind(after)])
    rest = all_of([_asked(question, actor), TRUE if oversees else _open_to(actor)])
    window = _window(branches, common)
    text = f"SELECT {_COLUMNS} FROM ({window.text}) h WHERE {rest.text} {_NEWEST_FIRST} LIMIT {limit + 1}"
    rows = list(History.objects.raw(text, (*window.params, *rest.params)))
    if len(rows) > limit:
        return Entries(rows[:limit], _cursor(rows[limit - 1].at, rows[limit - 1].id))
    reached = _end_of(window) if rest != TRUE else None
    return Entries(rows, _cursor(*reached) if reached else None, reached[0] if reached else None)


def _branches(question: Question, actor: Actor, *, oversees: bool) -> list[Sql]:
    """Choose the index that narrows most; no branch at all means that nothing can fit."""
    if question.record:
        return [
            Sql("h.root_entity = %s AND h.root_id = %s", found)
            for found in _records(question.record, actor, oversees=oversees)
        ]
    if question.who:
        return _people(question.who)
    if question.opened:
        return [Sql("h.kind = %s", (OPENED,))]
    entity = _kind(question.kind) or _kind(question.field.partition(".")[0])
    return [Sql("h.root_entity = %s", (entity.family,)) if entity else TRUE]


def _asked(question: Question, actor: Actor) -> Sql:
    """Join the conditions that no branch has asked for."""
    parts = []
    entity = _kind(question.kind)
    if entity:
        parts.append(Sql("h.root_entity = %s", (entity.family,)))
    if question.record and question.who:
        parts.append(any_of(_people(question.who)))
    if question.opened:
        parts.append(Sql("h.kind = %s", (OPENED,)))
    if question.verb:
        part = "h.verb" if "." in question.verb else "split_part(h.verb, '.', 2)"
        parts.append(Sql(f"{part} = %s", (question.verb,)))
    if question.door:
        parts.append(Sql("h.door = %s", (question.door,)))
    if question.field:
        parts.append(_field(question.field, actor))
    for word in fold(question.words).split():
        told = "coalesce(h.changes::text, '') || ' ' || h.note"
        parts.append(Sql(f"{told} ~ %s", (spelled_any_way(word),)))
    return all_of(parts)


def _kind(kind: str) -> Entity | None:
    """Find the entity that was asked for. Raises BadRequest."""
    if not kind:
        return None
    found = next((each for each in all_entities() if each.name == kind), None)
    if found is None:
        raise BadRequest(
            argument="kind", what=_("there is no kind of record “%(kind)s”.") % {"kind": kind[:60]}
        )
    return found


def _field(text: str, actor: Actor) -> Sql:
    """Ask for changes of one field. Raises BadRequest for one that the reader may not see."""
    kind, _dot, field = text.partition(".")
    entity = _kind(kind)
    if entity is None:
        raise BadRequest(argument="field", what=_("there is no field “%(field)s”.") % {"field": text[:60]})
    columns = list(readable_field(entity, actor, field).columns)
    return Sql("h.entity = %s AND jsonb_exists_any(h.changes, %s)", (entity.family, columns))


def _within(question: Question) -> Sql:
    """Keep to whole days as they are counted in Vietnam."""
    parts = []
    if question.since:
        parts.append(Sql("h.at >= %s", (_midnight(question.since),)))
    if question.until:
        parts.append(Sql("h.at < %s", (_midnight(question.until + dt.timedelta(days=1)),)))
    return all_of(parts)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZONE)


def _people(words: str) -> list[Sql]:
    """Ask for whoever acted, or had somebody act for her, one index branch each."""
    wanted = fold(words).split()
    users = User.objects.all()
    for word in wanted:
        users = users.filter(search__contains=word)
    ids = list(users.order_by("pk").values_list("pk", flat=True)[:MOST_FITTING])
    known = {each: fold(f"{each} {called(each, None)}") for each in acting_parts()}
    parts = [each for each, words in known.items() if all(word in words for word in wanted)]
    return [
        *(Sql("h.actor_id = %s", (each,)) for each in ids),
        *(Sql("h.on_behalf_of = %s AND h.actor_id <> ALL (%s)", (each, ids)) for each in ids),
        *(Sql("h.actor_id IS NULL AND h.actor_name = %s", (each,)) for each in parts[:MOST_FITTING]),
    ]


def _records(words: str, actor: Actor, *, oversees: bool) -> list[tuple[str, int]]:
    """Find records by a code, typed whole, or by what the reader may search; by family and id.

    Whoever oversees everything may ask by its code for a record that is closed to her.
    """
    found = dict.fromkeys(_with_code(words.strip().upper(), actor, oversees=oversees))
    if not found:
        families = {each.name: each.family for each in all_entities()}
        hits = search_all(words, actor=actor, limit=MOST_FITTING)
        found = dict.fromkeys((families[hit.entity], hit.id) for hit in hits)
    return list(found)[:MOST_FITTING]


def _with_code(code: str, actor: Actor, *, oversees: bool) -> Iterable[tuple[str, int]]:
    for entity in all_entities():
        if "code" not in entity.by_name or not (oversees or actor.may(entity.name, READ)):
            continue
        rows = entity.model._default_manager.all() if oversees else entity.rows(actor, deleted=None)
        column = entity.field("code").columns[0]
        for record_id in (
            rows.filter(**{column: code}).order_by("pk").values_list("pk", flat=True)[:MOST_FITTING]
        ):
            yield entity.family, record_id


def _open_to(actor: Actor) -> Sql:
    """Keep to records that the reader may open, as some entity of their table."""
    families: dict[str, list[Entity]] = {}
    for entity in all_entities():
        if actor.may(entity.name, READ):
            families.setdefault(entity.family, []).append(entity)
    return any_of(_open_family(family, entities, actor) for family, entities in families.items())


def _open_family(family: str, entities: Sequence[Entity], actor: Actor) -> Sql:
    opened = [(each.kind, each.scope.as_sql(actor.scope(each.name, READ), "t")) for each in entities]
    of_family = Sql("h.root_entity = %s", (family,))
    if any(kind is EVERY_ROW and scope == TRUE for kind, scope in opened):
        return of_family
    one = any_of(all_of([kind.at("t"), scope]) for kind, scope in opened)
    table = name(entities[0].table)
    return of_family & Sql(
        f"EXISTS (SELECT FROM {table} t WHERE t.id = h.root_id AND {one.text})", one.params
    )


def _window(branches: Sequence[Sql], common: Sql) -> Sql:
    """Give the newest entries that the branches bring, each from its index, merged and cut."""
    parts = []
    for branch in branches:
        where = all_of([branch, common])
        parts.append(
            Sql(
                f"(SELECT {_COLUMNS} FROM history h WHERE {where.text} {_NEWEST_FIRST} LIMIT {WINDOW})",
                where.params,
            )
        )
    if len(parts) == 1:
        return parts[0]
    united = " UNION ALL ".join(part.text for part in parts)
    return Sql(
        f"SELECT * FROM ({united}) h {_NEWEST_FIRST} LIMIT {WINDOW}",
        tuple(value for part in parts for value in part.params),
    )


def _end_of(window: Sql) -> tuple[dt.datetime, int] | None:
    """Tell where a window ends that was full; nothing where no entry lies behind it."""
    text = f"SELECT h.at, h.id FROM ({window.text}) h {_NEWEST_FIRST} OFFSET {WINDOW - 1} LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(text, window.params)
        found = cursor.fetchone()
    return (found[0], found[1]) if found else None


def _cursor(at: dt.datetime, entry: int) -> str:
    return _signer.sign(f"{at.isoformat()}~{entry}")


def _behind(after: str | None) -> Sql:
    """Say “older than the cursor”; its plain bound leaves whole months out. Raises BadRequest."""
    if after is None:
        return TRUE
    try:
        at, _sign, entry = _signer.unsign(after).partition("~")
    except BadSignature as error:
        what = _("the cursor does not fit the trail. Start again from the newest entry.")
        raise BadRequest(argument="after", what=what) from error
    moment = dt.datetime.fromisoformat(at)
    return Sql("h.at <= %s AND (h.at < %s OR h.id < %s)", (moment, moment, int(entry)))
