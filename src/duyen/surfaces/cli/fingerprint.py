"""Tell whether anything changed in this checkout since a data folder was last made ready for it."""

from __future__ import annotations

import hashlib

from duyen.foundation.database.paths import CHECKOUT

PARTS = ("src", "requirements")


def checkout_fingerprint() -> str:
    """Return a digest over name, size and time of every source file; it costs some milliseconds."""
    digest = hashlib.sha256()
    for part in PARTS:
        for path in sorted((CHECKOUT / part).rglob("*")):
            if path.suffix in {".pyc", ".mo"} or path.is_dir():
                continue
            found = path.stat()
            digest.update(f"{path.relative_to(CHECKOUT)}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
