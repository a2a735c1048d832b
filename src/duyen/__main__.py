"""python -m duyen: the command line with everything this installation offers."""

from __future__ import annotations

import sys

from duyen.config.commands import registry
from duyen.surfaces.cli.main import run_command_line

if __name__ == "__main__":
    sys.exit(run_command_line(sys.argv[1:], registry()))
