"""As whom a command acts: the user named by --as, else the system."""

from __future__ import annotations

from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.fields.versions import pin
from duyen.foundation.org.models import Unit, User
from duyen.foundation.org.words import UnitKind
from duyen.surfaces.cli.errors import NoSuchUnit, NoSuchUser, NoUnitYet
from duyen.surfaces.cli.registry import Context


def acting(context: Context, *, part: str, door: Door) -> Actor:
    """Give the actor of a command, which works with the definitions of this moment. Raises NoSuchUser."""
    pin()
    if not context.act_as:
        return system_actor(part, door=door)
    return actor_for(user_called(context.act_as), door)


def user_called(email: str) -> User:
    """Find the user who signs in with `email` and may do so today. Raises NoSuchUser."""
    found = User.objects.filter(email__iexact=email.strip(), is_active=True).order_by("pk").first()
    if found is None:
        raise NoSuchUser(email=email)
    return found


def unit_called(code: str) -> Unit:
    """Find a unit by its code. Raises NoSuchUnit."""
    found = Unit.objects.filter(code=code.strip()).order_by("pk").first()
    if found is None:
        known = ", ".join(Unit.objects.order_by("code", "pk").values_list("code", flat=True)[:20])
        raise NoSuchUnit(code=code, known=known or "none")
    return found


def head_office() -> Unit:
    """Give the unit to which belongs what belongs to nobody. Raises NoUnitYet."""
    found = Unit.objects.filter(kind=UnitKind.HEAD_OFFICE).order_by("pk").first()
    if found is None:
        raise NoUnitYet
    return found
