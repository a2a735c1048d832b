"""Vietnamese text: clean it, fold it for search, order it; and the same three said in PostgreSQL's words.

Sort keys are compared byte by byte: `COLLATE "C"` in the database, plain `<` in Python.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache

from duyen.kernel import letters

_INVISIBLE = re.compile(f"[{re.escape(letters.INVISIBLE)}]")
_SPACE_IN_LINE = re.compile(f"[ {re.escape(letters.SPACES)}]+")
_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_LEVEL = "\x01"


def _translation(pairs: letters.Pairs) -> dict[int, str]:
    return {ord(old): new for old, new in pairs}


_FOLD = _translation(letters.FOLD)
_ORDER = _translation(letters.ORDER)
_TONES = _translation(letters.TONES)


def clean(text: str) -> str:
    """Return `text` on one line in NFC, without invisible signs, with single spaces and none at the ends."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = _INVISIBLE.sub("", _SPACE_IN_LINE.sub(" ", text))
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """Return `text` with each of its lines clean; empty lines stay, except at the start and the end."""
    return "\n".join(clean(line) for line in _LINE_END.split(text)).strip("\n")


def quoted(text: str, most: int = 60) -> str:
    """Give what somebody wrote as a sentence repeats it: whole where it is short, else its beginning."""
    return text if len(text) <= most else f"{text[:most]}…"


def fold(text: str) -> str:
    """Return the search form of `text`: plain lower-case letters without marks, đ as d, single spaces.

    «Nguyễn  Văn ĐỨC» gives «nguyen van duc». Full-width letters become plain ones; y stays y and i stays i.
    `fold_sql` gives the same answer in PostgreSQL.
    """
    return " ".join(unicodedata.normalize("NFKD", text).translate(_FOLD).split())


def spelled_any_way(word: str) -> str:
    """Return a regular expression that finds a folded word in text in NFC as people write it, marks and all.

    For texts that nobody folds ahead: some ten times faster than folding each of them.
    """
    spellings = _spellings()
    return "".join(spellings.get(sign) or re.escape(sign) for sign in word)


@cache
def _spellings() -> dict[str, str]:
    """Give each folded letter the class of all Latin letters that fold to it."""
    found = {base: base + base.upper() for base in string.ascii_lowercase}
    for sign in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))):
        base = fold(sign)
        if base in found:
            found[base] += sign
    return {base: f"[{signs}]" for base, signs in found.items()}


def sort_key(text: str) -> str:
    """Return the key that orders `text` as a Vietnamese dictionary does: first all letters, then all tones.

    Matches CLDR's Vietnamese collation up to its second level; `sort_key_sql` gives the same in PostgreSQL.
    """
    plain = unicodedata.normalize("NFKD", text)
    return plain.translate(_ORDER) + _LEVEL + plain.translate(_TONES)


def given_sort_key(text: str) -> str:
    """Return the key that orders persons by given name (the last word), then by the words before it.

    «Phạm Ngọc Hưng» stands at Hưng. All of one given name stand together: Bình comes before Bính whatever
    the family names are.
    """
    trimmed = text.strip(" ")
    given = trimmed.split(" ")[-1]
    rest = trimmed[: len(trimmed) - len(given)]
    return sort_key(given) + _LEVEL + sort_key(rest)


def _literal(text: str) -> str:
    """Write `text` as an SQL string that survives any editor: what is not plain ASCII is escaped."""
    quoted = text.replace("'", "''")
    if text.isascii() and text.isprintable():
        return f"'{quoted}'"
    plain = (sign if " " <= sign <= "~" and sign != "\\" else f"\\{ord(sign):04X}" for sign in quoted)
    return "U&'" + "".join(plain) + "'"


def _translate_sql(argument: str, pairs: letters.Pairs) -> str:
    """Write the table as one translate(); what is dropped becomes a sign that replace() takes out at once.

    translate() could drop by itself, but only what stands last in its list, and marks are far too frequent
    to be looked for last: this is twice as fast.
    """
    # PostgreSQL's text holds no NUL, so the table's entry for it would only break the statement.
    kept = [(old, new or _LEVEL) for old, new in pairs if old != "\0"]
    old, new = ("".join(side) for side in zip(*kept, strict=True))
    translated = f"pg_catalog.translate(normalize({argument}, NFKD), {_literal(old)}, {_literal(new)})"
    return f"pg_catalog.replace({translated}, {_literal(_LEVEL)}, '')"


def fold_sql(argument: str) -> str:
    """Return the SQL expression that folds `argument`, an SQL expression of type text, as `fold` does."""
    folded = _translate_sql(argument, letters.FOLD)
    # Three replacements reduce any run of spaces to one, several times faster than a regular expression.
    paired = f"pg_catalog.replace({folded}, '  ', {_literal(' ' + _LEVEL)})"
    joined = f"pg_catalog.replace({paired}, {_literal(_LEVEL + ' ')}, '')"
    return f"pg_catalog.btrim(pg_catalog.replace({joined}, {_literal(_LEVEL)}, ''), ' ')"


def sort_key_sql(argument: str) -> str:
    """Return the SQL expression that orders `argument` as `sort_key` does, for `COLLATE "C"`."""
    levels = (_translate_sql(argument, pairs) for pairs in (letters.ORDER, letters.TONES))
    return "(" + f" || {_literal(_LEVEL)} || ".join(levels) + ")"


def given_sort_key_sql(argument: str) -> str:
    """Return the SQL expression that orders `argument` as `given_sort_key` does, for `COLLATE "C"`."""
    trimmed = f"pg_catalog.btrim({argument}, ' ')"
    given = f"pg_catalog.split_part({trimmed}, ' ', -1)"
    length = f"pg_catalog.length({trimmed}) - pg_catalog.length({given})"
    rest = f"pg_catalog.left({trimmed}, {length})"
    return f"({sort_key_sql(given)} || {_literal(_LEVEL)} || {sort_key_sql(rest)})"


def _function(name: str, argument_type: str, expression: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}({argument_type}) RETURNS text"
        f" LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN {expression}"
    )


SQL_FUNCTIONS: list[str] = [
    _function("duyen_fold", "text", fold_sql("$1")),
    _function("duyen_sort_key", "text", sort_key_sql("$1")),
    _function("duyen_given_key", "text", given_sort_key_sql("$1")),
    # array_to_string is only STABLE because some types print by a setting; texts do not.
    _function("duyen_join", "text[]", "pg_catalog.array_to_string($1, ' ')"),
]
"""One statement each. Bodies are parsed when created, so neither search_path nor a restore changes them."""
