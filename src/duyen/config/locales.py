"""Where the message catalogues lie: one per part of the product that speaks to people."""

from __future__ import annotations

from pathlib import Path

PRODUCT = Path(__file__).resolve().parent.parent

#: Packages that own one catalogue as a whole.
WHOLE = ("kernel", "entities", "config", "demo")
#: Packages whose direct sub-packages own one catalogue each.
SPLIT = ("foundation", "surfaces", "modules")


def message_homes() -> list[Path]:
    """List the package folders that may own a catalogue, sorted by name."""
    homes = [PRODUCT / name for name in WHOLE]
    for band in SPLIT:
        homes += [folder for folder in (PRODUCT / band).iterdir() if (folder / "__init__.py").is_file()]
    return sorted(home for home in homes if home.is_dir())


def locale_paths() -> list[Path]:
    """List the locale folders that exist, for `settings.LOCALE_PATHS`."""
    return [home / "locale" for home in message_homes() if (home / "locale").is_dir()]
