"""The template environment: what every template may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from duyen.surfaces.web.assets import FONT, SCRIPTS, SHEET, SHEETS, SPRITE
from duyen.surfaces.web.charts import column_chart
from duyen.surfaces.web.filters import FILTERS, group_mark
from duyen.surfaces.web.guides.reading import Words, guides

#: What an iPhone puts on its home screen.
HOME_ICON = "duyen/icon-180.png"
_built: dict[str, str] = {}
#: By language and message: the sentence, and how it reads without variables.
_said: dict[str, dict[str, tuple[Markup, Markup]]] = {}


def built_url(path: str) -> str:
    """Return the address of a built asset, or an empty string when it was not built."""
    if path not in _built and (finders.find(path) or staticfiles_storage.exists(path)):
        try:
            _built[path] = staticfiles_storage.url(path)
        except ValueError:  # built after the static files were collected
            return ""
    return _built.get(path, "")


def scripts(name: str) -> list[str]:
    """List the addresses of a page's script: the one built file, or its sources where the build failed."""
    built = built_url(name)
    return [built] if built else [static(source) for source in SCRIPTS[name]]


def sheets() -> list[str]:
    """List the addresses of the style sheet: the one built file, or its sources where the build failed."""
    built = built_url(SHEET)
    return [built] if built else [static(source) for source in SHEETS]


def icon(name: str, *, small: bool = False) -> Markup:
    """Draw one icon; it is decoration, so the control around it carries the words."""
    return _drawn(name, built_url(SPRITE), small)


@lru_cache(maxsize=1024)
def _drawn(name: str, sprite: str, small: bool) -> Markup:
    use = Markup('<use href="{}#{}"/>').format(sprite, name) if sprite and name else Markup("")
    # Without quotes where HTML needs none: a page draws some eighty.
    kind = '"i i-14"' if small else "i"
    return Markup(f"<svg class={kind} aria-hidden=true>{use}</svg>")  # noqa: S704 - both parts are escaped


def attributes(values: Mapping[str, Any]) -> Markup:
    """Write HTML attributes with a leading space: None and False are left out, True is the bare name."""
    # Joined by hand: Markup.format takes four times as long, and a page writes hundreds of attributes.
    kept = [(name, value) for name, value in values.items() if value is not None and value is not False]
    parts = [f" {escape(name)}" + ("" if value is True else f'="{escape(value)}"') for name, value in kept]
    return Markup("".join(parts))  # noqa: S704


def hx(
    *,
    target: str,
    swap: str,
    get: str | None = None,
    post: str | None = None,
    push: bool | str | None = None,
    **more: str | None,
) -> dict[str, str]:
    """Return the htmx attributes of one element; target and swap are demanded, so nothing is inherited.

    Further words become `hx-` attributes: `hx(get=…, target=…, swap=…, trigger="intersect once")`.
    What htmx does by itself is not written: a page holds dozens of these, and has sixty kilobytes.
    Many elements alike stand within one that has `shared_hx`.
    """
    if bool(get) == bool(post):
        raise ValueError("an htmx element has exactly one of get and post")
    values: dict[str, str | None] = {"hx-get": get, "hx-post": post}
    if target != "this":
        values["hx-target"] = target
    if swap != "innerHTML":
        values["hx-swap"] = swap
    if push:
        values["hx-push-url"] = "true" if push is True else push
    values |= {f"hx-{name.replace('_', '-')}": value for name, value in more.items()}
    return {name: value for name, value in values.items() if value is not None}


def shared_hx(*, target: str, swap: str, push: bool = False) -> dict[str, str]:
    """Return what the htmx elements within one share; each of these then writes its `hx-get` alone."""
    values = {"hx-target": target, "hx-swap": swap, "hx-push-url": "true" if push else ""}
    shared = {name: value for name, value in values.items() if value}
    return {**shared, "hx-inherit": " ".join(shared)}


def describing(id: str, hint: object, error: object) -> dict[str, str]:
    """Return the attribute that ties a control to its error or hint."""
    if error:
        return {"aria-describedby": f"{id}-err"}
    return {"aria-describedby": f"{id}-hint"} if hint else {}


def described(id: str, hint: object, error: object) -> dict[str, str]:
    """Return the attributes that tie one input to its error or hint, and mark it when it is wrong."""
    return describing(id, hint, error) | ({"aria-invalid": "true"} if error else {})


def url(name: str, **parts: object) -> str:
    """Return the path of a named route."""
    return reverse(name, kwargs=parts)


def language() -> str:
    """Return the reader's language code, for the `lang` attribute."""
    return get_language() or settings.LANGUAGE_CODE


def said(message: str, /, **variables: object) -> Markup:
    """Say a sentence in the reader's language, with its variables escaped.

    Each is looked up and marked once for a language: a page says some two hundred.
    """
    words = _said.setdefault(get_language() or settings.LANGUAGE_CODE, {})
    known = words.get(message)
    if known is None:
        sentence = Markup(gettext(message))  # noqa: S704 - from our own catalogue
        known = words[message] = sentence, sentence % {} if "%(" not in sentence else sentence
    return known[0] % variables if variables else known[1]


def guide_words(name: str) -> Words:
    """Give what a guide says, for a page that shows it beside its own words."""
    return guides()[name].said


@dataclass(frozen=True)
class Language:
    """One language of the pages, named in itself."""

    code: str
    name: str


def other_languages() -> list[Language]:
    """List the languages that a reader could change to."""
    return [Language(code, str(name)) for code, name in settings.LANGUAGES if code != language()]


def environment(**options: Any) -> Environment:
    """Make the Jinja environment that Django's template backend asks for."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    # Any: the i18n extension adds its methods at run time.
    env: Any = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701  autoescape is set above
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    env.globals |= {
        "_": said,
        "gettext": said,
        "static": static,
        "scripts": scripts,
        "sheets": sheets,
        "url": url,
        "icon": icon,
        "draw": icon,  # the kit's own name for it: its macros take an argument called icon
        "describing": describing,
        "described": described,
        "group_mark": group_mark,
        "column_chart": column_chart,
        "hx": hx,
        "shared_hx": shared_hx,
        "get_messages": get_messages,
        "language": language,
        "guide_words": guide_words,
        "other_languages": other_languages,
        "font_url": lambda: built_url(FONT),
        "home_icon": lambda: built_url(HOME_ICON),
        "htmx_config": HTMX_CONFIG,
    }
    env.filters |= FILTERS
    env.filters["attrs"] = attributes
    return cast("Environment", env)


#: 422 brings a form with its errors; every other refusal raises an event that crm.js shows. No element takes
#: an attribute from around it. What was swapped in listens at once: no form of it is ever sent past htmx.
HTMX_CONFIG = (
    '{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,'
    '"disableInheritance":true,"defaultSettleDelay":0,'
    '"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},'
    '{"code":"[45]..","swap":false,"error":true}]}'
)
