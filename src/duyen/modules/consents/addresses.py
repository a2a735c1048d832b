"""Addresses and numbers as they are known without being kept: by a digest under the installation's key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from duyen.foundation.sensitive import digest
from duyen.kernel.phones import is_mobile
from duyen.modules.consents.words import BY_PHONE, Channel

#: Keeps these digests apart from those of other things.
_MARK = "contact:"
#: What stands for the one postal address of a party, which is no key to anybody.
POSTAL = ""


def mac_of(address: str) -> bytes:
    """Give the digest of a phone number in E.164 or of an e-mail address; capitals do not matter."""
    return digest(_MARK + address.strip().lower())


def addresses_by(channel: Channel, party: Mapping[str, Any]) -> list[str]:
    """List where a party is reached by a channel, from its `phones`, `emails` and `addresses`."""
    if channel is Channel.EMAIL:
        return list(party["emails"])
    if channel in BY_PHONE:
        return [each for each in party["phones"] if channel is Channel.CALL or is_mobile(each)]
    return [POSTAL] if party["addresses"] else []


def macs_of(channels: Collection[Channel], party: Mapping[str, Any]) -> dict[Channel, list[bytes]]:
    """Give by channel the digests of all addresses of a party, those too that this channel cannot reach.

    A postal address is written in many ways, so that letters are refused by the numbers and e-mails of
    whoever lives there, and by the record.
    """
    return {each: [mac_of(one) for one in _known_by(each, party)] for each in channels}


def _known_by(channel: Channel, party: Mapping[str, Any]) -> list[str]:
    if channel is Channel.EMAIL:
        return list(party["emails"])
    if channel in BY_PHONE:
        return list(party["phones"])
    return [*party["phones"], *party["emails"], f"party:{party['id']}"]
