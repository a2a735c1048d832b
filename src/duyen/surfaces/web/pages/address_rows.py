"""How addresses stand in a form: the house, the hamlet, and one field that finds the ward by typing.

What stood there before goes along unseen, so that an address nobody touched stays as it was, with all that
was ever entered. Without a script the one field takes «Phường Lê Chân, Hải Phòng», and old names as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _

from duyen.entities.fields import Field
from duyen.entities.fields.places import candidates_of, show_place
from duyen.foundation.access.actor import Actor
from duyen.kernel.places import REASONS, divide_place, old_ward_of
from duyen.kernel.text import clean
from duyen.surfaces.web.pages.addresses import places_url

Row = dict[str, Any]
_SALT = "duyen.addresses"
_PARTS = ("label", "line", "hamlet", "place", "place_text", "kept")


def from_value(_field: Field, value: Any, _place: object) -> list[Row]:
    """Give the rows of a form from clean addresses."""
    return [_row(dict(each)) for each in value or ()]


def _row(kept: Row) -> Row:
    return {
        "label": kept.get("label", ""),
        "line": kept.get("line", ""),
        "hamlet": kept.get("hamlet", ""),
        "place": kept.get("ward_code", ""),
        "place_text": show_place(kept),
        "kept": signing.dumps(kept, salt=_SALT),
    }


def from_post(field: Field, post: QueryDict) -> list[Row]:
    """Give the rows that a browser sent; emptied ones go."""
    columns = {part: post.getlist(f"{field.name}_{part}") for part in _PARTS}
    count = max((len(values) for values in columns.values()), default=0)
    rows = [
        {part: values[at] if at < len(values) else "" for part, values in columns.items()}
        for at in range(count)
    ]
    cleaned = [{**row, **{part: clean(row[part]) for part in _PARTS if part != "kept"}} for row in rows]
    return [row for row in cleaned if row["line"] or row["hamlet"] or row["place_text"]]


def to_raw(_field: Field, typed: list[Row], _actor: Actor) -> object:
    """Give what the field reads."""
    return [_raw(row) for row in typed]


def _raw(row: Row) -> Row:
    kept = _kept(row)
    house = {part: row[part] for part in ("label", "line", "hamlet")}
    if kept and row["place_text"] == show_place(kept) and row["place"] in ("", kept.get("ward_code", "")):
        return {**kept, **house}
    if row["place"]:
        code, _dash, old = row["place"].partition("-")
        return {**house, "ward_code": code, "legacy": _legacy(kept, code, old)}
    ward, district, province = divide_place(row["place_text"])
    return {**house, "ward": ward, "district": district, "province": province}


def _kept(row: Row) -> Row:
    """Read what stood there before; what no form of ours sent counts as nothing."""
    try:
        kept: Row = signing.loads(row["kept"], salt=_SALT)
    except signing.BadSignature:
        return {}
    return kept


def _legacy(kept: Row, code: str, old_code: str) -> Mapping[str, str]:
    """Keep what was entered where the chosen ward is one that it may mean; else take the old name chosen."""
    if kept.get("legacy") and code in [each.code for each in candidates_of(kept)[1]]:
        return dict(kept["legacy"])
    old = old_ward_of(old_code)
    if old is None:
        return {}
    return {"ward": old.name, "district": old.district.name, "province": old.district.province}


def draw(_field: Field, typed: list[Row], _place: object) -> tuple[str, dict[str, Any]]:
    """Give the kit's macro and its arguments."""
    return "addresses", {"rows": [{**row, "hint": _hint(row)} for row in typed], "search_url": places_url()}


def _hint(row: Row) -> str:
    """Say why an address waits for somebody, and among which wards to choose."""
    kept = _kept(row)
    if kept.get("status") not in ("needs_review", "unknown") or row["place_text"] != show_place(kept):
        return ""
    read, wards = candidates_of(kept)
    reason = str(_(REASONS[read.reason])) if read.reason in REASONS else ""
    names = ", ".join(ward.name for ward in wards[:4])
    return f"{reason} {names}".strip()


WAYS = (from_value, from_post, to_raw, draw)
