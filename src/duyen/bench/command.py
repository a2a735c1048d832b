"""duyen bench customers|import|fields --rows N [--later N] [--data DIR] [--repeat N] [--output FILE]
duyen bench duplicates --file FILE [--data DIR] [--output FILE]
duyen bench activities --rows N [--activities N] [--data DIR] [--repeat N] [--output FILE]
duyen bench opportunities --rows N [--opportunities N] [--only TEXT] [--data DIR] [--repeat N] [--output FILE]
duyen bench leads --rows N [--leads N] [--data DIR] [--repeat N] [--output FILE]
duyen bench scoring --rows N [--leads N] [--data DIR] [--repeat N] [--output FILE]
duyen bench retention --rows N [--leads N] [--erase N] [--data DIR] [--output FILE]
duyen bench mail --rows N --messages N [--data DIR] [--output FILE]
duyen bench live [--clients N] [--messages N] [--data DIR] [--output FILE]

Makes the data folder and its server ready; what needs Django is in `running`, loaded once Django is set up.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from duyen.foundation.database.connection import database_settings
from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.locks import only_copy
from duyen.foundation.database.paths import CHECKOUT, DataFolder
from duyen.foundation.database.placement import place_data_folder
from duyen.foundation.database.roles import prepare_database
from duyen.surfaces.cli import console
from duyen.surfaces.cli.commands.prepare import BUILD_STEPS
from duyen.surfaces.cli.main import set_up_django
from duyen.surfaces.cli.registry import Command, Context, Needs, Registry, load


def add_bench_command(registry: Registry) -> None:
    """Offer `duyen bench`."""
    told = "Measure the product on many invented customers, in a data folder of its own."
    registry.add(Command("bench", told, "duyen.bench.command:run", _arguments, Needs.FOLDER))


def _arguments(parser: argparse.ArgumentParser) -> None:
    whats = ["customers", "import", "fields", "activities", "opportunities"]
    whats += ["leads", "scoring", "retention", "mail", "duplicates", "live"]
    parser.add_argument("what", choices=whats, help="what to measure")
    parser.add_argument("--rows", type=_rows, default=20_000, metavar="N", help="how many customers (20000)")
    parser.add_argument(
        "--later", type=_rows, default=0, metavar="N", help="rows of the imports into the full base (a tenth)"
    )
    parser.add_argument(
        "--activities", type=_rows, default=0, metavar="N", help="activities on the customers (five each)"
    )
    parser.add_argument(
        "--opportunities", type=_rows, default=0, metavar="N", help="deals with the customers (one for two)"
    )
    parser.add_argument(
        "--leads", type=_rows, default=0, metavar="N", help="leads beside the customers (one for two)"
    )
    parser.add_argument(
        "--erase", type=_rows, default=400, metavar="N", help="leads that retention erases for good (400)"
    )
    parser.add_argument("--repeat", type=int, default=40, metavar="N", help="measurements of each work (40)")
    parser.add_argument(
        "--only", metavar="TEXT", default="", help="of opportunities, only the works whose name holds TEXT"
    )
    parser.add_argument("--file", metavar="FILE", default="", help="customers whose duplicates are marked")
    parser.add_argument("--clients", type=int, default=200, metavar="N", help="browsers that listen (200)")
    parser.add_argument(
        "--messages", type=int, default=10, metavar="N", help="notices for each of them, or mails (10)"
    )
    parser.add_argument("--output", metavar="FILE", default="", help="also add the table to this file")


def _rows(text: str) -> int:
    number = int(text)
    if number < 100:
        raise argparse.ArgumentTypeError("a benchmark has at least 100 customers")
    return number


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Fill a data folder of its own once, measure, and print the table."""
    if arguments.what == "duplicates" and not Path(arguments.file).is_file():
        console.warn("Name the file: duyen bench duplicates --file customers.csv.gz")
        return 2
    names = {
        "customers": f"bench-{arguments.rows}",
        "fields": f"bench-{arguments.rows}",
        "activities": f"bench-{arguments.rows}",
        "opportunities": f"bench-{arguments.rows}",
        "leads": f"bench-{arguments.rows}",
        "scoring": f"bench-{arguments.rows}",
        "retention": f"bench-{arguments.rows}",
        "mail": f"bench-{arguments.rows}",
        "import": f"bench-import-{arguments.rows}",
        "duplicates": "bench-duplicates",
        "live": "bench-live",
    }
    asked = DataFolder.locate(arguments.data or CHECKOUT / "var" / names[arguments.what])
    folder = place_data_folder(asked, console.tell_progress)
    os.environ.pop("DATABASE_URL", None)
    os.environ["DUYEN_DATA"] = str(folder.asked)
    folder.prepare()
    with only_copy(folder), EmbeddedServer(folder, say=console.tell_progress):
        _make_ready(context, folder)
        try:
            table = _measure(folder, arguments)
        finally:
            connections.close_all()
    console.say(table)
    if arguments.output:
        with Path(arguments.output).open("a", encoding="utf-8") as file:
            file.write("\n" + table)
    return 0


def _measure(folder: DataFolder, arguments: argparse.Namespace) -> str:
    table: str
    if arguments.what == "import":
        later = arguments.later or max(100, arguments.rows // 10)
        measure = load("duyen.bench.importing:measure_imports")
        table = measure(folder, arguments.rows, later, say=console.tell_progress)
    elif arguments.what == "fields":
        measure = load("duyen.bench.fields:measure_fields")
        table = measure(folder, arguments.rows, arguments.repeat, say=console.tell_progress)
    elif arguments.what == "activities":
        wanted = arguments.activities or 5 * arguments.rows
        measure = load("duyen.bench.activities:measure_activities")
        table = measure(folder, arguments.rows, wanted, arguments.repeat, say=console.tell_progress)
    elif arguments.what == "opportunities":
        wanted = arguments.opportunities or max(100, arguments.rows // 2)
        measure = load("duyen.bench.opportunities:measure_opportunities")
        asked = {"only": arguments.only, "say": console.tell_progress}
        table = measure(folder, arguments.rows, wanted, arguments.repeat, **asked)
    elif arguments.what in ("leads", "scoring", "retention"):
        table = _measure_leads(folder, arguments)
    elif arguments.what == "mail":
        load("duyen.bench.running:filled_or_fill")(folder, arguments.rows)
        table = load("duyen.bench.mailing:measure_mail")(arguments.messages)
    elif arguments.what == "live":
        table = load("duyen.bench.live:measure_live")(arguments.clients, arguments.messages)
    elif arguments.what == "duplicates":
        table = load("duyen.bench.running:score_duplicates")(folder, Path(arguments.file))
    else:
        table = load("duyen.bench.running:fill_and_measure")(folder, arguments.rows, arguments.repeat)
    return table


def _measure_leads(folder: DataFolder, arguments: argparse.Namespace) -> str:
    wanted = arguments.leads or max(100, arguments.rows // 2)
    works = {
        "leads": ("duyen.bench.leads:measure_leads", arguments.repeat),
        "scoring": ("duyen.bench.lead_scores:measure_scores", arguments.repeat),
        "retention": ("duyen.bench.retention:measure_retention", arguments.erase),
    }
    work, how_many = works[arguments.what]
    table: str = load(work)(folder, arguments.rows, wanted, how_many, say=console.tell_progress)
    return table


def _make_ready(context: Context, folder: DataFolder) -> None:
    """Make tables and pages ready as their owner, then go on with the role of pages and jobs."""
    prepare_database(folder, console.tell_progress)
    os.environ["DUYEN_DB_ROLE"] = "owner"
    set_up_django()
    call_command("migrate", verbosity=0)
    context.registry.run_after_migrate()
    for name, options in BUILD_STEPS:
        call_command(name, verbosity=0, **options)
    connections.close_all()
    os.environ["DUYEN_DB_ROLE"] = "app"
    connections.settings["default"].update(database_settings())
