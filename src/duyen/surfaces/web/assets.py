"""Build the icon sprite, the font and our mark for home screens, and one file of a page's parts.

Third-party bytes are never committed, and a source keeps to one idea: what a page asks for is joined here.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from inspect import getsource
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from duyen.surfaces.web.device import icons
from duyen.surfaces.web.device.icons import ICONS, draw_icon

#: Where the built files stand below the static root.
SPRITE = "duyen/icons.svg"
FONT = "duyen/inter-vi.woff2"
#: What a page asks for as one file, and the sources that stand in it, in their order.
SCRIPTS = {
    "duyen/page.js": (
        "duyen/crm.js",
        "duyen/forms.js",
        "duyen/live.js",
        "duyen/files.js",
        "duyen/device.js",
        "duyen/composer.js",
        "duyen/returning.js",
    ),
    "duyen/home.js": ("duyen/drag.js", "duyen/home.js"),
    "duyen/list.js": ("duyen/grid.js", "duyen/columns.js", "duyen/focus.js"),
    "duyen/board.js": ("duyen/drag.js", "duyen/board.js"),
    "duyen/shapes.js": ("duyen/drag.js", "duyen/board.js", "duyen/calendar.js"),
    "duyen/calendar.js": ("duyen/drag.js", "duyen/calendar.js"),
    "duyen/entry.js": ("duyen/cells.js",),
}
#: The style sheet of every page, and the sources that stand in it, in their order.
SHEET = "duyen/page.css"
SHEETS = ("duyen/crm.css", "duyen/calendar.css", "duyen/home.css")
#: Where the sources stand.
STATIC = Path(__file__).parent / "static"

#: Latin and Vietnamese letters, combining marks (NFD names), đồng, dashes, quotes, arrows, minus.
UNICODES = (
    "U+0020-007E,U+00A0-00FF,U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,"
    "U+0300-0304,U+0306,U+0309,U+031B,U+0323,U+1EA0-1EF9,U+20AB,U+20AC,U+2010-2015,U+2018-201E,U+2022,"
    "U+2026,U+2032,U+2033,U+2190-2193,U+21B5,U+2212,U+2264,U+2265"
)
FEATURES = ["kern", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "calt"]

#: `icon("plus")` in templates and Python, `icon="building-2"` in declarations and macro calls.
NAMED_ICON = re.compile(
    r"""\b(?:draw(?=\()|icon)(?:\(\s*|\s*=\s*|"\s*:\s*)["']([a-z0-9]+(?:-[a-z0-9]+)*)["']"""
)
#: A fifth of what our sources would weigh. No text of a script holds two spaces and two strokes.
_COMMENT = re.compile(r"^\s*//.*$|\s{2,}// .*$")


@dataclass(frozen=True)
class Built:
    """What a build did with one file."""

    path: Path
    is_new: bool


def named_icons(folders: Iterable[Path]) -> set[str]:
    """Read the icon names that templates, declarations and guides use."""
    names: set[str] = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in {".py", ".html", ".toml"} and "tests" not in path.parts:
                names.update(NAMED_ICON.findall(path.read_text("utf-8")))
    return names


def _lucide() -> zipfile.ZipFile:
    return zipfile.ZipFile(str(files("lucide") / "lucide.zip"))


def unknown_icons(names: Iterable[str]) -> list[str]:
    """List the names that the icon set does not hold."""
    with _lucide() as icons:
        held = set(icons.namelist())
    return sorted(name for name in names if f"{name}.svg" not in held)


def sprite(names: Iterable[str]) -> str:
    """Draw the sprite: one symbol per icon, sorted by name."""
    symbols = []
    with _lucide() as icons:
        held = set(icons.namelist())
        for name in sorted(set(names)):
            if f"{name}.svg" not in held:
                continue
            drawing = re.search(r"<svg[^>]*>(.*)</svg>", icons.read(f"{name}.svg").decode(), re.DOTALL)
            inner = re.sub(r"\s*\n\s*", "", drawing[1]) if drawing else ""
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>"


def font() -> bytes:
    """Cut Inter down to our letters and the weights 400 to 700, as one variable woff2 file."""
    whole = TTFont(str(files("fontpkg_inter") / "files/Inter[opsz,wght].ttf"))
    options = subset.Options()
    options.layout_features = FEATURES
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(UNICODES))
    cutter.subset(whole)  # before the instancer: three times faster
    buffer = io.BytesIO()
    whole.save(buffer)
    buffer.seek(0)
    ours = instancer.instantiateVariableFont(TTFont(buffer), {"opsz": 14, "wght": (400, 700)})
    ours.flavor = "woff2"
    sink = io.BytesIO()
    ours.save(sink)
    return sink.getvalue()


def script(name: str) -> str:
    """Put the sources of one script together; names declared in one of them mean nothing in the others.

    The file is a module: there a block ends every declaration of the source that stands in it, functions too.
    """
    parts = [bare((STATIC / source).read_text("utf-8")) for source in SCRIPTS[name]]
    return "".join(f"{{\n{part}\n}}\n" for part in parts)


def bare(source: str) -> str:
    """Leave out what a browser does not read: whole lines of comment, comments after two spaces, indents."""
    lines = (_COMMENT.sub("", line).strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line)


#: What a browser needs of a style sheet as it stands (text in quotes), and what it does not.
_QUOTED = re.compile(r"""("[^"\n]*"|'[^'\n]*')""")
_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,])\s*")


def sheet() -> str:
    """Put the style sheets together, without remarks and without the gaps that only people read."""
    whole = "\n".join((STATIC / source).read_text("utf-8") for source in SHEETS)
    parts = _QUOTED.split(_REMARK.sub("", whole))
    # Every other part is a text in quotes: its gaps and commas are its own.
    parts[::2] = [_AROUND.sub(r"\1", re.sub(r"\s+", " ", part)) for part in parts[::2]]
    return "".join(parts).strip() + "\n"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _build(target: Path, digest: str, stamp: Path, make: Callable[[], bytes]) -> Built:
    """Write one file unless its inputs are those of the last build."""
    known: dict[str, str] = json.loads(stamp.read_text("utf-8")) if stamp.exists() else {}
    if target.exists() and known.get(target.name) == digest:
        return Built(target, is_new=False)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.new")
    draft.write_bytes(make())
    draft.replace(target)
    stamp.write_text(json.dumps({**known, target.name: digest}, indent=1, sort_keys=True), "utf-8")
    return Built(target, is_new=True)


def build_sprite(assets: Path, names: Iterable[str]) -> Built:
    """Write the icon sprite below `assets`, unless nothing changed."""
    wanted = sorted(set(names))
    digest = _digest(version("lucide"), *wanted)
    return _build(assets / SPRITE, digest, assets.parent / "assets.json", lambda: sprite(wanted).encode())


def build_font(assets: Path) -> Built:
    """Write the font file below `assets`, unless nothing changed (a build takes some seconds)."""
    digest = _digest(version("fontpkg-inter"), version("fonttools"), UNICODES, *FEATURES)
    return _build(assets / FONT, digest, assets.parent / "assets.json", font)


def build_icon(assets: Path, name: str) -> Built:
    """Draw one icon of `ICONS` for home screens."""
    side, is_full = ICONS[name]
    digest = _digest(getsource(icons), str(side), str(is_full))
    return _build(
        assets / name, digest, assets.parent / "assets.json", partial(draw_icon, side, is_full=is_full)
    )


def build_script(assets: Path, name: str) -> Built:
    """Write one script of `SCRIPTS` below `assets`, unless its sources are as they were."""
    made = script(name)
    return _build(assets / name, _digest(made), assets.parent / "assets.json", made.encode)


def build_sheet(assets: Path) -> Built:
    """Write the style sheet of every page below `assets`, unless its sources are as they were."""
    made = sheet()
    return _build(assets / SHEET, _digest(made), assets.parent / "assets.json", made.encode)
