"""What people decide about themselves: their name, language, and how pages look to them."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean

THEMES = ("auto", "light", "dark")
DENSITIES = ("compact", "normal", "comfortable")
LONGEST_NAME, LONGEST_PHONE = 120, 20
_PHONE = re.compile(r"[0-9+().\- ]*", re.ASCII)


class BadName(DomainError):
    """The name is missing or too long."""

    code = "bad_name"
    sentence = _("Give your name, with at most %(most)s characters.")


class BadPhone(DomainError):
    """What was given as a phone number holds letters, or is too long."""

    code = "bad_phone"
    sentence = _("Give a phone number of at most %(most)s digits, or leave it empty.")


class UnknownChoice(DomainError):
    """A choice that the form does not offer."""

    code = "unknown_choice"
    sentence = _("“%(given)s” is not one of the choices. Reload the page and choose again.")


@dataclass(frozen=True)
class Profile:
    """The words and looks of one person."""

    full_name: str
    phone: str
    language: str
    theme: str
    density: str


def change_profile(profile: Profile, *, actor: Actor) -> User:
    """Change one's own profile, in the trail. Raises BadName, BadPhone or UnknownChoice."""
    name, phone = clean(profile.full_name), clean(profile.phone)
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadName(most=LONGEST_NAME)
    if len(phone) > LONGEST_PHONE or not _PHONE.fullmatch(phone):
        raise BadPhone(most=LONGEST_PHONE)
    _refuse_unknown(profile.language, dict(settings.LANGUAGES))
    _refuse_unknown(profile.theme, THEMES)
    _refuse_unknown(profile.density, DENSITIES)
    return _keep(
        actor,
        full_name=name,
        phone=phone,
        language=profile.language,
        theme=profile.theme,
        density=profile.density,
    )


def choose_language(language: str, *, actor: Actor) -> User:
    """Speak another language with oneself from the next page on. Raises UnknownChoice."""
    _refuse_unknown(language, dict(settings.LANGUAGES))
    return _keep(actor, language=language)


def _keep(actor: Actor, **chosen: str) -> User:
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        trail.begin(actor, "users.change_profile")
        for column, value in chosen.items():
            setattr(user, column, value)
        user.version += 1
        user.updated_at, user.updated_by_id = now(), actor.user_id
        user.save(update_fields=[*chosen, "version", "updated_at", "updated_by"])
    return user


def _refuse_unknown(given: str, known: Container[str]) -> None:
    if given not in known:
        raise UnknownChoice(given=given[:40])
