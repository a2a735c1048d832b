"""Find records by any part of a name, phone, e-mail, tax code or code, without tone marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from duyen.entities.entity import Entity
from duyen.entities.fields.simple import like_pattern
from duyen.entities.registry import all_entities
from duyen.entities.scope import EVERY_ROW, standing
from duyen.entities.searched import column_or_nothing, readable_text
from duyen.entities.sql import Sql, all_of, any_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.text import fold

#: The trigram index serves any part of three letters and more; of shorter ones, beginnings alone.
_TRIGRAM = 3
_MOST_WORDS = 6
#: So many candidates are looked at before the best are chosen; fewer as long as hardly anything is typed.
_CANDIDATES, _FIRST_CANDIDATES = 200, 80


@dataclass(frozen=True)
class Hit:
    """One found record: where it stands and by which words people know it."""

    entity: str
    id: int
    code: str
    label: str


def search_words(text: str) -> list[str]:
    """Split what was typed into folded words; a number typed with gaps becomes one word."""
    folded = fold(text)
    digits = folded.replace(" ", "").replace(".", "").replace("-", "")
    digits = digits.removeprefix("+").removeprefix("(+").replace(")", "")
    if digits.isdigit() and len(digits) >= _TRIGRAM:
        return [_local(digits)]
    return folded.split()[:_MOST_WORDS]


def _local(digits: str) -> str:
    """Phones are kept as +84912…: a leading 0 or 84 is not part of what they all share."""
    if digits.startswith("84") and len(digits) >= 10:
        return digits[2:]
    return digits[1:] if digits.startswith("0") and len(digits) >= 4 else digits


def search_condition(entity: Entity, actor: Actor, text: str, alias: str) -> Sql:
    """Give the condition that a row holds all words of `text`; nothing typed finds nothing.

    Fields that the actor may not see are not searched: the index still finds the rows, and the
    words are looked for once more in what she may see of them.
    """
    words = search_words(text)
    if entity.search:
        columns = [f"{alias}.{name(entity.search)}", readable_text(entity, actor, alias)]
        parts = [part for column in columns if column for word in words for part in _word(column, word)]
    else:
        title = f"duyen_fold({column_or_nothing(entity, actor, entity.title, alias=alias)})"
        parts = [_like(title, word) for word in words]
    return all_of(parts) if parts else Sql("FALSE")


def _word(column: str, word: str) -> list[Sql]:
    """Ask for one word: any part from three letters on, the beginning of a word below."""
    if len(word) < _TRIGRAM:
        # One expression, because two patterns would read the same part of the index twice.
        plain = "".join(sign if sign.isalnum() else f"\\{sign}" for sign in word)
        return [Sql(f"{column} ~ %s", (f"(^| ){plain}",))]
    tail = word.rpartition("-")[2]
    if tail == word or len(tail) < _TRIGRAM:
        return [_like(column, word)]
    # The codes of a branch begin alike, and their trigrams stand in every row: the index is asked
    # for the running number alone.
    return [_like(column, tail), Sql(f"strpos({column}, %s) > 0", (word,))]


def _like(expression: str, word: str) -> Sql:
    return Sql(f"{expression} LIKE %s", ("%" + like_pattern(word),))


def search_all(text: str, *, actor: Actor, limit: int = 12, entities: Sequence[Entity] = ()) -> list[Hit]:
    """Search every entity that the actor may read, in one statement; a record is found once.

    An exact code or phone comes first, then a name that begins with the words, then the rest.
    """
    words = search_words(text)
    if not words:
        return []
    sources: dict[str, tuple[_Source, list[Entity]]] = {}
    for entity in entities or all_entities():
        if entity.search and actor.may(entity.name, READ):
            source = _source(entity, actor, text)
            sources.setdefault(repr(source), (source, []))[1].append(entity)
    branches = [_branch(source, asked, text, words, limit) for source, asked in sources.values()]
    if not branches:
        return []
    statement = " UNION ALL ".join(f"({part.text})" for part in branches)
    params = [value for part in branches for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) hits ORDER BY rank, label_key, id LIMIT {limit}", params)
        return [Hit(*row[:4]) for row in cursor.fetchall()]


@dataclass(frozen=True)
class _Source:
    """What is asked of one table; entities of which the same is asked are looked for together."""

    table: str
    columns: str
    where: Sql


def _source(entity: Entity, actor: Actor, text: str) -> _Source:
    title = entity.field(entity.title)
    where = all_of(
        [
            search_condition(entity, actor, text, "t"),
            standing(EVERY_ROW, "t", deleted=False if entity.has_bin else None),
            entity.scope.as_sql(actor.scope(entity.name, READ), "t"),
        ]
    )
    code = column_or_nothing(entity, actor, "code", alias="t")
    label = column_or_nothing(entity, actor, title.name, alias="t")
    label_key = column_or_nothing(entity, actor, title.name, alias="t", column=title.sort)
    searched = readable_text(entity, actor, "t") or f"t.{name(entity.search)}"
    columns = f"t.id, {code} AS code, {label} AS label, {label_key} AS label_key, {searched} AS found"
    return _Source(entity.table, columns, where)


def _branch(source: _Source, entities: Sequence[Entity], text: str, words: Sequence[str], limit: int) -> Sql:
    """Find candidates in one table behind a fence, then rank the few that were found."""
    kinds = [entity.kind.at("t") for entity in entities]
    whose = "CASE " + " ".join(f"WHEN {kind.text} THEN %s" for kind in kinds) + " END"
    where = any_of(kinds) & source.where
    found = (
        f"SELECT {whose} AS entity, {source.columns} "
        f"FROM {name(source.table)} t WHERE {where.text} LIMIT {_candidates(words)}"
    )
    ranked = (
        f"WITH m AS MATERIALIZED ({found}) SELECT entity, id, code, label, label_key, "
        "CASE WHEN upper(code) = upper(%s) THEN 0 "
        "WHEN ' ' || replace(found, '|', '') || ' ' LIKE %s THEN 1 "
        "WHEN found LIKE %s THEN 2 ELSE 3 END AS rank "
        f"FROM m ORDER BY rank, label_key, id LIMIT {limit}"
    )
    names = tuple(entity.name for entity in entities)
    ranks = (text.strip(), _whole(words), like_pattern(" ".join(words)))
    return Sql(ranked, (*names, *where.params, *ranks))


def _candidates(words: Sequence[str]) -> int:
    return _CANDIDATES if len(words) > 1 or len(words[0]) > _TRIGRAM else _FIRST_CANDIDATES


def _whole(words: Sequence[str]) -> str:
    """The pattern for the words standing whole: a phone behind its +84, a name between spaces."""
    words_together = like_pattern(" ".join(words)).removesuffix("%")
    return f"%84{words_together} %" if words_together.isdigit() else f"% {words_together} %"
