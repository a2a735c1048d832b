"""The commands of the house itself: go to a page, create a record, what concerns the reader."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from duyen.entities.merging.hangings import may_merge_some
from duyen.entities.views.reading import named_views
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, EXPORT
from duyen.kernel.telex import fold_telex
from duyen.surfaces.web.accounts.own_pages import KEYS, OWN_PAGES
from duyen.surfaces.web.commands import Command, commands_of, fitting, offer_commands
from duyen.surfaces.web.context import creatable, readable
from duyen.surfaces.web.guides.around import HELP, NEWS
from duyen.surfaces.web.jinja import hx, other_languages
from duyen.surfaces.web.pages.addresses import HOME, import_url, list_url, merge_url
from duyen.surfaces.web.pages.kept_views import view_url
from duyen.surfaces.web.shell import own_pages


def create_commands(actor: Actor) -> Iterator[Command]:
    """Create whatever the actor may create."""
    for each in creatable(actor):
        label = _("Create: %(what)s") % {"what": str(each.label).lower()}
        keys = ("C", each.key.upper()) if each.key else ()
        yield Command(label, icon="plus", url=each.url, keys=keys, also=_("new add"))


def go_commands(actor: Actor) -> Iterator[Command]:
    """Go to the start page, to every list, and to the modules' own pages."""
    yield Command(_("Go to: %(what)s") % {"what": _("Today")}, icon="house", url=HOME, keys=("G", "H"))
    for each in readable(actor):
        keys = ("G", each.key.upper()) if each.key else ()
        yield Command(_("Go to: %(what)s") % {"what": each.labels}, each.icon, list_url(each), keys)
    for own in own_pages(actor):
        yield Command(_("Go to: %(what)s") % {"what": own.label}, own.icon, own.url, also=own.group)


def view_commands(actor: Actor) -> Iterator[Command]:
    """Go to the views that the actor finds on her lists."""
    known = {each.name: each for each in readable(actor)}
    for name, view_id, title in named_views(actor):
        if entity := known.get(name):
            what = f"{entity.labels} · {title}"
            yield Command(
                _("Go to: %(what)s") % {"what": what}, icon="list-filter", url=view_url(entity, view_id)
            )


def list_commands(actor: Actor) -> Iterator[Command]:
    """What is done with a whole list: bring a file in, carry it out, merge two of it, arrange its views."""
    for each in readable(actor):
        what = {"what": str(each.labels).lower()}
        if actor.may(each.name, CREATE):
            label = _("Import from a file: %(what)s") % what
            yield Command(label, "upload", import_url(each), also=_("bring in excel csv"))
        if actor.may(each.name, EXPORT):
            label = _("Export to a file: %(what)s") % what
            yield Command(label, "download", f"{list_url(each)}/export", also=_("excel csv"))
        if may_merge_some(each, actor):
            yield Command(_("Merge: %(what)s") % what, "combine", merge_url(each), also=_("duplicates twice"))
        yield Command(
            _("Views of: %(what)s") % what, "list-filter", f"{list_url(each)}/views", also=_("kept filter")
        )


def own_commands(_actor: Actor) -> Iterator[Command]:
    """What concerns the reader alone: her profile, how pages look, keys, the way out."""
    for url, page in OWN_PAGES[:-1]:
        to = _("Go to: %(what)s") % {"what": page}
        yield Command(to, icon="user", url=url, also=_("your profile password devices"))
    yield Command(_("All guides"), icon="book-open", url=HELP, also=_("help manual how to"))
    yield Command(_("What is new"), icon="sparkles", url=NEWS, also=_("version upgrade changes"))
    yield Command(
        _("Keyboard shortcuts"), icon="keyboard", keys=("?",), also=_("help keys"),
        attrs=hx(get=KEYS, target="#dlg", swap="innerHTML"),
    )  # fmt: skip
    for value, icon, label in (
        ("", "monitor", _("As the device")),
        ("light", "sun", _("Light")),
        ("dark", "moon", _("Dark")),
    ):
        said = _("Theme: %(what)s") % {"what": label}
        yield _look(said, icon=icon, preference="theme", value=value, also=_("colour appearance"))
    for value, label in (("compact", _("Tight")), ("", _("Normal")), ("comfortable", _("Wide"))):
        said = _("Spacing of lists: %(what)s") % {"what": label}
        yield _look(said, icon="rows-3", preference="density", value=value, also=_("density rows"))
    for each in other_languages():
        yield Command(
            _("Language: %(what)s") % {"what": each.name}, icon="languages", url="/profile/language",
            also="language ngon ngu", is_write=True, sends=("language", each.code),
        )  # fmt: skip
    yield Command(_("Sign out"), icon="log-out", url="/logout", also=_("leave exit"), is_write=True)


def _look(label: str, *, icon: str, preference: str, value: str, also: str) -> Command:
    return Command(
        label, icon, also=also, attrs={"data-preference": preference, "data-value": value, "data-close": ""}
    )


for provider in (create_commands, go_commands, view_commands, list_commands, own_commands):
    offer_commands(provider)


def fitting_commands(words: str, actor: Actor) -> list[Command]:
    """List the commands that fit the words; where none does, as if a typing tool had been switched on."""
    known = commands_of(actor)
    return fitting(known, words) or fitting(known, fold_telex(words))
