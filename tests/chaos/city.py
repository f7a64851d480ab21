"""The system that the chaos tests break: what `reporting up` starts, on a data folder of its own, with the tests' cast in it.

Run as `python -m tests.chaos.city`, settings in the environment. The cast's tokens are written to CAST in the data folder
when everything is ready; a second start keeps them.
"""

import json
import sys
from pathlib import Path

from reporting.adapters.processes.program import Program
from reporting.adapters.supervisor import Supervisor
from reporting.cli.ground import environment_of, on_the_ground
from reporting.cli.up import all_programs
from reporting.config import read_settings
from tests.cast import put_on_stage

CAST = "cast.json"
STAGE = "stage"


def main() -> int:
    """Everything under one supervisor, until it is asked to stop."""
    programs, settings = all_programs(read_settings())
    ready = tuple(program.name for program in programs)
    stage = (sys.executable, "-m", "tests.chaos.city", STAGE)
    programs.append(Program(STAGE, stage, environment_of(settings), depends=ready, once=True))
    return Supervisor(programs, sys.stderr).run()


def put_the_cast_in() -> None:
    """Once in the life of a data folder: everybody of `tests.cast`, and their tokens in a file that appears whole."""
    with on_the_ground() as settings:
        path = Path(settings.data_dir) / CAST
        if not path.exists():
            cast = put_on_stage()
            part = path.with_suffix(".part")
            part.write_text(json.dumps(cast.tokens), encoding="utf-8")
            part.rename(path)


if __name__ == "__main__":
    sys.exit(put_the_cast_in() if sys.argv[1:] == [STAGE] else main())
