"""Keep sensitive numbers: encrypted at rest, found again only whole, by a keyed digest.

Law 91/2025/QH15 and Decree 356/2025/NĐ-CP ask for encryption of identity numbers and bank data.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from duyen.foundation.database.secrets import hmac_key

_NONCE = 12


@lru_cache(maxsize=4)
def _key(purpose: str) -> bytes:
    return hmac.digest(hmac_key().encode(), purpose.encode(), hashlib.sha256)


def seal(text: str) -> bytes:
    """Encrypt `text` with the installation's key (AES-256-GCM, a fresh nonce in front)."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key("seal")).encrypt(nonce, text.encode(), None)


def unseal(sealed: bytes) -> str:
    """Decrypt what `seal` made. Raises cryptography's InvalidTag when the key is another one."""
    data = bytes(sealed)
    return AESGCM(_key("seal")).decrypt(data[:_NONCE], data[_NONCE:], None).decode()


def digest(text: str) -> bytes:
    """Give the keyed digest by which a whole number is found again."""
    return hmac.digest(_key("digest"), text.encode(), hashlib.sha256)
