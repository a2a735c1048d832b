"""What the engine refuses, each with a sentence that says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError, FieldProblem


class NotFound(DomainError):
    """There is no such record for this actor; whether it exists at all is not told."""

    code = "not_found"
    sentence = _("There is no such record, or it is not open to you. Ask whoever gave you the link.")


class NotAllowed(DomainError):
    """The actor sees the record, or the list, but lacks the right for this step."""

    code = "not_allowed"
    sentence = _("You may not do this: %(why)s Ask an administrator if you need it.")


class InvalidValues(DomainError):
    """Some of the values given cannot be taken; each problem names its field."""

    code = "invalid"
    sentence = _("Some fields need a correction. Nothing was saved yet.")

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Clash:
    """One field that two people changed: its clean values, not yet shown."""

    field: str
    base: object
    yours: object
    theirs: object


class StaleVersion(DomainError):
    """Somebody changed the record after the caller read it."""

    code = "stale"
    sentence = _("%(who)s changed this record while you were working. Compare both values, then save again.")

    def __init__(self, *, who: str, current: int, clashes: Sequence[Clash]) -> None:
        super().__init__(who=who)
        self.current = current
        self.clashes = tuple(clashes)


class VersionMissing(DomainError):
    """A change came without saying which version it is based on."""

    code = "version_required"
    sentence = _("Say which version you changed: send If-Match, or version in the body.")


class Refused(DomainError):
    """A guard or a state stands against the step; subclasses say which."""

    code = "guard"


class BadRequest(DomainError):
    """The request itself is not understood: an unknown field, operator, sort or cursor.

    `argument` says which part of the request, where it is not the filter.
    """

    code = "bad_request"
    sentence = _("The request is not understood: %(what)s")
