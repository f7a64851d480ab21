"""Several worker processes for a test, forked from one warm process: they group the batches that come in, line by line."""

import json
import multiprocessing
import sys
import uuid

from reporting.bootstrap import SYSTEM, build
from reporting.config import read_settings
from worker.grouping.task import group
from worker.processes import warm_up

TRIES = 30


def main() -> None:
    """Reads batches of report ids as JSON lines; answers each line with how many of them were grouped."""
    warm_up(read_settings())
    with multiprocessing.get_context("fork").Pool(int(sys.argv[1]), initializer=_begin) as processes:
        say("ready")
        for line in sys.stdin:
            say(sum(processes.imap_unordered(_grouped, json.loads(line))))


def _begin() -> None:
    """Each process has a connection of its own."""
    build(read_settings(), process="worker", reach=SYSTEM, pool=1).app_context().push()


def _grouped(batch: list[str]) -> int:
    """A batch that had to wait too long for a lock is put back and comes again."""
    done = 0
    for _ in range(TRIES):
        done += len(group([uuid.UUID(each) for each in batch]))
        if done >= len(batch):
            break
    return done


def say(what: object) -> None:
    """One line to whoever started it."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
