"""Why a command is refused, where no lower band says it."""

from __future__ import annotations

from duyen.foundation.database.errors import DataFolderUnusable, Refused


class DemoOnCompany(Refused):
    """The demo was asked for in a folder that holds a company's own data."""

    code = "demo_on_company"
    sentence = (
        "%(folder)s holds a company's own data, and the demo would mix with it. "
        "Give the demo a folder of its own: ./run --demo --data DIR"
    )


class NoInstallation(DataFolderUnusable):
    """A command was given a folder that no start has filled yet."""

    code = "no_installation"
    sentence = "There is no Duyên in %(folder)s yet. Start one with ./run, or name its folder with --data."
