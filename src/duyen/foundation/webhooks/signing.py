"""Sign what is sent, as Standard Webhooks wants it, so that receivers can use the libraries they know.

See https://github.com/standard-webhooks/standard-webhooks: `webhook-id`, `webhook-timestamp` (seconds since
1970) and `webhook-signature`, one or more `v1,BASE64` of HMAC-SHA256 over «id.timestamp.body», divided by
spaces: one for each secret that is valid, so that a receiver can change over.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence

MARK = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Make a secret of 256 bits in the form that libraries take."""
    return MARK + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(message_id: str, at: dt.datetime, body: bytes, *, keys: Sequence[str]) -> dict[str, str]:
    """Give the headers by which a receiver knows who sent this, and when."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    signatures = [f"v1,{_sign(signed, key)}" for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _sign(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(MARK))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
