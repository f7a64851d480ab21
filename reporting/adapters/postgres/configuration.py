"""The server's settings for two cores and little memory: reachable by nobody but this machine's own socket."""

from pathlib import Path

from reporting.adapters.postgres.home import PORT, Home, write_whole
from reporting.adapters.postgres.settings import ServerSettings

# Every role needs its password, also through the private socket; there is no other way in.
_ACCESS = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"


def write_configuration(home: Home, settings: ServerSettings) -> None:
    """Write both files anew. A running server keeps its settings until it is restarted."""
    lines = [f"include = {_quoted(home.pgdata / 'postgresql.conf')}"]
    lines += [f"{name} = {value}" for name, value in _values(home, settings).items()]
    write_whole(home.configuration, "\n".join(lines) + "\n", 0o644)
    write_whole(home.access, _ACCESS, 0o644)


def _values(home: Home, settings: ServerSettings) -> dict[str, str]:
    switch = "on" if settings.fsync else "off"
    return {
        "hba_file": _quoted(home.access),
        "listen_addresses": "''",
        "port": str(PORT),
        "unix_socket_directories": _quoted(home.socket),
        "unix_socket_permissions": "0700",
        "cluster_name": f"'{home.mark}'",
        "password_encryption": "scram-sha-256",
        "max_connections": str(settings.max_connections),
        "shared_buffers": f"{settings.shared_buffers_mb}MB",
        "effective_cache_size": f"{2 * settings.shared_buffers_mb}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling costs more than it gains on short queries
        "max_parallel_workers_per_gather": "0",  # two cores already have one request each
        "max_logical_replication_workers": "0",
        "fsync": switch,
        "full_page_writes": switch,
        "synchronous_commit": "on",  # an accepted report survives a power cut
        "wal_compression": "on",
        "min_wal_size": "80MB",
        "max_wal_size": "512MB",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        **_quiet(),
    }


def _quiet() -> dict[str, str]:
    """Logging without anybody's data: no statement, no parameter, no DETAIL line with the key that was doubled; and of
    refused statements nothing at all, because their messages repeat values. Whoever sent one logs its kind and place."""
    return {
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_line_prefix": "'[%p] '",
        "log_checkpoints": "off",
        "log_statement": "none",
        "log_min_messages": "log",  # in the order of this setting, above error and below fatal
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
    }


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("\\", "\\\\").replace("'", "''") + "'"
