"""Keep the message catalogues in step with the sources.

    tools/messages.py update [PART ...]   add new msgids, drop unused ones, keep translations
    tools/messages.py compile             write the .mo files (never committed)
    tools/messages.py check [PART ...]    fail on anything missing, stale, fuzzy or ill-matched

A PART is a folder below src/duyen, such as `surfaces/web` or `modules/parties`; without one, all.
Catalogues hold no line numbers and no dates, and are sorted: they change only when words change.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

SOURCES = Path(__file__).resolve().parent.parent / "src"
sys.path.insert(0, str(SOURCES))

from duyen.config.locales import PRODUCT, locale_paths, message_homes  # noqa: E402
from duyen.surfaces.web.catalogues import compile_outdated  # noqa: E402

LOCALE = "vi"
HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Language: vi\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
#: Babel's own keywords, Django's lazy ones, and `mark` for the parts that import no Django.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "mark": None,
    "_n": (1, 2),
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATE_OPTIONS = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml", ".js"}
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str, str]


def tell(line: str, *, error: bool = False) -> None:
    """Write one line for the person at the terminal."""
    (sys.stderr if error else sys.stdout).write(line + "\n")


def forms(message: Message) -> tuple[str, ...]:
    """Return the source forms: one, or singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations(message: Message) -> tuple[str, ...]:
    """Return the translated forms; Vietnamese has one."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def key_of(message: Message) -> Key:
    return (message.context or "", forms(message)[0])


def name_of(home: Path) -> str:
    return home.relative_to(PRODUCT).as_posix()


def catalogue_path(home: Path) -> Path:
    return home / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def source_files(home: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file that may hold sentences, with the extractor that reads it."""
    for path in sorted(home.rglob("*")):
        parts = path.relative_to(home).parts
        if "tests" in parts or "migrations" in parts or not path.is_file():
            continue
        if path.suffix == ".py":
            yield path, "python"
        elif "templates" in parts and path.suffix in TEMPLATE_SUFFIXES:
            yield path, "jinja2.ext:babel_extract"


def used_messages(home: Path) -> dict[Key, Message]:
    """Read every sentence that the sources of one part name."""
    catalogue = Catalog(locale=LOCALE)
    for path, method in source_files(home):
        options = {} if method == "python" else TEMPLATE_OPTIONS
        source = io.BytesIO(path.read_bytes())
        for _line, text, _comments, context in extract(method, source, KEYWORDS, (), options):
            catalogue.add(text, context=context)
    return {key_of(message): message for message in catalogue if message.id}


def kept_messages(home: Path) -> dict[Key, Message]:
    """Read the catalogue of one part; a part without one has no sentences."""
    path = catalogue_path(home)
    if not path.exists():
        return {}
    with path.open("rb") as source:
        return {key_of(message): message for message in read_po(source, locale=LOCALE) if message.id}


def rendered(used: dict[Key, Message], kept: dict[Key, Message]) -> bytes:
    """Write the catalogue of the used sentences, with the translations known so far."""
    catalogue = Catalog(locale=LOCALE)
    for key, message in used.items():
        known = kept.get(key)
        string = translations(known) if known else ("",)
        fuzzy = known is not None and known.fuzzy
        catalogue.add(
            message.id,
            string if message.pluralizable else string[0],
            context=message.context,
            flags=("fuzzy",) if fuzzy else (),
        )
    sink = io.BytesIO()
    write_po(sink, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    return HEADER.encode() + sink.getvalue().strip() + b"\n"


def update(homes: list[Path]) -> int:
    """Bring the catalogues in step with the sources."""
    for home in homes:
        used, path = used_messages(home), catalogue_path(home)
        if not used:
            path.unlink(missing_ok=True)
            continue
        text = rendered(used, kept_messages(home))
        if path.exists() and path.read_bytes() == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        missing = sum(not any(translations(m)) for m in kept_messages(home).values())
        tell(f"{name_of(home)}: {len(used)} sentences, {missing} without translation")
    return 0


def placeholders(text: str) -> list[str]:
    return sorted({found for found in PLACEHOLDER.findall(text) if found != "%%"})


def faults(home: Path) -> Iterator[str]:
    """Name each thing that is wrong with one catalogue."""
    used, kept = used_messages(home), kept_messages(home)
    for key, message in used.items():
        known = kept.get(key)
        if known is None:
            yield f"missing (run update): {key[1]!r}"
        elif not all(translations(known)):
            yield f"untranslated: {key[1]!r}"
        elif known.fuzzy:
            yield f"fuzzy: {key[1]!r}"
        elif placeholders(translations(known)[0]) != placeholders(forms(message)[-1]):
            yield f"placeholders differ: {key[1]!r} → {translations(known)[0]!r}"
    for key in kept.keys() - used.keys():
        yield f"stale (run update): {key[1]!r}"


def contradictions(homes: list[Path]) -> Iterator[str]:
    """Name each sentence that two parts translate differently: one of them would win everywhere."""
    first: dict[Key, tuple[str, str]] = {}
    for home in homes:
        for key, message in kept_messages(home).items():
            words = translations(message)[0]
            owner, earlier = first.setdefault(key, (name_of(home), words))
            if words and earlier and words != earlier:
                yield f"{key[1]!r} is {earlier!r} in {owner} but {words!r} in {name_of(home)} (use pgettext)"


def check(homes: list[Path]) -> int:
    """Fail when a sentence has no good translation."""
    found = [f"{name_of(home)}: {fault}" for home in homes for fault in faults(home)]
    found += contradictions(message_homes())
    for line in found:
        tell(line, error=True)
    tell(f"messages: {len(found)} faults in {len(homes)} parts")
    return int(bool(found))


def compile_all(_homes: list[Path]) -> int:
    """Write the compiled catalogues that are out of date."""
    tell(f"messages: {len(compile_outdated(locale_paths()))} catalogues compiled")
    return 0


def chosen(parts: list[str]) -> list[Path]:
    """Find the parts named on the command line."""
    homes = {name_of(home): home for home in message_homes()}
    unknown = [part for part in parts if part.strip("/") not in homes]
    if unknown:
        raise SystemExit(f"no such part: {', '.join(unknown)}; known: {', '.join(homes)}")
    return [homes[part.strip("/")] for part in parts] or list(homes.values())


def main() -> int:
    parser = argparse.ArgumentParser(description="Keep the message catalogues in step with the sources.")
    parser.add_argument("task", choices=["update", "compile", "check"])
    parser.add_argument("parts", nargs="*", metavar="PART")
    arguments = parser.parse_args()
    tasks = {"update": update, "compile": compile_all, "check": check}
    return tasks[cast("str", arguments.task)](chosen(arguments.parts))


if __name__ == "__main__":
    raise SystemExit(main())
