"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

HASH_LENGTH = 8


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Serves hashed names where they were built, and plain ones where a build failed: pages still work."""

    manifest_strict = False

    def file_hash(self, name: str, content: object = None) -> str | None:
        """Shorten the hash to `HASH_LENGTH` digits: a page names some hundred and sixty files and icons."""
        found = super().file_hash(name, content)
        return None if found is None else str(found)[:HASH_LENGTH]

    def hashed_name(self, name: str, content: object = None, filename: str | None = None) -> str:
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name  # never collected: an optional file whose build failed, or a test that built nothing
