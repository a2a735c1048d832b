"""What went wrong with a try to tell a webhook, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.foundation.webhooks import addresses, rules, sending
from duyen.kernel.errors import DomainError

#: What can go wrong with a try, by its code: the log keeps the code and tells it in the reader's language.
_PROBLEMS: Mapping[str, type[DomainError]] = {
    each.code: each
    for each in (
        addresses.BadAddress,
        addresses.BadPort,
        addresses.NameUnknown,
        addresses.NotHttps,
        addresses.PrivateAddress,
        sending.HungUp,
        sending.NoAnswer,
        sending.NoConnection,
        sending.NoHttp,
        sending.NoTrust,
    )
}


def problem_of(tried: Mapping[str, Any]) -> str:
    """Say in the reader's language what went wrong with one try; nothing where an answer came."""
    problem = tried.get("problem")
    if problem:
        known = _PROBLEMS.get(problem["code"])
        return str(known(**problem["params"])) if known else str(problem["code"])
    status = int(tried["status"])
    if 300 <= status < 400:
        told = _(
            "It answered %(status)s and names another address. Redirects are not followed: give that one."
        )
        return str(told) % {"status": status}
    return "" if rules.is_success(status) else str(_("It answered %(status)s.")) % {"status": status}
