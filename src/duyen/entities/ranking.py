"""The order of what was found: how well it fits what was typed, then what is near to whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from duyen.entities.fields.simple import like_pattern
from duyen.entities.sql import Sql, all_of
from duyen.entities.typed import Typed
from duyen.foundation.access.actor import Actor

#: By these columns found rows are ordered; `ranks` gives the first three. Units and users (`is_house`)
#: stand behind the records that somebody works on.
RANKED = "rank, is_opened DESC, is_own DESC, is_house, label_key, id"
RANKING = "rank, is_opened, is_own, is_house, label_key"

#: The name as it stands at the head of the searched text.
_NAME = "split_part(found, ' |', 1)"


def ranks(typed: Typed, actor: Actor) -> Sql:
    """Give the columns that order a found row: 0 is the best.

    0 its code · 1 its phone, tax code or e-mail · 2 its whole name · 3 its name begins so · 4 the words
    are whole words of its name, in any order · 5 they begin words of its name · 6 they stand elsewhere.
    """
    words = " ".join(typed.words)
    tests: list[Sql] = [Sql("upper(code) = %s", (typed.code,))] if typed.code else [Sql("FALSE")]
    tests += [
        is_whole("found", typed.whole),
        Sql(f"{_NAME} = %s", (words,)),
        Sql(f"{_NAME} LIKE %s", (like_pattern(words),)),
        all_of(Sql(f"' ' || {_NAME} || ' ' LIKE %s", (f"% {_plain(each)} %",)) for each in typed.words),
        all_of(Sql(f"' ' || {_NAME} LIKE %s", (f"% {_plain(each)}%",)) for each in typed.words),
    ]
    cases = " ".join(f"WHEN {test.text} THEN {place}" for place, test in enumerate(tests))
    opened = (
        "EXISTS (SELECT FROM entities_recentrecord r"
        " WHERE r.user_id = %s AND r.entity = g.entity AND r.record_id = g.id)"
    )
    params = [value for test in tests for value in test.params]
    return Sql(
        f"CASE {cases} ELSE {len(tests)} END AS rank, {opened} AS is_opened, "
        "coalesce(owner = %s, FALSE) AS is_own",
        (*params, actor.user_id or 0, actor.user_id or 0),
    )


def is_whole(searched: str, values: Sequence[str]) -> Sql:
    """Give the condition that one of `values` stands whole among what is searched."""
    patterns = [f"% {_plain(each)} %" for each in values]
    return Sql(f"' ' || replace({searched}, '|', '') || ' ' LIKE ANY(%s)", (patterns,))


def _plain(word: str) -> str:
    """Take what is typed for itself, not for a pattern."""
    return like_pattern(word).removesuffix("%")
