"""The commands whose work is done by the worker's rooms: its processes, and loading areas with repair."""

import click

from reporting.config import read_settings
from worker import processes


@click.command()
def relay() -> None:
    """Run the relay in the foreground."""
    processes.run_relay(read_settings())


@click.command()
def worker() -> None:
    """Run the worker of the line in the foreground."""
    processes.run_worker(read_settings())


@click.command("worker-media")
def worker_media() -> None:
    """Run the worker for pictures in the foreground."""
    processes.run_worker_media(read_settings())


@click.command("worker-delivery")
def worker_delivery() -> None:
    """Run the sender of letters to people outside in the foreground."""
    processes.run_worker_delivery(read_settings())


@click.command()
def beat() -> None:
    """Run the clock for work that may wait in the foreground."""
    processes.run_beat(read_settings())
