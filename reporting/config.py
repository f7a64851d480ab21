"""Settings: every knob of the system, its default and what it is for, read from the environment once.

Secrets never have a default. They come from the environment (`MASTER_KEY`) or from a file of mode 0600 (`SECRETS_FILE`).
"""

import base64
import binascii
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

MASTER_KEY_BYTES = 32
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
LARGEST_LOGO_BYTES = 8192
OUR_ROOM = "the control room in charge there"
"""What pages call the room of a deployer who named none; it stands in the catalogues."""
OUR_COLOUR = "#0B4F6C"
"""The colour of a deployer who chose none: the one that css/public.css has."""


class ConfigurationError(Exception):
    """A setting is missing or unsafe; the text is one clear line for the person who starts the system."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One value per setting; names are the environment variables in lower case."""

    database_url: str = ""
    database_owner_url: str = ""
    redis_url: str = ""
    data_dir: str = ".data"
    secrets_file: str = ""
    master_key: str = ""
    master_key_id: str = "k1"
    host: str = "127.0.0.1"
    port: int = 8000
    stream_port: int = 0
    stream_url: str = ""
    public_url: str = ""
    trusted_proxies: int = 0
    web_processes: int = 2
    web_threads: int = 4
    worker_threads: int = 3
    log_level: str = "info"
    emergency_number: str = "112"
    emergency_text: str = ""
    emergency_app: str = ""
    deployer_name: str = "City safety"
    deployer_colour: str = OUR_COLOUR
    deployer_logo: str = ""
    quick_exit_url: str = "https://www.wikipedia.org/"
    room_name: str = OUR_ROOM
    security_contact: str = ""
    time_zone: str = "Europe/Helsinki"
    default_language: str = "en"
    budget_network_per_hour: int = 60
    budget_device_per_hour: int = 6
    map_tiles: str = "helsinki.pmtiles"
    map_bounds: str = "24.9352,60.1642,24.9534,60.1791"
    geocoder: str = "gazetteer"
    nearest_area_m: int = 250
    acknowledge_seconds: str = "60,300,900,0"
    escalation_steps: str = "60,300,0,0"
    undo_minutes: int = 10
    first_look_seconds: int = 120
    second_opinion: str = ""
    second_opinion_seconds: int = 2
    retention_days: str = (
        "open=365,acted_on=365,no_action=90,low_trust_or_unfounded=30,identity_only=7,contact_after_closing=30,sealed_original=7,"
        "first_look=400,room_notice=90,training=1095,drill=1095"
    )
    pictures_dir: str = ""
    pictures_keep_free_mb: int = 500
    pictures_heic: int = 0
    session_idle_minutes: int = 30
    session_hours: int = 16
    venue_code_minutes: int = 15
    venue_device_days: int = 90
    venue_link_days: int = 180
    venue_key_overlap_hours: int = 48
    metrics_networks: str = "127.0.0.0/8,::1/128"
    push: str = "off"
    push_services: str = "fcm.googleapis.com,*.push.services.mozilla.com,*.notify.windows.com,*.push.apple.com"
    vapid_key: str = ""
    mail_server: str = ""
    mail_port: int = 587
    mail_security: str = "starttls"
    mail_user: str = ""
    mail_password: str = ""
    mail_from: str = ""
    sms_url: str = ""
    sms_method: str = "POST"
    sms_headers: str = ""
    sms_body: str = ""
    sms_success: str = "200-299"
    outbound_inside: str = ""
    outbound_ca_file: str = ""

    @property
    def acknowledge_targets(self) -> dict[int, int | None]:
        """Priority -> seconds to acknowledge; None where the priority has no clock (0 in the setting)."""
        seconds = [int(part) for part in self.acknowledge_seconds.split(",")]
        return {priority: value or None for priority, value in enumerate(seconds, start=1)}

    @property
    def escalation_pace(self) -> dict[int, timedelta | None]:
        """Priority -> the time each rung of the ladder has; None where the priority climbs none (0 in the setting)."""
        seconds = [int(part) for part in self.escalation_steps.split(",")]
        return {priority: timedelta(seconds=value) if value > 0 else None for priority, value in enumerate(seconds, start=1)}

    @property
    def retention(self) -> dict[str, int]:
        """Retention class -> days. A class that the setting leaves out keeps its default; raises ValueError for a wrong one."""
        days = _days_of(str(Settings.__dataclass_fields__["retention_days"].default))
        told = _days_of(self.retention_days)
        if strange := sorted(told.keys() - days.keys()) or [name for name, count in told.items() if count < 1]:
            raise ValueError(f"{', '.join(strange)}: must be one of {', '.join(days)}, with at least one day")
        return days | told

    @property
    def has_own_colour(self) -> bool:
        """Whether the deployer chose a colour: pages, the manifest and what a phone keeps follow it."""
        return self.deployer_colour.lower() != OUR_COLOUR.lower()

    @property
    def picture_folder(self) -> Path:
        """Where sealed pictures lie; every process that takes, cleans, shows or deletes them must see the same folder."""
        return Path(self.pictures_dir) if self.pictures_dir else Path(self.data_dir) / "pictures"

    @property
    def stream_address(self) -> str:
        """Origin of the live-event process as browsers reach it; without a proxy it is the next port."""
        return self.stream_url or f"http://{self.host}:{self.effective_stream_port}"

    @property
    def origin(self) -> str:
        """The origin of the pages as browsers see it."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def effective_stream_port(self) -> int:
        return self.stream_port or self.port + 1

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the console's map in WGS-84 degrees."""
        west, south, east, north = (float(part) for part in self.map_bounds.split(","))
        return west, south, east, north


def _days_of(told: str) -> dict[str, int]:
    """`class=days` pairs with commas."""
    pairs = (part.partition("=") for part in told.split(",") if part.strip())
    return {name.strip(): int(count) for name, _equals, count in pairs}


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; raises ConfigurationError naming the variable that does not parse."""
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for field in fields(Settings):
        raw = environment.get(field.name.upper())
        if raw is None or raw == "":
            continue
        values[field.name] = _parsed(field.name, raw, type(field.default))
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Derived values must parse too: a bad list is found at start, not in the middle of a night."""
    variables = {
        "acknowledge_targets": "ACKNOWLEDGE_SECONDS",
        "escalation_pace": "ESCALATION_STEPS",
        "bounds": "MAP_BOUNDS",
    }
    for name, variable in variables.items():
        try:
            found = getattr(settings, name)
        except (ValueError, OverflowError) as error:
            raise ConfigurationError(f"{variable} must be four numbers with commas: {error}") from None
        if len(found) != 4:
            raise ConfigurationError(f"{variable} must be four numbers with commas, one per priority")
    _check_face(settings)
    if settings.pictures_heic and find_spec("pillow_heif") is None:
        raise ConfigurationError("PICTURES_HEIC needs the package pillow-heif, which is not installed")
    try:
        _ = settings.retention
    except ValueError as error:
        raise ConfigurationError(f"RETENTION_DAYS is not class=days with commas: {error}") from None


def _check_face(settings: Settings) -> None:
    """What stands on every public page must be right from the start: numbers, addresses, logo. Its colour: `bootstrap`."""
    if settings.emergency_app and not settings.emergency_app.startswith("https://"):
        raise ConfigurationError("EMERGENCY_APP must be an https address")
    for name, number in (("EMERGENCY_NUMBER", settings.emergency_number), ("EMERGENCY_TEXT", settings.emergency_text)):
        if set(number) - set("+0123456789 "):
            raise ConfigurationError(f"{name} must be a telephone number")
    _check_logo(settings.deployer_logo)


def _check_logo(path: str) -> None:
    if not path:
        return
    if Path(path).suffix.lower() not in LOGO_TYPES:
        raise ConfigurationError(f"DEPLOYER_LOGO must be a file that ends in {', '.join(LOGO_TYPES)}")
    try:
        size = Path(path).stat().st_size
    except OSError as error:
        raise ConfigurationError(f"DEPLOYER_LOGO {path} cannot be read: {error.strerror}") from None
    if size > LARGEST_LOGO_BYTES:
        raise ConfigurationError(f"DEPLOYER_LOGO has {size} bytes; at most {LARGEST_LOGO_BYTES}, every first visit loads it")


def _parsed(name: str, raw: str, kind: type) -> object:
    if kind is not int:
        return raw
    try:
        return int(raw)
    except ValueError:
        raise ConfigurationError(f"{name.upper()} must be a whole number, got {raw!r}") from None


def master_key(settings: Settings) -> bytes:
    """The installation's 32-byte key. Refuses a missing or short key and a secrets file others can read."""
    encoded = secret(settings, "master_key")
    if not encoded:
        raise ConfigurationError("no MASTER_KEY and no SECRETS_FILE: run `reporting secrets new` to make one")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ConfigurationError("MASTER_KEY is not base64") from None
    if len(key) != MASTER_KEY_BYTES or len(set(key)) < 8:
        raise ConfigurationError(f"MASTER_KEY must be {MASTER_KEY_BYTES} random bytes in base64")
    return key


def secret(settings: Settings, name: str) -> str:
    """A secret setting: from the environment, else from the secrets file; empty where it stands in neither. Refuses a file that
    others can read."""
    told = str(getattr(settings, name))
    if told or not settings.secrets_file:
        return told
    path = Path(settings.secrets_file)
    try:
        mode = path.stat().st_mode
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"SECRETS_FILE {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ConfigurationError(f"SECRETS_FILE {path} is not JSON") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(f"SECRETS_FILE {path} can be read by others; make it mode 0600")
    return str(content.get(name, ""))
