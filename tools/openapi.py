"""Write the description of the API as it follows from the declarations.

    .venv/bin/python tools/openapi.py     writes docs/reference/openapi.json

The file is kept in the repository so that a changed contract shows in review; a test compares it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "src"))


def main() -> None:
    """Write the snapshot."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duyen.config.settings")
    django.setup()

    from duyen.surfaces.api.snapshot import SNAPSHOT, described

    SNAPSHOT.parent.mkdir(parents=True, exist_ok=True)
    SNAPSHOT.write_text(described(), encoding="utf-8")


if __name__ == "__main__":
    main()
