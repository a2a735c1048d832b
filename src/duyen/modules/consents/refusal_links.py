"""The link by which somebody refuses advertising: it carries the signed digest of her address.

Nobody makes one without the installation's key, and a digest that was not signed opens nothing: addresses
cannot be tried out by it.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

from duyen.foundation.sensitive import digest
from duyen.foundation.settings.company import setting
from duyen.modules.consents.addresses import mac_of

#: Where the page stands that everybody may open.
PATH = "/refuse/"
_MARK = "refusal link:"
_MAC, _SIGNED = 32, 16


def refusal_url(address: str) -> str:
    """Give the link of an e-mail address; nothing where the company has no public address yet."""
    house = str(setting("company.public_url")).rstrip("/")
    return f"{house}{PATH}{token_of(address)}" if house else ""


def token_of(address: str) -> str:
    """Give what a link carries: the same one for the same address."""
    mac = mac_of(address)
    return urlsafe_b64encode(mac + _signature(mac)).decode().rstrip("=")


def mac_in(token: str) -> bytes | None:
    """Give the digest that a link carries; nothing where we did not make it."""
    try:
        held = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    mac, signature = held[:_MAC], held[_MAC:]
    is_ours = len(held) == _MAC + _SIGNED and hmac.compare_digest(signature, _signature(mac))
    return mac if is_ours else None


def _signature(mac: bytes) -> bytes:
    return digest(_MARK + mac.hex())[:_SIGNED]
