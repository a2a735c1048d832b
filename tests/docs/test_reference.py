"""The reference that is made from the declarations."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from duyen.entities.registry import all_entities
from duyen.foundation.settings.declaring import all_settings

TOOL = Path(__file__).resolve().parents[2] / "tools" / "reference.py"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tools_reference", TOOL)
    if spec is None or spec.loader is None:
        raise ImportError(TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_is_as_fresh_as_the_declarations() -> None:
    tool = _tool()

    for name, text in tool.pages().items():
        kept = (tool.FOLDER / name).read_text(encoding="utf-8")
        assert kept == text.rstrip("\n") + "\n", f"{name} is stale. Renew it: {tool.RENEW}"


def test_names_every_entity_and_setting() -> None:

    pages = _tool().pages()

    assert all(f"(`{entity.name}`)" in pages["entities.md"] for entity in all_entities())
    assert all(f"`{key}`" in pages["settings.md"] for key in all_settings())
