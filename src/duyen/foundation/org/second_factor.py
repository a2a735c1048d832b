"""The second factor: a code from an app on one's phone (RFC 6238), or a recovery code, after the password."""

from __future__ import annotations

import datetime as dt
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import Enum

import pyotp
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.org import doorstep
from duyen.foundation.org.doorstep import Caller
from duyen.foundation.org.models import RecoveryCode, SecondFactor, User
from duyen.foundation.org.passwords import confirm_password
from duyen.foundation.org.sessions import end_sessions
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.foundation.sensitive import digest, seal, unseal
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: One step of RFC 6238; clocks may differ by one of them.
STEP_SECONDS = 30
_DRIFT = 1
RECOVERY_CODES = 10
#: Without letters and digits that are taken for each other: ten of these are 49 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 5
_APP_CODE = re.compile(r"\d{6}", re.ASCII)


class WrongCode(DomainError):
    """The code is wrong, too old, or was used already."""

    code = "wrong_code"
    sentence = _("This code is wrong, over or used already. Wait for the next one in the app and type that.")


class FactorStands(DomainError):
    """A second factor is set up already."""

    code = "factor_stands"
    sentence = _("A second factor is set up already. Turn it off first to set up another phone.")


class NoFactor(DomainError):
    """There is no second factor to turn off or reset."""

    code = "no_factor"
    sentence = _("No second factor is set up here.")


class Way(Enum):
    """How somebody proved the second factor."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class Standing:
    """A person's second factor as her page shows it."""

    since: dt.datetime
    codes_left: int


def new_secret() -> str:
    """Make a secret of 160 bits, in the letters that apps take (base32)."""
    return pyotp.random_base32()


def app_address(secret: str, *, email: str, company: str) -> str:
    """Give the otpauth:// address that a QR code hands to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=company)


def taken_step(secret: str, code: str, *, at: dt.datetime, after: int) -> int | None:
    """Find the step whose code this is, one step of drift allowed, among those later than `after`."""
    now_step, totp = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    for step in range(now_step - _DRIFT, now_step + _DRIFT + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def standing_of(user_id: int) -> Standing | None:
    """Tell since when a person has a second factor and how many recovery codes are left; none without."""
    since = (
        SecondFactor.objects.filter(user_id=user_id).values_list("since", flat=True).order_by("pk").first()
    )
    if since is None:
        return None
    return Standing(since, RecoveryCode.objects.filter(user_id=user_id, used_at=None).count())


def has_factor(user_id: int) -> bool:
    """Tell whether the password alone does not let this person in."""
    return SecondFactor.objects.filter(user_id=user_id).exists()


def set_up(
    *, actor: Actor, secret: str, password: str, code: str, caller: Caller, keep_session: str | None
) -> list[str]:
    """Begin to ask for codes of `secret`, once one of them proved right; other sessions end.

    Gives the recovery codes, which can be read only now. Raises WrongPassword, TooManyTries,
    WrongCode or FactorStands.
    """
    user = User.objects.get(pk=actor.user_id or 0)
    confirm_password(user, password, caller=caller)
    step = taken_step(secret, _typed(code), at=now(), after=0)
    if step is None:
        raise WrongCode
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if has_factor(user.pk):
            raise FactorStands
        trail.begin(actor, "users.set_up_factor")
        SecondFactor.objects.create(user=user, sealed=seal(secret), since=now(), last_step=step)
        codes = _new_codes(user.pk)
        end_sessions(user.pk, but=keep_session)
    return codes


def ask_code(user: User, code: str, *, caller: Caller) -> Way:
    """Judge a code with the limits of the door; the trail of the door has every try.

    Must run outside of a transaction. Raises WrongCode or TooManyTries.
    """
    knock = doorstep.knock(Doorstep.CODE, email=user.email, caller=caller, user=user)
    way = _take(user, code)
    doorstep.settle(knock.id, Outcome.WRONG if way is None else Outcome.GOOD)
    if way is None:
        raise WrongCode
    return way


def turn_off(
    *, actor: Actor, password: str, code: str, caller: Caller, keep_session: str | None = None
) -> None:
    """Ask for no codes any more; needs password and code, and ends other sessions.

    Raises NoFactor, WrongPassword, WrongCode or TooManyTries.
    """
    user = User.objects.get(pk=actor.user_id or 0)
    if not has_factor(user.pk):
        raise NoFactor
    confirm_password(user, password, caller=caller)
    ask_code(user, code, caller=caller)
    with transaction.atomic():
        trail.begin(actor, "users.turn_off_factor")
        _remove(user.pk)
        end_sessions(user.pk, but=keep_session)


def renew_codes(*, actor: Actor, password: str, caller: Caller) -> list[str]:
    """Make new recovery codes in place of the old ones. Raises NoFactor, WrongPassword, TooManyTries."""
    user = User.objects.get(pk=actor.user_id or 0)
    if not has_factor(user.pk):
        raise NoFactor
    confirm_password(user, password, caller=caller)
    with transaction.atomic():
        trail.begin(actor, "users.renew_recovery_codes")
        return _new_codes(user.pk)


def reset(user_id: int, *, actor: Actor) -> None:
    """Take a second factor away from somebody who lost her phone; all her sessions end.

    Must run inside the step that checked the right and opened the trail. Raises NoFactor.
    """
    if not _remove(user_id):
        raise NoFactor
    end_sessions(user_id)


def _remove(user_id: int) -> int:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    gone, _by_table = SecondFactor.objects.filter(user_id=user_id).delete()
    return gone


def _take(user: User, code: str) -> Way | None:
    """Use a code up, or give nothing. The row is locked, so that one code cannot be taken twice at once."""
    typed, actor = _typed(code), actor_for(user, Door.WEB)
    with transaction.atomic():
        factor = (
            SecondFactor.objects.select_for_update(no_key=True).filter(user_id=user.pk).order_by("pk").first()
        )
        if factor is None:
            return None
        if not _APP_CODE.fullmatch(typed):
            return _take_recovery_code(user.pk, typed, actor)
        step = taken_step(unseal(bytes(factor.sealed)), typed, at=now(), after=factor.last_step)
        if step is None:
            return None
        # Which step it was stands beside the secret and is no news for the trail.
        trail.begin(actor, "users.use_code")
        SecondFactor.objects.filter(pk=factor.pk).update(last_step=step)
    return Way.APP


def _take_recovery_code(user_id: int, typed: str, actor: Actor) -> Way | None:
    trail.begin(actor, "users.use_recovery_code")
    used = RecoveryCode.objects.filter(user_id=user_id, digest=_digest(user_id, typed), used_at=None)
    return Way.RECOVERY if used.update(used_at=now()) else None


def _new_codes(user_id: int) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    made = ["".join(secrets.choice(_LETTERS) for _ in range(2 * _GROUP)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, digest=_digest(user_id, code)) for code in made
    )
    return [f"{code[:_GROUP]}-{code[_GROUP:]}" for code in made]


def _digest(user_id: int, code: str) -> bytes:
    return digest(f"recovery code {user_id} {code}")


def _typed(code: str) -> str:
    """Read a code as people type it: with spaces, hyphens and capitals."""
    return re.sub(r"[\s-]", "", code).lower()[:40]
