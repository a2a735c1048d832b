"""The lists of choices under the version of the definitions that the current piece of work has pinned."""

from __future__ import annotations

from collections.abc import Mapping

from duyen.foundation.choices.kept import KeptList, kept_lists
from duyen.foundation.fields.versions import DECLARED, pinned_version

#: So many versions are kept at once: that of now, and those under which work has begun.
_MOST_KEPT = 4
_NOTHING: Mapping[str, KeptList] = {}
_kept: dict[int, Mapping[str, KeptList]] = {}


def living_lists() -> Mapping[str, KeptList]:
    """Give what the company changed of its lists, by name; read once per version and process."""
    version = pinned_version()
    if version == DECLARED:
        return _NOTHING
    found = _kept.get(version)
    if found is None:
        found = kept_lists()
        for old in sorted(_kept)[: max(0, len(_kept) - _MOST_KEPT + 1)]:
            _kept.pop(old, None)
        _kept[version] = found
    return found
