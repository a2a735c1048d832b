"""Look into the trail and at the door: by a right of its own, and noted in the trail itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import BadRequest, NotAllowed
from duyen.entities.exporting.asking import read_purpose
from duyen.entities.trail_lines import Lines, tell_entries
from duyen.entities.trail_search import Entries, Question, find_entries
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import EXPORT_TRAIL, OVERSEE_TRAIL, READ_TRAIL
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.org.models import DoorstepEvent, User
from duyen.kernel.clock import ZONE, now
from duyen.kernel.text import fold

#: Under which name the trail tells of looks into itself.
TRAIL = "trail"
TRAIL_SEARCHED, DOOR_SEARCHED = "trail.search", "trail.door"
EXPORT_BEGUN, EXPORT_ENDED = "trail.export", "trail.exported"
#: The same question of the same person is noted once in so long: pages are read again and again.
NOTED_AGAIN = dt.timedelta(minutes=10)
_AT_ONCE = 1_000
_DOOR_PAGE = 50
_door_signer = Signer(salt="door-cursor")


def look_into_trail(
    question: Question, *, actor: Actor, after: str | None = None, limit: int = 50
) -> tuple[Entries, Lines]:
    """Search the trail as far as the actor may see it. Raises NotAllowed, BadRequest."""
    _demand(actor, READ_TRAIL, _("searching the trail is a right of its own."))
    oversees = actor.may("users", OVERSEE_TRAIL)
    found = find_entries(question, actor=actor, oversees=oversees, after=after, limit=limit)
    lines = tell_entries(found.rows, question, actor=actor, oversees=oversees)
    if after is None:
        _note(actor, TRAIL_SEARCHED, _asked(question))
    return found, lines


def export_trail(question: Question, purpose: str, *, actor: Actor) -> Generator[Lines]:
    """Give everything that the search finds, set by set, and note who took it, for what, and how much.

    Rights, purpose and question are judged at once; that it begins is noted before the first set,
    and how much it became also when the reader breaks off. Raises NotAllowed, InvalidValues, BadRequest.
    """
    _demand(actor, READ_TRAIL, _("searching the trail is a right of its own."))
    _demand(actor, EXPORT_TRAIL, _("exporting the trail is a right of its own."))
    said = read_purpose(purpose)
    oversees = actor.may("users", OVERSEE_TRAIL)
    first = find_entries(question, actor=actor, oversees=oversees, limit=_AT_ONCE)
    asked = _asked(question)
    trail.note_opened(actor, EXPORT_BEGUN, entity=TRAIL, note=said, told=asked)
    return _exported(first, question, said, asked, actor=actor, oversees=oversees)


def _exported(
    found: Entries, question: Question, purpose: str, asked: dict[str, Any], *, actor: Actor, oversees: bool
) -> Generator[Lines]:
    count, is_whole = 0, False
    try:
        while True:
            lines = tell_entries(found.rows, question, actor=actor, oversees=oversees)
            count += len(lines.lines)
            yield lines
            if found.next is None:
                is_whole = True
                return
            found = find_entries(question, actor=actor, oversees=oversees, after=found.next, limit=_AT_ONCE)
    finally:
        told = {**asked, "entries": count, "whole": is_whole}
        trail.note_opened(actor, EXPORT_ENDED, entity=TRAIL, note=purpose, told=told)


@dataclass(frozen=True)
class DoorQuestion:
    """What somebody asks about the door: who, or from which address, with what outcome, and when."""

    who: str = ""
    outcome: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def look_at_door(
    question: DoorQuestion, *, actor: Actor, after: str | None = None
) -> tuple[Sequence[DoorstepEvent], str | None]:
    """Read who came in, who tried to and from where, newest first. Raises NotAllowed, BadRequest."""
    _demand(actor, OVERSEE_TRAIL, _("seeing who signs in is for those who oversee the trail."))
    rows = DoorstepEvent.objects.select_related("user", "by").order_by("-at", "-pk")
    if question.who:
        rows = rows.filter(_somebody(question.who))
    if question.outcome:
        rows = rows.filter(outcome=question.outcome)
    if question.since:
        rows = rows.filter(at__gte=_midnight(question.since))
    if question.until:
        rows = rows.filter(at__lt=_midnight(question.until + dt.timedelta(days=1)))
    if after is not None:
        at, event = _read_cursor(after)
        rows = rows.filter(Q(at__lt=at) | Q(pk__lt=event), at__lte=at)
    found = list(rows[: _DOOR_PAGE + 1])
    if after is None:
        _note(actor, DOOR_SEARCHED, _asked(question))
    if len(found) <= _DOOR_PAGE:
        return found, None
    last = found[_DOOR_PAGE - 1]
    return found[:_DOOR_PAGE], _door_signer.sign(f"{last.at.isoformat()}~{last.pk}")


def _somebody(words: str) -> Q:
    """Find people by name or e-mail, and strangers by the e-mail or address that they came with."""
    users = User.objects.all()
    for word in fold(words).split():
        users = users.filter(search__contains=word)
    emails = list(users.order_by("pk").values_list("email", flat=True)[:50])
    typed = words.strip().lower()
    return Q(email__in=[*emails, typed]) | Q(address=typed)


def _demand(actor: Actor, right: str, why: object) -> None:
    """Refuse whoever has no right, and whoever only looks through the eyes of one who has it."""
    if actor.is_looking:
        raise trail.OnlyLooking(name=actor.name)
    if not actor.may("users", right):
        raise NotAllowed(why=why)


def _asked(question: Question | DoorQuestion) -> dict[str, Any]:
    """Write a question down as it was asked; what was left empty does not stand there."""
    given = {name: value for name, value in asdict(question).items() if value}
    dates = {name: value.isoformat() for name, value in given.items() if isinstance(value, dt.date)}
    return {"asked": {**given, **dates}}


def _note(actor: Actor, verb: str, told: dict[str, Any]) -> None:
    """Note a look, unless the same one was noted a moment ago."""
    noted = History.objects.filter(
        actor_id=actor.user_id, at__gte=now() - NOTED_AGAIN, kind=OPENED, verb=verb, changes=told
    )
    if not noted.exists():
        trail.note_opened(actor, verb, entity=TRAIL, told=told)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZONE)


def _read_cursor(after: str) -> tuple[dt.datetime, int]:
    try:
        at, _sign, event = _door_signer.unsign(after).partition("~")
    except BadSignature as error:
        what = _("the cursor does not fit the trail. Start again from the newest entry.")
        raise BadRequest(argument="after", what=what) from error
    return dt.datetime.fromisoformat(at), int(event)
