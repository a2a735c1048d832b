"""duyen diagnose [--output FILE]"""

from __future__ import annotations

import argparse
from pathlib import Path

from duyen.modules.administration.diagnostics import as_zip, diagnose, file_name
from duyen.surfaces.cli import console
from duyen.surfaces.cli.errors import FileThere
from duyen.surfaces.cli.registry import Context


def run(_context: Context, arguments: argparse.Namespace) -> int:
    """Write the diagnostics file; one that is there already stays. Raises FileThere."""
    target = Path(arguments.output or file_name())
    try:
        with target.open("xb") as file:
            file.write(as_zip(diagnose()))
    except FileExistsError as error:
        raise FileThere(file=target) from error
    console.say(f"Written: {target}. It holds no personal data; send it to whoever maintains Duyên for you.")
    return 0
