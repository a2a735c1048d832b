"""How people want to be told: read for many at once, kept by each for herself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from duyen.foundation.notices.kinds import GROUPS, Channels, Mail
from duyen.foundation.notices.models import Preference
from duyen.foundation.org.models import User


@dataclass(frozen=True)
class Preferences:
    """How one person wants to be told. Hours are those of the day in Vietnam."""

    channels: Mapping[str, Channels] = field(default_factory=dict)
    digest_hour: int = 8
    digest_on_working_days: bool = True
    quiet_from: int = 0
    quiet_until: int = 0
    watches_own: bool = True

    def of(self, group: str) -> Channels:
        """Give the ways for one group of kinds."""
        return self.channels.get(group, GROUPS[group].default)

    def is_quiet(self, hour: int) -> bool:
        """Tell whether no mail may go out in this hour of the day; a span may go over midnight."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


def channels_of(user_ids: Collection[int], group: str) -> dict[int, Channels]:
    """Give the ways by which people who may sign in are told of a group of kinds, by one query."""
    if not user_ids:
        return {}
    rows = User.objects.filter(pk__in=list(user_ids), is_active=True).order_by("pk")
    kept = dict(Preference.objects.filter(user_id__in=list(user_ids)).values_list("user_id", "choices"))
    return {
        user_id: read_channels(kept.get(user_id, {})).get(group, GROUPS[group].default)
        for user_id in rows.values_list("pk", flat=True)
    }


def read_channels(choices: Mapping[str, Any]) -> dict[str, Channels]:
    """Read what is kept; a group or a way that is gone is left out."""
    ways = {each.value for each in Mail}
    return {
        group: Channels(bool(each.get("app", True)), Mail(each["mail"] if each.get("mail") in ways else ""))
        for group, each in choices.items()
        if group in GROUPS and isinstance(each, dict)
    }


def preferences_of(user_id: int) -> Preferences:
    """Give how one person wants to be told."""
    return preferences_of_many([user_id])[user_id]


def preferences_of_many(user_ids: Collection[int]) -> dict[int, Preferences]:
    """Give how people want to be told; whoever chose nothing has the defaults."""
    found = {each: Preferences() for each in user_ids}
    for row in Preference.objects.filter(user_id__in=list(user_ids)).order_by("pk"):
        found[row.user_id] = Preferences(
            read_channels(row.choices),
            row.digest_hour,
            row.digest_on_working_days,
            row.quiet_from,
            row.quiet_until,
            row.watches_own,
        )
    return found


def keep_preferences(user_id: int, wanted: Preferences) -> None:
    """Keep how one person wants to be told."""
    choices = {group: {"app": each.app, "mail": each.mail.value} for group, each in wanted.channels.items()}
    Preference.objects.update_or_create(
        user_id=user_id,
        defaults={
            "choices": choices,
            "digest_hour": wanted.digest_hour,
            "digest_on_working_days": wanted.digest_on_working_days,
            "quiet_from": wanted.quiet_from,
            "quiet_until": wanted.quiet_until,
            "watches_own": wanted.watches_own,
        },
    )
