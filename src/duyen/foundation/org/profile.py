"""What people decide about themselves: their name, language, and how pages look to them."""

from __future__ import annotations

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
LONGEST_NAME = 120


class BadName(DomainError):
    """The name is missing or too long."""

    code = "bad_name"
    sentence = _("Give your name, with at most %(most)s characters.")


class UnknownChoice(DomainError):
    """A choice that the form does not offer."""

    code = "unknown_choice"
    sentence = _("“%(given)s” is not one of the choices. Reload the page and choose again.")


@dataclass(frozen=True)
class Profile:
    """The words and looks of one person."""

    full_name: str
    language: str
    theme: str
    density: str


def change_profile(profile: Profile, *, actor: Actor) -> User:
    """Change one's own profile, in the trail. Raises BadName or UnknownChoice."""
    name = clean(profile.full_name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadName(most=LONGEST_NAME)
    _refuse_unknown(profile.language, dict(settings.LANGUAGES))
    _refuse_unknown(profile.theme, THEMES)
    _refuse_unknown(profile.density, DENSITIES)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        trail.begin(actor, "users.change_profile")
        user.full_name, user.language = name, profile.language
        user.theme, user.density = profile.theme, profile.density
        user.version += 1
        user.updated_at, user.updated_by_id = now(), actor.user_id
        user.save(
            update_fields=[
                *("full_name", "language", "theme", "density"),
                *("version", "updated_at", "updated_by"),
            ]
        )
    return user


def _refuse_unknown(given: str, known: Container[str]) -> None:
    if given not in known:
        raise UnknownChoice(given=given[:40])
