"""Read who works here and where."""

from __future__ import annotations

from duyen.foundation.org.models import User


def has_users() -> bool:
    """Tell whether anybody can sign in yet."""
    return User.objects.exists()
