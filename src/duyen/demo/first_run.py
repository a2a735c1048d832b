"""What a start asks about an installation: whose data it is, and who can sign in to the demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from duyen.demo import loading, organisation
from duyen.foundation.org.queries import has_users
from duyen.foundation.settings.company import setting
from duyen.surfaces.cli.registry import SignIn


def state() -> str:
    """Tell whose data this is: "empty", "demo" or "company"."""
    if not has_users():
        return "empty"
    return "demo" if setting("installation.demo") else "company"


def load_demo(*, password: str, say: Callable[[str], None]) -> None:
    """Fill an empty installation with the demo company."""
    loading.load(password=password, say=say)


def demo_sign_ins() -> Sequence[SignIn]:
    """List who can sign in to the demo, the director first: one for each role, and some to compare with."""
    return [
        SignIn(each.name, each.email, f"{each.job_title} ({each.unit})")
        for each in organisation.users()
        if each.is_told
    ]
