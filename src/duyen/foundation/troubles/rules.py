"""Describe a fault without a single value of a person, and give it a number that can be read out. Pure."""

from __future__ import annotations

import hashlib
import linecache
import secrets
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

#: No letter that is taken for another one, on paper or on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 5
PREFIX = "L-"
PACKAGE = Path(__file__).resolve().parents[2]
MOST_FRAMES = 40
_LONGEST_LINE = 160


@dataclass(frozen=True)
class Frame:
    """One place of the traceback: file below the package or the library, line, function, source."""

    file: str
    line: int
    function: str
    source: str
    is_ours: bool

    def as_json(self) -> list[object]:
        return [self.file, self.line, self.function, self.source, self.is_ours]


@dataclass(frozen=True)
class Fault:
    """What is kept of an exception."""

    kind: str
    sqlstate: str
    chain: tuple[str, ...]
    frames: tuple[Frame, ...]

    @property
    def place(self) -> str:
        """Name the innermost place in our own code."""
        ours = [each for each in self.frames if each.is_ours] or list(self.frames)
        return f"{ours[-1].file}:{ours[-1].function}"[:200] if ours else ""

    @property
    def fingerprint(self) -> str:
        """Give equal faults one name: line numbers move with every version, files and functions stay."""
        ours = [(each.file, each.function) for each in self.frames if each.is_ours]
        told = repr((self.kind, self.sqlstate, self.chain, ours or self.place))
        return hashlib.sha256(told.encode()).hexdigest()


def describe(error: BaseException) -> Fault:
    """Describe an exception by types and places. Its words and the values of its frames are left out:
    they may hold what somebody typed."""
    chain = [name_of(each) for each in _behind(error)]
    frames = list(_frames(error.__traceback__))
    return Fault(name_of(error), state_of(error), tuple(chain), tuple(frames))


def new_number() -> str:
    """Make a number such as L-7F3K2."""
    return PREFIX + "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def read_number(typed: str) -> str:
    """Read a number as people give it: without the letter before it, in small letters, with gaps.

    Gives nothing where it can be none.
    """
    plain = "".join(typed.upper().split()).removeprefix("L").removeprefix("-")
    is_good = len(plain) == LENGTH and all(each in ALPHABET for each in plain)
    return PREFIX + plain if is_good else ""


def name_of(error: BaseException) -> str:
    """Name the type of an exception with its module, except for Python's own."""
    kind = type(error)
    return (
        kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"[:120]
    )


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    below = error.__cause__ or error.__context__
    while below is not None and id(below) not in seen:
        seen.add(id(below))
        yield below
        below = below.__cause__ or below.__context__


def state_of(error: BaseException) -> str:
    """Give PostgreSQL's five letters for what went wrong; nothing where the server did not say it."""
    states = (getattr(each, "sqlstate", "") for each in (error, *_behind(error)))
    return next((str(each) for each in states if each), "")


def _frames(trace: TracebackType | None) -> Iterator[Frame]:
    places: Sequence[tuple[object, int]] = list(traceback.walk_tb(trace))
    for frame, line in places[-MOST_FRAMES:]:
        code = frame.f_code  # type: ignore[attr-defined]
        path = Path(code.co_filename)
        is_ours = path.is_relative_to(PACKAGE)
        yield Frame(
            _shown(path, is_ours=is_ours),
            line,
            code.co_name,
            linecache.getline(code.co_filename, line).strip()[:_LONGEST_LINE] if is_ours else "",
            is_ours,
        )


def _shown(path: Path, *, is_ours: bool) -> str:
    """Shorten a path to what says which file it is, so that no home folder's name is kept."""
    if is_ours:
        return path.relative_to(PACKAGE).as_posix()
    parts = path.parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return path.name
