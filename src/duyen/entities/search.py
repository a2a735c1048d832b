"""Find records by any part of a name, phone, e-mail, tax code or code, without tone marks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields.simple import like_pattern
from duyen.entities.merging.former_codes import behind_former_code, looks_like_a_code
from duyen.entities.planner import expected_rows
from duyen.entities.ranking import RANKED, RANKING, is_whole, ranks
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.scope import EVERY_ROW, standing
from duyen.entities.searched import (
    column_or_nothing,
    explaining,
    own_searched,
    readable_text,
    shown_key,
    shown_values,
    why_found,
)
from duyen.entities.sql import FALSE, Sql, all_of, any_of, name
from duyen.entities.typed import TRIGRAM, Typed, read_typed, search_words
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.text import fold

__all__ = ["Hit", "search_all", "search_condition", "search_words"]

#: So many candidates are looked at before the best are chosen; fewer as long as hardly anything is typed.
_CANDIDATES, _FOLDED_CANDIDATES, _FIRST_CANDIDATES = 400, 200, 80


@dataclass(frozen=True)
class Hit:
    """One found record: where it stands and by which words people know it.

    `why` is the value by which it was found where neither name nor code shows it, and `why_in` its field.
    `values` holds what else search looked into, as far as the actor may see it.
    """

    entity: str
    id: int
    code: str
    label: str
    why_in: str = ""
    why: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)


def search_condition(entity: Entity, actor: Actor, text: str, alias: str) -> Sql:
    """Give the condition that a row holds all words of `text`; nothing typed finds nothing.

    Fields that the actor may not see are not searched: the index still finds the rows, and the
    words are looked for once more in what she may see of them. The code of a record that was merged finds
    the one that stayed.
    """
    typed = read_typed(text)
    own = own_fits(entity, actor, typed, alias)
    plain = _fits(_searched_in(entity, actor, alias), typed)
    fits = any_of([plain, *own]) if own else plain
    stayed = [each.id for each in _by_former_code(typed, actor, [entity])]
    return any_of([fits, Sql(f"{alias}.id = ANY(%s)", (stayed,))]) if stayed else fits


def _fits(columns: Sequence[str], typed: Typed) -> Sql:
    if not typed.words:
        return FALSE
    in_words = all_of(part for column in columns for word in typed.words for part in _word(column, word))
    # An old phone number or a tax code without its dash does not stand there as it was typed.
    kept = [each for each in typed.whole if not all(word in each for word in typed.words)]
    return any_of([in_words, *(_holds(columns, each) for each in kept)]) if kept else in_words


def own_fits(entity: Entity, actor: Actor, typed: Typed, alias: str) -> list[Sql]:
    """Give, by searched field of the company's own, the condition that it holds all words.

    Each has a trigram index of its own, which leads nowhere for less than three letters.
    """
    words = list(typed.words)
    if not words or any(len(each) < TRIGRAM for each in words):
        return []
    return [
        all_of(_like(f"duyen_fold({each.place(alias)})", word) for word in words)
        for each in own_searched(entity, actor)
    ]


def _searched_in(entity: Entity, actor: Actor, alias: str) -> list[str]:
    """Give the search column and, where something in it is hidden, what may be seen of it."""
    readable = readable_text(entity, actor, alias)
    if not entity.search:
        return [str(readable)]
    return [f"{alias}.{name(entity.search)}", *([readable] if readable else [])]


def _holds(columns: Sequence[str], value: str) -> Sql:
    # All numbers begin with +84: asking the index for that too would only cost time.
    return all_of(_like(column, value.removeprefix("+84")) for column in columns)


def _word(column: str, word: str) -> list[Sql]:
    """Ask for one word: any part from three letters on, the beginning of a word below."""
    if len(word) < TRIGRAM:
        # One expression, because two patterns would read the same part of the index twice.
        plain = "".join(sign if sign.isalnum() else f"\\{sign}" for sign in word)
        return [Sql(f"{column} ~ %s", (f"(^| ){plain}",))]
    tail = word.rpartition("-")[2]
    if tail == word or len(tail) < TRIGRAM:
        return [_like(column, word)]
    # The codes of a branch begin alike, and their trigrams stand in every row: the index is asked
    # for the running number alone.
    return [_like(column, tail), Sql(f"strpos({column}, %s) > 0", (word,))]


def _like(expression: str, word: str) -> Sql:
    return Sql(f"{expression} LIKE %s", ("%" + like_pattern(word),))


def search_all(text: str, *, actor: Actor, limit: int = 12, entities: Sequence[Entity] = ()) -> list[Hit]:
    """Search every entity that the actor may read, in one statement; a record is found once.

    An exact code comes first, then an exact phone, tax code or e-mail, then names by how well they fit
    (ranking.py); of equals, what the actor opened lately and what is hers.
    """
    sources: dict[str, tuple[_Source, list[Entity]]] = {}
    typed = read_typed(text)
    for entity in _searched_entities(typed, actor, entities):
        source = _source(entity, actor, typed)
        sources.setdefault(repr(source), (source, []))[1].append(entity)
    branches = [_branch(source, asked, typed, actor, limit) for source, asked in sources.values()]
    hits = [*_by_former_code(typed, actor, entities), *_hits(branches, actor, typed)]
    return list({(hit.entity, hit.id): hit for hit in reversed(hits)}.values())[::-1][:limit]


def _by_former_code(typed: Typed, actor: Actor, entities: Sequence[Entity]) -> list[Hit]:
    """Find what the record with this code went into; it comes first, as an exact code does."""
    if not looks_like_a_code(typed.code):
        return []
    asked = _searched_entities(typed, actor, entities)
    return [
        Hit(entity.name, record_id, code, label, "code", typed.code)
        for entity, record_id, code, label in behind_former_code(typed.code, asked, actor)
    ]


def search_each(
    text: str, *, actor: Actor, most: int, entities: Sequence[Entity] = ()
) -> dict[str, list[Hit]]:
    """Search like `search_all`, but give up to `most` hits of each entity; the best entity comes first.

    Who is a customer and a contact too stands under both.
    """
    typed = read_typed(text)
    branches = [
        _branch(_source(each, actor, typed), [each], typed, actor, most)
        for each in _searched_entities(typed, actor, entities)
    ]
    found: dict[str, list[Hit]] = {}
    for hit in [*_by_former_code(typed, actor, entities), *_hits(branches, actor, typed)]:
        found.setdefault(hit.entity, []).append(hit)
    return found


def _searched_entities(typed: Typed, actor: Actor, entities: Sequence[Entity]) -> list[Entity]:
    """List where to look; nowhere when nothing was typed."""
    everywhere = (each for each in all_entities() if each.in_search)
    asked = (entities or everywhere) if typed.words else ()
    return [each for each in asked if each.search and actor.may(each.name, READ)]


def _hits(branches: Sequence[Sql], actor: Actor, typed: Typed) -> list[Hit]:
    if not branches:
        return []
    statement = " UNION ALL ".join(f"({part.text})" for part in branches)
    params = [value for part in branches for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) hits ORDER BY {RANKED}", params)
        return [_hit(row, actor, typed) for row in cursor.fetchall()]


def _hit(row: Sequence[Any], actor: Actor, typed: Typed) -> Hit:
    kind, record_id, code, label, shown = row[:5]
    values = json.loads(shown) if isinstance(shown, str) else shown
    entity = entity_named(kind)
    held = {each.name: values[shown_key(each)] for each in explaining(entity, actor)}
    why_in, why = why_found(held, typed, in_sight=f"{fold(label)} |{fold(code)}")
    return Hit(kind, record_id, code, label, why_in, why, held)


@dataclass(frozen=True)
class _Source:
    """What is asked of one table; entities of which the same is asked are looked for together.

    `seen` says which rows the actor may see, `fits` which of them hold the words; `columns` is what ranks
    a row, `shown` what its hit shows. `most` is how many candidates are looked at.
    """

    table: str
    columns: str
    label: str
    searched: tuple[str, ...]
    code: str
    owner: str
    seen: Sql
    fits: Sql
    most: int


def _source(entity: Entity, actor: Actor, typed: Typed) -> _Source:
    title = entity.field(entity.title)
    deleted = False if entity.has_bin else None
    facts = actor.scope(entity.name, READ)
    scope = entity.scope.as_sql(facts, "t")
    code = column_or_nothing(entity, actor, "code", alias="t")
    label_key = column_or_nothing(entity, actor, title.name, alias="t", column=title.sort)
    searched = _searched_in(entity, actor, "t")
    owner = f"t.{name(entity.scope.owner)}" if entity.scope.owner else ""
    own = own_fits(entity, actor, typed, "t")
    fits = any_of([_fits(searched, typed), *own]) if own else _fits(searched, typed)
    if entity.scope.is_narrow(facts) and _is_common(entity, fits, scope):
        fits = any_of([_fits_past_index(searched, typed), *own]) if own else _fits_past_index(searched, typed)
    return _Source(
        entity.table,
        f"t.id, {code} AS code, {label_key} AS label_key, {searched[-1]} AS found,"
        f" {owner or 'NULL::bigint'} AS owner, {entity.scope.is_company_wide} AS is_house",
        column_or_nothing(entity, actor, title.name, alias="t"),
        tuple(searched),
        code,
        owner,
        all_of([standing(EVERY_ROW, "t", deleted=deleted), scope]),
        fits,
        _candidates(typed.words, is_folded=len(searched) > 1),
    )


def _is_common(entity: Entity, fits: Sql, scope: Sql) -> bool:
    """Tell whether more rows of the company hold the words than the scope has rows at all.

    The index of words would then give all of those, to leave most of them out again.
    """
    holding, seen = expected_rows(entity.table, [fits, scope])
    return holding > seen


def _branch(source: _Source, entities: Sequence[Entity], typed: Typed, actor: Actor, limit: int) -> Sql:
    """Find candidates in one table behind a fence, rank them, and read the best in whole.

    Where there are more than are looked at, what is exact and what is near to the actor is asked for by
    itself: no number of candidates can push it out, and nobody pays for that where all were seen.
    """
    kinds = [entity.kind.at("t") for entity in entities]
    whose = "CASE " + " ".join(f"WHEN {kind.text} THEN %s" for kind in kinds) + " END"
    names = tuple(entity.name for entity in entities)
    rows = f"SELECT {whose} AS entity, {source.columns} FROM {name(source.table)} t WHERE "
    seen = any_of(kinds) & source.seen

    def some(condition: Sql, most: int) -> Sql:
        where = condition & seen
        return Sql(f"({rows}{where.text} LIMIT {most})", (*names, *where.params))

    found, overflows = some(source.fits, source.most), Sql(f"(SELECT count(*) FROM m) >= {source.most}")
    wanted = [*_exact(source, typed), *_near(source, actor, typed, names)]
    others = [some(overflows & each, limit) for each in wanted]
    gathered = " UNION ALL ".join(["SELECT * FROM m", *(each.text for each in others)])
    rank, shown = ranks(typed, actor), shown_values(entities, actor, "t")
    text = (
        f"WITH m AS MATERIALIZED {found.text}, "
        f"gathered AS (SELECT DISTINCT ON (id) * FROM ({gathered}) g ORDER BY id), "
        f"best AS MATERIALIZED (SELECT g.*, {rank.text} FROM gathered g ORDER BY {RANKED} LIMIT {limit}) "
        f"SELECT entity, b.id, b.code, {source.label} AS label, {shown} AS shown, {RANKING} "
        f"FROM best b JOIN {name(source.table)} t ON t.id = b.id"
    )
    return Sql(text, (*found.params, *(value for each in others for value in each.params), *rank.params))


def _exact(source: _Source, typed: Typed) -> list[Sql]:
    """List what finds the one record meant: its code by the code's own index, the rest by its trigrams."""
    found = [_holds(source.searched, each) & is_whole(source.searched[-1], [each]) for each in typed.whole]
    if typed.code and source.code != "''":
        found.append(Sql(f"{source.code} = %s", (typed.code,)))
    return found


def _near(source: _Source, actor: Actor, typed: Typed, names: Sequence[str]) -> list[Sql]:
    """List what finds the records that the actor opened lately, and her own."""
    if actor.user_id is None or not source.owner:
        return []
    fits = _fits_past_index(source.searched, typed)
    opened = Sql(
        "t.id = ANY(ARRAY(SELECT record_id FROM entities_recentrecord"
        " WHERE user_id = %s AND entity = ANY(%s)))",
        (actor.user_id, list(names)),
    )
    return [opened & fits, Sql(f"{source.owner} = %s", (actor.user_id,)) & fits]


def _fits_past_index(columns: Sequence[str], typed: Typed) -> Sql:
    """Give the condition for rows that are few already: their own indexes find them, not the trigrams."""
    return _fits([f"({column} || '')" for column in columns], typed)


def _candidates(words: Sequence[str], *, is_folded: bool) -> int:
    """Look at fewer where each costs more: a short word is compared letter by letter, hidden fields are
    taken out row by row."""
    if len(words) == 1 and len(words[0]) <= TRIGRAM:
        return _FIRST_CANDIDATES
    return _FOLDED_CANDIDATES if is_folded else _CANDIDATES
