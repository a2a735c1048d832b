"""The description of the API as a file that people review."""

from __future__ import annotations

import json
from pathlib import Path

from duyen.surfaces.api.api import api

SNAPSHOT = Path(__file__).resolve().parents[4] / "docs" / "reference" / "openapi.json"
RENEW = ".venv/bin/python tools/openapi.py"


def described() -> str:
    """Give the description as text: sorted, so that it changes only where the API does."""
    schema = json.loads(json.dumps(api().get_openapi_schema()))
    # The version of the product says nothing about the contract.
    schema["info"]["version"] = "1"
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
