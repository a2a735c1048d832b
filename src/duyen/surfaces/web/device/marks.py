"""The mark by which a browser tells one person's drafts from another's; it says nothing of who she is."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from duyen.foundation.org.models import User

_LENGTH = 16


def device_mark(request: HttpRequest) -> str:
    """Give the mark of whoever is signed in; nothing while she views as somebody."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or getattr(request, "look", None) is not None:
        return ""
    return salted_hmac("duyen.device", str(user.pk), algorithm="sha256").hexdigest()[:_LENGTH]
