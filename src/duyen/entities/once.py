"""Reads that rules share: what is asked for each record of a set is read once for the whole set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")
_kept: ContextVar[dict[tuple[object, ...], Any] | None] = ContextVar("kept", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Keep what the reads inside find, as long as nothing inside writes what they read."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a read be made once for the same arguments while `reading_once` lasts, and each time outside."""

    @wraps(read)
    def kept(*args: _P.args, **named: _P.kwargs) -> _T:
        held = _kept.get()
        if held is None:
            return read(*args, **named)
        key = (read, args, tuple(sorted(named.items())))
        if key not in held:
            held[key] = read(*args, **named)
        return cast(_T, held[key])

    return kept
