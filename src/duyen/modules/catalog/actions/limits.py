"""How much each role may take off a price, as the company decides it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.company import keep_setting
from duyen.foundation.settings.declaring import administers, declare_setting
from duyen.modules.catalog.discounts import Limit
from duyen.modules.catalog.queries import LIMITS

declare_setting(LIMITS, {})


def may_keep_limits(actor: Actor) -> bool:
    """Tell whether the actor decides about discounts: who issues price lists, and who administers."""
    return administers(actor) or actor.may("price_lists", "issue")


def keep_limits(limits: Mapping[str, Limit], *, actor: Actor, version: int) -> None:
    """Keep what each role may take off, by its code. Raises NotAllowed or SettingMoved."""
    if not may_keep_limits(actor):
        raise NotAllowed(why=_("limits of discounts are kept by those who issue price lists."))
    value = {
        code: {"percent": str(each.percent.normalize()), "below_floor": each.below_floor}
        for code, each in sorted(limits.items())
    }
    with transaction.atomic():
        keep_setting(LIMITS, value, actor=actor, version=version)
