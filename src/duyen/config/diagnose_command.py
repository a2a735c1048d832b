"""The words of `duyen diagnose`; what it does stands in the administration module, loaded when it runs."""

from __future__ import annotations

import argparse

from duyen.surfaces.cli.registry import Command, Registry


def add_diagnose_command(registry: Registry) -> None:
    """Offer `duyen diagnose`."""
    registry.add(
        Command(
            "diagnose",
            "Write a file without personal data that tells how the installation is.",
            "duyen.modules.administration.pages.diagnose_line:run",
            _arguments,
        )
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", default="", metavar="FILE", help="the file (else one named by the moment)"
    )
