"""Read JSON strictly: only what can be kept and sent back unchanged."""

from __future__ import annotations

import json


class NotJson(ValueError):
    """The text is no JSON that we take."""


def read_json(body: bytes) -> object:
    """Read a body. Raises NotJson for no JSON, NaN, and letters that no database keeps."""
    try:
        text = body.decode("utf-8")
        found: object = json.loads(text, parse_constant=_refuse)
        # A lone half of a letter outside the base plane, or the sign 0, written as \\uXXXX.
        if "\\u" in text and not _is_clean(json.dumps(found, ensure_ascii=False)):
            raise NotJson
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    return found


def _refuse(constant: str) -> object:
    raise NotJson(constant)


def _is_clean(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text
