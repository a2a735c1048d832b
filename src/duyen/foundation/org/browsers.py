"""Tell browser and system in plain words, from what a browser says of itself."""

from __future__ import annotations

from dataclasses import dataclass

#: The first mark that is found names it: most browsers also claim to be the ones they came from.
_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Zalo", "Zalo"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Browser:
    """The names of a browser and of its system; empty where they are not known."""

    name: str
    system: str

    @property
    def is_pocket(self) -> bool:
        """Tell whether it is likely a phone or a tablet."""
        return self.system in ("Android", "iPhone", "iPad")


def browser_of(words: str) -> Browser:
    """Read a User-Agent header."""
    return Browser(_named(words, _BROWSERS), _named(words, _SYSTEMS))


def _named(words: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in known if mark in words), "")
