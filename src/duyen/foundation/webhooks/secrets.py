"""The secrets of a webhook: one is valid, and for a day beside a new one also the one before it."""

from __future__ import annotations

import datetime as dt

from duyen.foundation.sensitive import seal, unseal
from duyen.foundation.webhooks.models import Webhook
from duyen.foundation.webhooks.signing import new_secret
from duyen.kernel.clock import now

#: So long the secret before is valid beside the new one, so that a receiver can change over in peace.
OVERLAP = dt.timedelta(hours=24)


def give_secret(webhook_id: int) -> tuple[str, dict[str, object]]:
    """Make a new secret; gives it in clear, this once, and the columns that keep it."""
    kept = Webhook.objects.get(pk=webhook_id)
    secret = new_secret()
    columns: dict[str, object] = {"sealed": seal(secret)}
    if kept.sealed is not None:
        columns |= {"sealed_before": kept.sealed, "before_until": now() + OVERLAP}
    return secret, columns


def keys_of(webhook: Webhook) -> list[str]:
    """List the secrets that are valid now, the newest first."""
    sealed = [webhook.sealed]
    if webhook.before_until is not None and webhook.before_until > now():
        sealed.append(webhook.sealed_before)
    return [unseal(bytes(each)) for each in sealed if each is not None]
