"""The words of `duyen user`; what it does stands in the administration module, loaded when it runs."""

from __future__ import annotations

import argparse

from duyen.surfaces.cli.registry import Command, Registry


def add_user_command(registry: Registry) -> None:
    """Offer `duyen user`."""
    registry.add(
        Command(
            "user",
            "List, make, lock and unlock users, and make password links.",
            "duyen.modules.administration.pages.command_line:run",
            _arguments,
        )
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    steps.add_parser("list", help="list everybody, with their positions")
    create = steps.add_parser("create", help="make a user and print the link for the first password")
    create.add_argument("email", metavar="EMAIL")
    create.add_argument("--name", required=True, help="the full name")
    create.add_argument("--unit", required=True, metavar="CODE", help="the unit of the first position")
    create.add_argument("--role", required=True, metavar="CODE", help="its role, such as SALES_REP")
    lock = steps.add_parser("lock", help="lock a user out of every door at once")
    lock.add_argument("email", metavar="EMAIL")
    lock.add_argument("--to", default="", metavar="EMAIL", help="who gets the records that the user owns")
    for name, words in (
        ("unlock", "let a locked user in again"),
        ("reset-link", "print a link that sets a password once, within 24 hours"),
        ("reset-factor", "take away the second factor of somebody who lost the phone"),
    ):
        steps.add_parser(name, help=words).add_argument("email", metavar="EMAIL")
    for step in steps.choices.values():
        # Also at the very end; absent, the one before the step stays.
        step.add_argument(
            "--as", dest="act_as", metavar="EMAIL", default=argparse.SUPPRESS, help="act as this user"
        )
