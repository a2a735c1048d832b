"""What a form sent, told apart from what another one sent under the same key."""

from __future__ import annotations

import hashlib

from duyen.surfaces.web.middleware import ActorRequest


def fingerprint(request: ActorRequest, about: str) -> str:
    """Give a digest of all that was sent, but its token, and what it was sent about."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return hashlib.sha256(repr((about, sent)).encode()).hexdigest()
