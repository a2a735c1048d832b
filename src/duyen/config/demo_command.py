"""Where `duyen demo` is, and what may be written behind it."""

from __future__ import annotations

import argparse

from duyen.surfaces.cli.registry import Command, Registry


def add_demo_command(registry: Registry) -> None:
    """Offer the steps of the demo company."""
    told = "Show who signs in to the demo company, or take it out."
    registry.add(Command("demo", told, "duyen.demo.command:run", _arguments))


def _arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    steps.add_parser("show", help="print the sign-in names and the password")
    remove = steps.add_parser("remove", help="make a backup and remove everything that the demo brought")
    remove.add_argument("--confirm", metavar="NAME", default="", help="the name of the demo company")
