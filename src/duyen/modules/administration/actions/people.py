"""Let people in, give them places, and lock them out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.actions import action
from duyen.entities.errors import NotAllowed, NotFound, Refused
from duyen.entities.fields import Day, Flag, Label, Link, Text
from duyen.entities.handing_over import give_owned, owned_by
from duyen.entities.locking import lock
from duyen.entities.pages import Preview
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.org import invitations, locking, passwords, second_factor, sessions
from duyen.foundation.org.administrators import administrators_kept
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.kernel.clock import now, today
from duyen.modules.administration import previews
from duyen.modules.administration.actions.invitations import send_link
from duyen.modules.administration.queries import held_position, listed

Row = Mapping[str, Any]
PREVIEW = "administration/preview.html"


class StillOwns(Refused):
    """The person owns records, and nobody was named to take them."""

    code = "still_owns"
    sentence = _("%(name)s still owns records (%(held)s). Say to whom they go.")


class NotYourself(Refused):
    """A person would lock herself out, or give her records to herself."""

    code = "not_yourself"
    sentence = _("You cannot do this to yourself. Ask another administrator.")


class WrongTaker(Refused):
    """The one who should take the records is the one who loses them."""

    code = "wrong_taker"
    sentence = _("Choose somebody else to take the records.")


class AlreadyPlaced(Refused):
    """The person holds this position already."""

    code = "already_placed"
    sentence = _("This person holds this position already.")


class NotPlaced(Refused):
    """The person does not hold this position."""

    code = "not_placed"
    sentence = _("This person does not hold this position now.")


class LeavesBefore(Refused):
    """A position would end before it began."""

    code = "leaves_before"
    sentence = _("The position began on %(since)s. Give a last day from then on.")


class NotSignedIn(Refused):
    """There is no such session any more."""

    code = "not_signed_in_there"
    sentence = _("This person is not signed in there any more. Reload the page.")


def _open_to_all(row: Row) -> Label | None:
    return None if row["is_active"] else _("this person is locked.")


def _locked_only(row: Row) -> Label | None:
    return _("this person is not locked.") if row["is_active"] else None


@action(
    "users.lock",
    label=_("Lock the account"),
    asks=[Link("hand_over_to", _("Give all records to"), to="users", apart=lambda user: (user,))],
    icon="lock",
    tone="danger",
    why_not=_open_to_all,
    about="is_active",
    preview=Preview("administration/owned_preview.html", previews.preview_lock),
)
def lock_user(*, actor: Actor, row: Row, hand_over_to: int | None = None) -> Row:
    """Lock a person out of every door at once, and give all that she owns to somebody else.

    Raises StillOwns, NotYourself, WrongTaker, LastAdministrator.
    """
    user_id = int(row["id"])
    if user_id == actor.user_id:
        raise NotYourself
    if hand_over_to == user_id:
        raise WrongTaker
    with administrators_kept():
        if hand_over_to is None:
            _refuse_owner(row)
        else:
            _refuse_locked(hand_over_to)
            give_owned(user_id, hand_over_to, actor=actor)
        trail.begin(actor, "users.lock")
        version = write_changes(entity_named("users"), actor, row, {"is_active": False})
        locking.shut_doors(user_id, actor=actor)
    return {**row, "is_active": False, "version": version}


def _refuse_owner(row: Row) -> None:
    held = owned_by(int(row["id"]))
    if held:
        raise StillOwns(name=row["full_name"], held=listed(held))


def _refuse_locked(user_id: int) -> None:
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise WrongTaker


@action(
    "users.unlock", label=_("Unlock the account"), icon="lock-open", why_not=_locked_only, about="is_active"
)
def unlock_user(*, actor: Actor, row: Row) -> Row:
    """Let a locked person in again, with the password and positions she had."""
    version = write_changes(entity_named("users"), actor, row, {"is_active": True})
    return {**row, "is_active": True, "version": version}


@action(
    "users.place",
    label=_("Give a position"),
    asks=[
        Link("unit", _("Unit"), to="units", required=True),
        Link("role", _("Role"), to="roles", required=True),
        Day("since", _("From"), help=_("Left empty: from today.")),
        Flag("is_main", _("Main position: new records go to this unit")),
    ],
    icon="user-plus",
    preview=Preview(PREVIEW, previews.preview_place),
)
def place_user(
    *, actor: Actor, row: Row, unit: int, role: int, since: dt.date | None = None, is_main: bool = False
) -> Row:
    """Give a person a role in a unit from a day on. Raises AlreadyPlaced or NotFound."""
    user_id, moment = int(row["id"]), now()
    _refuse_closed(unit, role)
    if held_position(user_id, unit, role).exists():
        raise AlreadyPlaced
    has_main = Position.objects.filter(user_id=user_id, is_main=True).exists()
    if is_main and has_main:
        Position.objects.filter(user_id=user_id, is_main=True).update(
            is_main=False, updated_at=moment, updated_by_id=actor.user_id
        )
    Position.objects.create(
        user_id=user_id,
        unit_id=unit,
        role_id=role,
        is_main=is_main or not has_main,
        since=since or today(),
        created_at=moment,
        updated_at=moment,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    return row


def _refuse_closed(unit: int, role: int) -> None:
    is_open = Unit.objects.filter(pk=unit, is_active=True).exists()
    if not is_open or not Role.objects.filter(pk=role).exists():
        raise NotFound


@action(
    "users.leave",
    label=_("End a position"),
    asks=[
        Link("unit", _("Unit"), to="units", required=True),
        Link("role", _("Role"), to="roles", required=True),
        Day("until", _("Last day"), help=_("Left empty: yesterday, so that it ends at once.")),
    ],
    icon="user-minus",
    preview=Preview(PREVIEW, previews.preview_leave),
)
def end_position(*, actor: Actor, row: Row, unit: int, role: int, until: dt.date | None = None) -> Row:
    """End a position: its rights hold until the end of that day.

    One that began today and ends at once was a slip, and is taken out. Raises NotPlaced,
    LeavesBefore, LastAdministrator.
    """
    last_day = until or today() - dt.timedelta(days=1)
    with administrators_kept():
        position = (
            held_position(int(row["id"]), unit, role).select_for_update(no_key=True).order_by("pk").first()
        )
        if position is None:
            raise NotPlaced
        if until is None and position.since > last_day:
            position.delete()
            return row
        if last_day < position.since:
            raise LeavesBefore(since=position.since.strftime("%d/%m/%Y"))
        position.until, position.is_main = last_day, False
        position.updated_at, position.updated_by_id = now(), actor.user_id
        position.version += 1
        position.save(update_fields=["until", "is_main", "updated_at", "updated_by", "version"])
    return row


@action(
    "users.end_sessions",
    label=_("Sign out everywhere"),
    asks=[Text("session", _("One browser alone"), max_length=40)],
    icon="log-out",
    part="session",
)
def end_sessions(*, actor: Actor, row: Row, session: str = "") -> Row:
    """Sign a person out of one browser, or of all; who did it stands in the trail of the door.

    Raises NotSignedIn.
    """
    user = User.objects.get(pk=row["id"])
    if session:
        ended = sessions.end_session(user, session, by=actor.user_id)
    else:
        ended = sessions.end_all_sessions(user, by=actor.user_id)
    if not ended:
        raise NotSignedIn
    return row


@action(
    "users.reset_second_factor",
    label=_("Reset the second factor"),
    icon="smartphone",
    tone="danger",
    part="second_factor",
    text=_("For a lost phone. All sessions of this person end."),
)
def reset_second_factor(*, actor: Actor, row: Row) -> Row:
    """Take the second factor away from somebody who lost her phone; her sessions end.

    Nobody resets her own: whoever sits at her open browser could. Raises NotYourself, NoFactor.
    """
    if row["id"] == actor.user_id:
        raise NotYourself
    second_factor.reset(row["id"], actor=actor)
    return row


@dataclass(frozen=True)
class Invited:
    """A new person, and the secret part of the link for her first password; empty when it goes by mail."""

    user_id: int
    token: str


def invite_user(
    *, actor: Actor, values: Mapping[str, object], unit: int, role: int, by_mail: bool = False
) -> Invited:
    """Make a person with a first position, and a link for her first password: shown this once, or mailed.

    Raises InvalidValues, NotAllowed or NoMail.
    """
    with transaction.atomic():
        done = standard.create(entity_named("users"), actor=actor, values=values)
        user = User.objects.get(pk=done.id)
        place_user.run(actor=actor, row={"id": done.id}, unit=unit, role=role, is_main=True)
        if by_mail:
            send_link.run(actor=actor, row={"id": done.id})
            return Invited(done.id, "")
        token = passwords.make_link(user, actor=actor, is_invitation=True)
    return Invited(done.id, token)


def make_password_link(user_id: int, *, actor: Actor) -> str:
    """Make a link by which a person sets a password once, for handing over; in the trail.

    Gives the secret part of its address, which can be read only now. Raises NotFound or NotAllowed.
    """
    with transaction.atomic():
        row = lock(entity_named("users"), user_id, actor=actor, verb=CHANGE)
        if not row["is_active"]:
            raise NotAllowed(why=_("this person is locked. Unlock the account first."))
        return invitations.new_link(User.objects.get(pk=user_id), actor=actor)
