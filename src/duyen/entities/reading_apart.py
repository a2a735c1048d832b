"""The process that reads and judges the rows of a file while another one writes them: `python -m` this.

What it has to read comes pickled on standard input, what it read goes pickled to standard output, chunk by
chunk, then nothing. It ends when nobody reads any more. Light on purpose: Django is not set up yet here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import BinaryIO

#: Whoever opens a page meanwhile goes first.
_NICE = 5


def main() -> None:
    """Read what was asked for to its end; what goes wrong ends the process, and the other one reads on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    asked, answers = sys.stdin.buffer, _own_output()
    import django

    django.setup()
    from duyen.entities.importing.apart import read_for_another

    try:
        read_for_another(pickle.load(asked), answers)  # noqa: S301 - from our own parent, by its pipe
        answers.flush()
    except BrokenPipeError:
        os._exit(0)


def _own_output() -> BinaryIO:
    """Keep standard output for the answers alone; what a library prints goes where errors go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


if __name__ == "__main__":
    main()
