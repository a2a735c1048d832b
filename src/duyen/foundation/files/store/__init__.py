"""Where contents lie: in the data folder or in a bucket. See docs/decisions/files-lie-by-random-keys.md."""

from __future__ import annotations

from duyen.foundation.files.store.choosing import new_key, store_at, store_for_new
from duyen.foundation.files.store.declared import Missing, Store, Unreachable

__all__ = ["Missing", "Store", "Unreachable", "new_key", "store_at", "store_for_new"]
