"""The commands that come with the house itself."""

from __future__ import annotations

import argparse

from duyen.surfaces.cli.registry import Command, Needs, Registry

_COMMANDS = "duyen.surfaces.cli.commands"


def add_builtin_commands(registry: Registry) -> None:
    """Offer start, worker, migration, backup, restore, import, token and check."""
    registry.add(
        Command(
            "serve",
            "Start the database, the pages and the worker, and keep them running.",
            f"{_COMMANDS}.serve:run",
            _serve_arguments,
            Needs.FOLDER,
        )
    )
    registry.add(
        Command(
            "prepare",
            "Migrate, build the assets and fill the demo; tells the result as JSON.",
            f"{_COMMANDS}.prepare:run",
            _prepare_arguments,
            Needs.FOLDER,
            is_hidden=True,
        )
    )
    registry.add(Command("worker", "Work on background jobs until stopped.", f"{_COMMANDS}.worker:run"))
    registry.add(
        Command(
            "migrate",
            "Bring the tables to what this version expects.",
            f"{_COMMANDS}.migrate:run",
            needs=Needs.DJANGO,
            as_owner=True,
        )
    )
    registry.add(
        Command(
            "backup",
            "Write database, files and keys into one file.",
            f"{_COMMANDS}.backup:run",
            _file_argument,
            Needs.DATABASE,
        )
    )
    registry.add(
        Command(
            "restore",
            "Replace database, files and keys by those of a backup.",
            f"{_COMMANDS}.restore:run",
            _restore_arguments,
            Needs.FOLDER,
        )
    )
    registry.add(
        Command(
            "import",
            "Bring a file of records in.",
            f"{_COMMANDS}.import_file:run",
            _import_arguments,
            Needs.DJANGO,
        )
    )
    registry.add(
        Command(
            "convert-addresses",
            "Bring addresses from before 1/7/2025 to the wards and provinces of today.",
            f"{_COMMANDS}.convert_addresses:run",
            needs=Needs.DJANGO,
        )
    )
    registry.add(
        Command(
            "token",
            "Make, list and revoke tokens for the API.",
            f"{_COMMANDS}.token:run",
            _token_arguments,
            Needs.DJANGO,
        )
    )
    registry.add(
        Command(
            "check",
            "Look whether everything is in order.",
            f"{_COMMANDS}.check:run",
            _check_arguments,
            Needs.DJANGO,
        )
    )
    registry.add(
        Command(
            "followers",
            "List what reads the trail, or give it once more what it could not work through.",
            f"{_COMMANDS}.followers:run",
            _followers_arguments,
            Needs.DJANGO,
        )
    )
    registry.add(
        Command(
            "export",
            "Write records into a CSV file or a workbook.",
            f"{_COMMANDS}.export:run",
            _export_arguments,
            Needs.DJANGO,
        )
    )


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="with the demo company, Sao Biển")
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="the port of the pages (8000)")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="the address to listen on (127.0.0.1)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _prepare_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--built", action="store_true", help="what pages need was built for this checkout")


def _file_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the backup")


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entity", metavar="ENTITY", help="what the file holds, such as customers")
    parser.add_argument(
        "file", metavar="FILE", help="a table: .csv (any encoding, also .csv.gz), .xlsx, .xls or .ods"
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        dest="mapping",
        metavar="HEAD=FIELD",
        help="where a column leads; HEAD= leaves it out; repeat it for several (guessed from the heads)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="given",
        metavar="FIELD=VALUE",
        help="a value for every row whose own cell is empty; repeat it for several",
    )
    parser.add_argument(
        "--on-duplicate",
        choices=("skip", "fill", "update", "create"),
        default="create",
        help="what becomes of a row that is there already: skip leaves it out, fill fills empty fields, "
        "update changes the record, create makes a new one all the same (create)",
    )
    parser.add_argument("--dry-run", action="store_true", help="do everything but write")
    parser.add_argument("--sheet", metavar="NAME", default=None, help="the sheet of a workbook (the first)")
    parser.add_argument("--encoding", metavar="NAME", default=None, help="how letters are kept (recognised)")
    parser.add_argument("--owner", metavar="EMAIL", default="", help="whom the new records belong to")
    parser.add_argument("--unit", metavar="CODE", default="", help="the unit that they belong to")


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "entity", metavar="ENTITY", nargs="?", default="", help="what to export, such as customers"
    )
    parser.add_argument("--all", action="store_true", help="everything, as CSV files in one archive (.zip)")
    parser.add_argument(
        "--purpose", metavar="TEXT", required=True, help="what the file is for; it stands in the trail"
    )
    parser.add_argument("--output", metavar="FILE", default="", help="the file to write (named after ENTITY)")
    parser.add_argument("--format", choices=["csv", "xlsx"], default="csv", help="csv or xlsx (csv)")
    parser.add_argument("--words", metavar="TEXT", default="", help="words to search for")
    parser.add_argument("--filter", metavar="JSON", default="", help="conditions, as in the API")
    parser.add_argument("--sort", metavar="ORDER", default="", help="orders: --sort=-created_at,name")
    parser.add_argument("--columns", metavar="NAMES", default="", help="fields, divided by commas")
    parser.add_argument("--bin", action="store_true", help="what stands in the bin")


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    _file_argument(parser)
    parser.add_argument("--yes", action="store_true", help="replace the data that is there")


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="work what follows from other fields out anew")
    parser.add_argument(
        "--seal",
        action="append",
        default=[],
        metavar="N:DIGEST",
        help="a seal of the trail that was noted down elsewhere; may be given several times",
    )
    parser.add_argument(
        "--restore-test",
        action="store_true",
        help="also load the last nightly backup into a database beside, compare, and throw it away",
    )


def _followers_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", default="", metavar="NAME", help="give this one what was set aside")


def _token_arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    create = steps.add_parser("create", help="make a token and print it")
    create.add_argument("email", metavar="EMAIL", help="as whom the program acts")
    create.add_argument("--name", default="", help="what the token is for")
    create.add_argument(
        "--scope",
        action="append",
        default=[],
        dest="scopes",
        metavar="WORD",
        help="what it may be used for: read, customers, customers:change; repeat it for several (everything)",
    )
    create.add_argument("--days", type=int, metavar="N", help="how long it lasts (until revoked)")
    listing = steps.add_parser("list", help="list tokens, the newest first")
    listing.add_argument("email", nargs="?", default="", metavar="EMAIL", help="of this user alone")
    revoke = steps.add_parser("revoke", help="make a token worthless")
    revoke.add_argument("id", type=int, metavar="ID", help="the number that list shows")


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number
