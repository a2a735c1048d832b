"""Refuse: what somebody does not want any more stops at once, for her addresses on every record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.actions import Action
from duyen.entities.fields import Choice, Several, Text
from duyen.entities.writing import update_row
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import READ
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.consents import choices, keeping
from duyen.modules.consents.addresses import macs_of
from duyen.modules.consents.models import Consent, Suppression
from duyen.modules.consents.rules import BASES
from duyen.modules.consents.words import Channel, ConsentState, LegalBasis, Purpose
from duyen.modules.parties.queries import standings

Row = Mapping[str, Any]
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
#: Purposes for which somebody is contacted only as long as she wants it.
_REFUSABLE = tuple(each.value for each in Purpose if BASES[each] is LegalBasis.CONSENT)


def refuse(party_id: int, channels: Collection[Channel], *, refused_by: str, words: str = "") -> None:
    """Stop advertising and surveys to a party by some channels: its consents, and its addresses anywhere.

    The trail is open. What was refused stays refused for these addresses when the party is gone.
    """
    moment = now()
    withdraw(party_id, channels, refused_by=refused_by, at=moment, words=words)
    suppress(party_id, channels, refused_by=refused_by, at=moment)


def withdraw(
    party_id: int, channels: Collection[Channel], *, refused_by: str, at: dt.datetime, words: str = ""
) -> None:
    """End the consents of a party to advertising and surveys by some channels. The trail is open."""
    rows = Consent.objects.filter(party_id=party_id, state=ConsentState.GIVEN.value, purpose__in=_REFUSABLE)
    for row in rows.order_by("pk").values():
        left = set(row["channels"]) - set(row["refused_channels"]) - {each.value for each in channels}
        gone = [each for each in row["channels"] if each not in left]
        if gone == row["refused_channels"]:
            continue
        columns = {
            "refused_channels": gone,
            "withdrawn_at": at,
            "refused_by": refused_by,
            "refusal": words,
        }
        if not left:
            columns |= {"state": ConsentState.WITHDRAWN.value, "state_since": at}
        update_row(Consent, row["id"], columns)


def suppress(party_id: int, channels: Collection[Channel], *, refused_by: str, at: dt.datetime) -> None:
    """Know the addresses of a party again on any record, as those that refused these channels."""
    party = standings([party_id])[party_id]
    keys = [(mac, each) for each, held in macs_of(channels, party).items() for mac in held]
    keep_refused(keys, refused_by=refused_by, at=at)
    keeping.note_refused((mac, each, at, refused_by) for mac, each in keys)


def keep_refused(keys: Iterable[tuple[bytes, Channel]], *, refused_by: str, at: dt.datetime) -> None:
    """Write down that addresses refused channels; of two refusals the later one stays."""
    for mac, channel in keys:
        held, is_new = Suppression.objects.get_or_create(
            mac=mac, channel=channel.value, defaults={"refused_at": at, "refused_by": refused_by}
        )
        if not is_new and held.refused_at < at:
            update_row(Suppression, held.pk, {"refused_at": at, "refused_by": refused_by})


def remember_refusals() -> int:
    """Bring in refusals that stand beside a database which a backup took back; gives how many they were."""
    held = {
        (bytes(mac), channel): at
        for mac, channel, at in Suppression.objects.values_list("mac", "channel", "refused_at").iterator()
    }
    lost = [each for each in keeping.noted() if held.get((each[0], each[1].value), _NEVER) < each[2]]
    if lost:
        with transaction.atomic():
            trail.begin(system_actor("refusals"), "suppressions.remember")
            for mac, channel, at, refused_by in lost:
                keep_refused([(mac, channel)], refused_by=refused_by, at=at)
    return len(lost)


def lift(party_id: int, channels: Collection[Channel], *, since: dt.datetime | None) -> None:
    """Take back refusals of a party's addresses that were noted by mistake, at a moment or later."""
    party = standings([party_id])[party_id]
    for each, held in macs_of(channels, party).items():
        rows = Suppression.objects.filter(mac__in=held, channel=each.value)
        rows = rows if since is None else rows.filter(refused_at__gte=since)
        keys = [(bytes(mac), each) for mac in rows.values_list("mac", flat=True)]
        rows.delete()
        keeping.note_lifted(keys)


def _itself(row: Row) -> int:
    return int(row["id"])


def refusing(entity: str, party_of: Callable[[Row], int] = _itself) -> Action:
    """Give the step by which anybody who may read a record notes that its party refuses to be contacted."""

    def refuse_contact(*, actor: Actor, row: Row, refused_by: str, channels: Any, words: str | None) -> None:
        meant = [Channel(each) for each in channels or ()] or list(Channel)
        refuse(party_of(row), meant, refused_by=refused_by, words=words or "")

    return Action(
        f"{entity}.refuse_contact",
        pgettext_lazy("step", "Refuse contact"),
        refuse_contact,
        needs=READ,
        asks=(
            Choice("refused_by", _("How they refused"), options=choices.REFUSED_BY, required=True),
            Several(
                "channels",
                _("Channels that they refuse"),
                known=lambda: choices.CHANNELS,
                help=_("Left empty: all of them."),
            ),
            Text("words", pgettext_lazy("refusal", "What was said"), max_length=500),
        ),
        icon="ban",
        tone="danger",
        text=_(
            "Advertising and surveys stop at once, on every record with the same phone or e-mail. What "
            "serves a contract, or what law demands, still goes out."
        ),
        is_told=True,
    )
