"""Check templates, style sheets and scripts against the rules of the page kit.

    tools/lint_templates.py

Templates compile, name only macros and arguments that exist, hold no decision, no inline script and no
inline style beyond values of one letter (`--v`, `--h`) and widths; every htmx element says where its answer
goes; colours stand in the tokens layer; scripts never evaluate text. djLint's Jinja rules run over the same
files.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "src"
sys.path.insert(0, str(SOURCES))

from jinja2 import Environment, FileSystemLoader, TemplateError, nodes  # noqa: E402

from duyen.surfaces.web.jinja import environment  # noqa: E402

PRODUCT = SOURCES / "duyen"
Fault = tuple[Path, int, str]

#: What no line of a template may hold, and the words for it.
FORBIDDEN = (
    (re.compile(r"<script(?![^>]*\bsrc=)", re.I), "inline script"),
    (re.compile(r"\bhx-on\b|hx-on:"), "hx-on needs eval"),
    (re.compile(r"""\son[a-z]+\s*=\s*["']""", re.I), "inline event handler"),
    (re.compile(r"""["'](?:js|javascript):""", re.I), "script in an attribute"),
    (re.compile(r"""hx-trigger\s*=\s*["'][^"']*\["""), "a trigger filter needs eval"),
    (re.compile(r"\|\s*safe\b"), "|safe: build markup with Markup, or with a set block"),
)
STYLE = re.compile(r"""\sstyle\s*=\s*"([^"]*)\"""")
ALLOWED_STYLE = re.compile(r"(?:(?:--[a-z]|width):[^;:]+(?:;|$))+")
TAG = re.compile(r"<[a-z][^<>]*?\shx-(?:get|post)\s*=[^<>]*>", re.I | re.S)
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
UNSAFE_SCRIPT = re.compile(r"\beval\(|new Function\(|\.innerHTML\s*=|insertAdjacentHTML|document\.write")


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def template_folders() -> list[Path]:
    """List every template folder of the product."""
    return sorted(folder for folder in PRODUCT.rglob("templates") if folder.is_dir())


def faults_of_text(path: Path, text: str) -> Iterator[Fault]:
    """Find what a pattern can find."""
    for pattern, words in FORBIDDEN:
        for found in pattern.finditer(text):
            yield path, line_of(text, found.start()), words
    for found in STYLE.finditer(text):
        if not ALLOWED_STYLE.fullmatch(found[1].strip().rstrip(";")):
            yield path, line_of(text, found.start()), "inline style: only values such as --v, and width"
    for found in TAG.finditer(text):
        missing = [name for name in ("hx-target", "hx-swap") if name not in found[0]]
        if missing:
            yield path, line_of(text, found.start()), f"an htmx element without {' and '.join(missing)}"


def faults_of_logic(path: Path, tree: nodes.Template) -> Iterator[Fault]:
    """Find comparisons with a literal: the view decides, the template draws."""
    for compare in tree.find_all(nodes.Compare):
        sides = [compare.expr, *(operand.expr for operand in compare.ops)]
        if any(isinstance(side, nodes.Const) for side in sides):
            yield path, compare.lineno, "comparison with a literal"


def macros_of(env: Environment, name: str) -> dict[str, nodes.Macro]:
    """Read the macros that one file offers."""
    source, _file, _fresh = env.loader.get_source(env, name) if env.loader else ("", None, None)
    return {macro.name: macro for macro in env.parse(source, name).find_all(nodes.Macro)}


def faults_of_calls(env: Environment, path: Path, tree: nodes.Template) -> Iterator[Fault]:
    """Find calls of macros or arguments that do not exist."""
    offered = {
        imported.target: macros_of(env, imported.template.value)
        for imported in tree.find_all(nodes.Import)
        if isinstance(imported.template, nodes.Const)
    }
    for call in tree.find_all(nodes.Call):
        target = call.node
        if not isinstance(target, nodes.Getattr) or not isinstance(target.node, nodes.Name):
            continue
        macros = offered.get(target.node.name)
        if macros is None:
            continue
        macro = macros.get(target.attr)
        if macro is None:
            yield path, call.lineno, f"no macro {target.node.name}.{target.attr}"
            continue
        known = {argument.name for argument in macro.args}
        takes_any = any(name.name == "kwargs" for name in macro.find_all(nodes.Name))
        for given in call.kwargs:
            if given.key not in known and not takes_any:
                yield path, call.lineno, f"{target.node.name}.{target.attr} has no argument {given.key}"


def faults_of_templates(folders: list[Path]) -> Iterator[Fault]:
    """Compile and check every template."""
    env = environment(loader=FileSystemLoader(folders))
    for folder in folders:
        for path in sorted(folder.rglob("*.html")):
            text = path.read_text("utf-8")
            yield from faults_of_text(path, text)
            try:
                env.get_template(path.relative_to(folder).as_posix())
                tree = env.parse(text, path.name)
                yield from faults_of_logic(path, tree)
                yield from faults_of_calls(env, path, tree)
            except TemplateError as problem:
                yield path, getattr(problem, "lineno", None) or 1, f"does not compile: {problem}"


def faults_of_styles() -> Iterator[Fault]:
    """Find colours that are not tokens."""
    for path in sorted(PRODUCT.rglob("static/**/*.css")):
        in_tokens = False
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("@layer"):
                in_tokens = line.startswith("@layer tokens")
            if not in_tokens and HEX.search(line):
                yield path, number, "a colour outside the tokens layer"


def faults_of_scripts() -> Iterator[Fault]:
    """Find scripts that turn text into code or markup."""
    for path in sorted(PRODUCT.rglob("static/**/*.js")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if UNSAFE_SCRIPT.search(line):
                yield path, number, "turns text into code or markup"


def main() -> int:
    folders = template_folders()
    found = [*faults_of_templates(folders), *faults_of_styles(), *faults_of_scripts()]
    for path, line, words in found:
        sys.stderr.write(f"{path.relative_to(SOURCES.parent)}:{line}: {words}\n")
    command = [sys.executable, "-m", "djlint", *map(str, folders), "--lint", "--quiet", "--profile", "jinja"]
    djlint = subprocess.run(command, cwd=SOURCES.parent, check=False)  # noqa: S603  our own arguments
    sys.stdout.write(f"templates: {len(found)} faults\n")
    return int(bool(found) or djlint.returncode)


if __name__ == "__main__":
    raise SystemExit(main())
