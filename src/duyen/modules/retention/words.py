"""Words of the module."""

from __future__ import annotations

#: By whom the trail and the proofs say that it was done.
ACTOR = "Retention"
#: The kind of the background work of one night.
KIND = "retention.leads"
