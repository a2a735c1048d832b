"""Mark in a text what was looked for, with or without tone marks, gaps and signs between digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from duyen.kernel.text import fold

Range = tuple[int, int]


def marked(text: str, words: Iterable[str]) -> Markup:
    """Mark folded `words` in a text: where they begin a word of it, else where they stand first."""
    folded, places = _folded(text, lambda sign: " " if sign.isspace() else fold(sign))
    return _draw(text, [each for word in words for each in _found(folded, places, word)])


def marked_digits(text: str, words: Iterable[str]) -> Markup:
    """Mark digits in a number that is shown with gaps: 345678 in 0912 345 678."""
    digits, places = _folded(text, lambda sign: sign if sign.isdigit() else "")
    wanted = ("".join(sign for sign in word if sign.isdigit()) for word in words)
    return _draw(text, [each for word in wanted if word for each in _found(digits, places, word)])


def _folded(text: str, fold_sign: Callable[[str], str]) -> tuple[str, list[int]]:
    """Fold sign by sign, and tell for each folded sign at which one of `text` it stands."""
    parts, places = [], []
    for place, sign in enumerate(text):
        folded = fold_sign(sign)
        parts.append(folded)
        places += [place] * len(folded)
    return "".join(parts), places


def _found(folded: str, places: list[int], word: str) -> list[Range]:
    if not word:
        return []
    starts = [at for at in range(len(folded)) if folded.startswith(word, at)]
    leading = [at for at in starts if at == 0 or not folded[at - 1].isalnum()]
    return [(places[at], places[at + len(word) - 1] + 1) for at in leading or starts[:1]]


def _draw(text: str, ranges: list[Range]) -> Markup:
    parts: list[Markup] = []
    done = 0
    for start, end in sorted(ranges):
        if end <= done:
            continue
        start = max(start, done)
        parts += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*parts, escape(text[done:])])
