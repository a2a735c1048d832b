"""Answer htmx with one named part of a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist, loader
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.utils.cache import patch_vary_headers

DERIVED = "derived"


@cache
def template_of(entity: str, page: str) -> str:
    """Give an entity's own template of a derived page (`customers/list.html`), or the derived one.

    An own template extends the derived one and fills only the blocks that differ.
    """
    own = f"{entity}/{page}"
    try:
        loader.get_template(own)
    except TemplateDoesNotExist:
        return f"{DERIVED}/{page}"
    return own


def render_block(request: HttpRequest, template: str, block: str, context: Mapping[str, Any]) -> str:
    """Render one block of a template with what the whole page would have been given.

    A block that is rendered alone imports the macros it uses inside itself: the top of its file does not run.
    """
    found: Any = _holding(template, block)
    values = {
        **context,
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in found.backend.template_context_processors:
        values |= processor(request)
    page = found.template
    return "".join(page.blocks[block](page.new_context(values)))


def _holding(template: str, block: str) -> Any:
    """Find the template that fills a block: the one named, or the derived one that it extends."""
    found: Any = loader.get_template(template)
    if block in found.template.blocks:
        return found
    return loader.get_template(f"{DERIVED}/{template.rpartition('/')[2]}")


def page_or_block(
    request: HttpRequest, template: str, block: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with the whole page, or with one block of it when htmx asks; the address is the same."""
    if getattr(request, "htmx", False) and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        response = HttpResponse(render_block(request, template, block, context), status=status)
    else:
        response = render(request, template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
