"""Gather the words that stand on records into their list, to be coloured, renamed and merged."""

from __future__ import annotations

from django.db import connection

from duyen.entities.choices.changing import changing, put
from duyen.entities.choices.rules import MOST_ITEMS
from duyen.entities.choices.using import tables_of
from duyen.entities.fields import WordList
from duyen.entities.sql import name
from duyen.foundation.access.actor import Actor


def gather(words: WordList, *, actor: Actor, version: int) -> int:
    """Put the most frequent words that records hold into the list; gives how many it did not know.

    Raises NotAllowed or ListChanged.
    """
    with changing(words, "gather", actor=actor, version=version) as row:
        held = words.held().by_code
        room = MOST_ITEMS - len(held)
        new = [word for word in _in_use(words) if word not in held][: max(0, room)]
        for word in new:
            put(row, word)
    return len(new)


def _in_use(words: WordList) -> list[str]:
    """List the words on records outside the bin, the most frequent first."""
    found: dict[str, int] = {}
    for use in tables_of(words):
        is_kept = "WHERE t.deleted_at IS NULL" if use.entity.has_bin else ""
        column = name(use.column)
        text = (
            f"SELECT word, count(*) FROM {name(use.entity.table)} t, unnest(t.{column}) word {is_kept}"
            f" GROUP BY word ORDER BY count(*) DESC, word LIMIT {2 * MOST_ITEMS}"
        )
        with connection.cursor() as cursor:
            cursor.execute(text)
            for word, count in cursor.fetchall():
                found[word] = found.get(word, 0) + int(count)
    return sorted(found, key=lambda word: (-found[word], word))
