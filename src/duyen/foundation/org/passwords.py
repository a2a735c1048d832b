"""Set and change passwords: by the person, or by a link that works once."""

from __future__ import annotations

import datetime as dt
import secrets

from django.contrib.auth.hashers import verify_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.notices.telling import notify
from duyen.foundation.org import doorstep
from duyen.foundation.org.doorstep import Caller
from duyen.foundation.org.models import PasswordLink, User
from duyen.foundation.org.sessions import end_sessions
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.foundation.sensitive import digest
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

LINK_HOURS = 24
_LINK_BYTES = 32


LEAST_LENGTH = 10
PASSWORD_RULE = _("At least %(least)s characters. Several words are easier to keep in mind than odd signs.")
#: Our own sentences for what Django's validators find, so that they are there in every language.
_REASONS = {
    "password_too_short": _("it has fewer than %(least)s characters."),
    "password_too_similar": _("it is too much like your name or e-mail."),
    "password_too_common": _("many people use it, so it is guessed first."),
}


class PasswordRefused(DomainError):
    """The new password is too weak; the sentence says why."""

    code = "password"
    sentence = _("Choose another password: %(why)s")


class WrongPassword(DomainError):
    """The present password was not right."""

    code = "wrong_password"
    sentence = _("This is not your present password. Type it again.")


class LinkOver(DomainError):
    """The link was used already, is too old, or was replaced by a newer one."""

    code = "link_over"
    sentence = _(
        "This link works no more: it was used, replaced, or is older than 24 hours. Ask for a new one."
    )


def refuse_weak(password: str, *, email: str = "", full_name: str = "") -> None:
    """Judge a new password. Raises PasswordRefused."""
    try:
        validate_password(password, User(email=email, full_name=full_name))
    except ValidationError as error:
        codes = [each.code for each in error.error_list]
        found = (_REASONS[code] % {"least": LEAST_LENGTH} for code in _REASONS if code in codes)
        raise PasswordRefused(why=next(found, str(error))) from error


def is_password(user: User, password: str) -> bool:
    """Tell whether this is the password; kept by an older way of hashing, it is hashed anew.

    Django's own check would save the new hash outside the trail.
    """
    is_right, is_old = verify_password(password, user.password)
    if is_right and is_old:
        with transaction.atomic():
            _write(actor_for(user, Door.WEB), user, password, verb="users.rehash_password")
    return is_right


def confirm_password(user: User, password: str, *, caller: Caller) -> None:
    """Ask a person who is signed in for her password once more, with the limits of the door.

    Whoever finds an open browser may guess no more often here than at the sign-in. Must run outside
    of a transaction that its refusal would roll back. Raises WrongPassword or TooManyTries.
    """
    knock = doorstep.knock(Doorstep.CONFIRM, email=user.email, caller=caller, user=user)
    # Hashed anew at the next sign-in, not here: a new hash would end the very session that asks.
    is_right, _is_old = verify_password(password, user.password)
    if not is_right:
        doorstep.settle(knock.id, Outcome.WRONG)
        raise WrongPassword
    doorstep.settle(knock.id, Outcome.GOOD)


def change_password(
    *, actor: Actor, old: str, new: str, caller: Caller, keep_session: str | None = None
) -> User:
    """Change one's own password; every other session of the person ends.

    Raises WrongPassword, TooManyTries or PasswordRefused.
    """
    confirm_password(User.objects.get(pk=actor.user_id or 0), old, caller=caller)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        refuse_weak(new, email=user.email, full_name=user.full_name)
        _write(actor, user, new, verb="users.change_password")
        end_sessions(user.pk, but=keep_session)
    return user


def make_link(user: User, *, actor: Actor, is_invitation: bool = False) -> str:
    """Make a link by which `user` sets a password once, within 24 hours; older ones stop working.

    Returns the secret part of its address, which is kept nowhere else. The caller has checked that
    the actor may do this.
    """
    moment, token = now(), secrets.token_urlsafe(_LINK_BYTES)
    with transaction.atomic():
        trail.begin(actor, "users.invite" if is_invitation else "users.make_link")
        PasswordLink.objects.filter(user=user, used_at=None, until__gt=moment).update(until=moment)
        PasswordLink.objects.create(
            user=user,
            digest=digest(token),
            is_invitation=is_invitation,
            made_at=moment,
            made_by_id=actor.user_id,
            until=moment + dt.timedelta(hours=LINK_HOURS),
        )
    return token


def user_of_link(token: str) -> User:
    """Give the person for whom a link was made. Raises LinkOver."""
    return _open_link(token).user


def use_link(token: str, *, password: str) -> User:
    """Set the password by a link, which then works no more; sessions that were open end.

    Raises LinkOver or PasswordRefused.
    """
    with transaction.atomic():
        link = _open_link(token, locked=True)
        user = User.objects.select_for_update(no_key=True).get(pk=link.user_id)
        refuse_weak(password, email=user.email, full_name=user.full_name)
        _write(actor_for(user, Door.WEB), user, password, verb="users.set_password")
        PasswordLink.objects.filter(pk=link.pk).update(used_at=now())
        end_sessions(user.pk)
        if link.is_invitation and link.made_by_id is not None:
            notify(
                [link.made_by_id],
                "joined",
                entity="users",
                record_id=user.pk,
                actor_id=user.pk,
                actor_name=user.full_name,
            )
    return user


def _open_link(token: str, *, locked: bool = False) -> PasswordLink:
    found = PasswordLink.objects.filter(
        digest=digest(token), used_at=None, until__gt=now(), user__is_active=True
    ).select_related("user")
    if locked:
        found = found.select_for_update(of=("self",), no_key=True)
    link = found.order_by("pk").first()
    if link is None:
        raise LinkOver
    return link


def _write(actor: Actor, user: User, password: str, *, verb: str) -> None:
    trail.begin(actor, verb)
    user.set_password(password)
    user.version += 1
    user.updated_at = now()
    user.updated_by_id = actor.user_id
    user.save(update_fields=["password", "version", "updated_at", "updated_by"])
