"""Where the API stands."""

from __future__ import annotations

ADDRESS = "/api/v1/"
