"""Words that administration shows for what the engine gives every entity."""

from __future__ import annotations

from duyen.foundation.access.words import CHANGE, CREATE, DELETE, EXPORT, HAND_OVER, READ, SHARE
from duyen.kernel.words import mark

#: To be translated where they are shown: this file imports no Django.
VERB_LABELS: dict[str, str] = {
    READ: mark("See"),
    CREATE: mark("Create"),
    CHANGE: mark("Change"),
    DELETE: mark("Delete"),
    HAND_OVER: mark("Hand over"),
    SHARE: mark("Share"),
    EXPORT: mark("Export"),
}
