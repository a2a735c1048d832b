"""The keys that this installation signs and hashes with, read from the data folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

from duyen.foundation.database.paths import DataFolder


def secret_key(environ: Mapping[str, str] = os.environ) -> str:
    """Return the key that signs sessions and links."""
    return _key("secret_key", environ)


def hmac_key(environ: Mapping[str, str] = os.environ) -> str:
    """Return the key under which tokens and sensitive numbers are hashed."""
    return _key("hmac_key", environ)


def _key(name: str, environ: Mapping[str, str]) -> str:
    folder = DataFolder.locate(environ=environ)
    if not (folder.secrets / name).exists():
        # No installation yet (checks, message tools): nothing outlives this process, so neither need its key.
        return secrets.token_urlsafe(48)
    return folder.secret(name)
