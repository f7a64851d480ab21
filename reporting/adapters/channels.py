"""Which channels a town has switched on, and how each reaches the world: read from settings once, refused at start when wrong.

A channel that is not set up is off: nobody is offered it, and nothing is sent by it.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reporting.adapters.outbound import NotAllowed, require_public_name, target_of
from reporting.adapters.web_push import Vapid
from reporting.config import ConfigurationError, Settings, master_key, secret
from reporting.domain.deliveries import MAIL, PUSH, SMS, mail_address
from reporting.domain.errors import Refused

SECURITY: Final = ("starttls", "tls", "none")
JSON_BODY: Final = "application/json"
FORM_BODY: Final = "application/x-www-form-urlencoded"
VAPID_BYTES: Final = 48
_STATUSES: Final = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?(?: contains (.{1,200}))?")


@dataclass(frozen=True, slots=True)
class MailRoute:
    """The mail server a town sends by. `security`: how the way to it is protected."""

    server: str
    port: int
    security: str
    sender: str
    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SmsRoute:
    """A gateway for text messages. `body` is a JSON value or pairs of a form, with {to}, {text} and {id} in its values.

    A message counts as taken when the status is within `statuses` and the answer holds `contains`.
    """

    url: str = field(repr=False)
    method: str
    headers: Mapping[str, str] = field(repr=False)
    content_type: str
    body: Any = field(repr=False)
    statuses: tuple[int, int]
    contains: str


@dataclass(frozen=True, slots=True)
class PushRoute:
    """The key that browsers' push services know us by, and which services those may be: names, or `*.` and what follows."""

    vapid: Vapid
    services: tuple[str, ...]
    contact: str

    def service_of(self, host: str) -> str | None:
        """The service a host belongs to, None for a host of nobody we know."""
        return next((each for each in self.services if _is_of(host, each)), None)


@dataclass(frozen=True, slots=True)
class Channels:
    """What is switched on; None is off."""

    mail: MailRoute | None = None
    push: PushRoute | None = None
    sms: SmsRoute | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The channels that are on, the most private first."""
        return tuple(name for name, route in ((PUSH, self.push), (MAIL, self.mail), (SMS, self.sms)) if route is not None)


def channels_of(settings: Settings) -> Channels:
    """Raises ConfigurationError, with one line that names the setting."""
    return Channels(mail=_mail(settings), push=_push(settings), sms=_sms(settings))


def inner_places(settings: Settings) -> frozenset[str]:
    """`host:port` of gateways that may stand inside; raises ConfigurationError."""
    places = [each.strip().lower() for each in settings.outbound_inside.split(",") if each.strip()]
    if wrong := [each for each in places if not re.fullmatch(r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5}", each)]:
        raise ConfigurationError(f"OUTBOUND_INSIDE must be host:port with commas, got {wrong[0]!r}")
    return frozenset(places)


def _mail(settings: Settings) -> MailRoute | None:
    if not settings.mail_server:
        return None
    if settings.mail_security not in SECURITY:
        raise ConfigurationError(f"MAIL_SECURITY must be one of {', '.join(SECURITY)}")
    password = secret(settings, "mail_password")
    if password and settings.mail_security == "none":
        raise ConfigurationError("MAIL_SECURITY=none would send MAIL_PASSWORD in clear")
    try:
        sender = mail_address(settings.mail_from)
    except Refused:
        raise ConfigurationError("MAIL_FROM must be the address that mail is sent from") from None
    return MailRoute(settings.mail_server, settings.mail_port, settings.mail_security, sender, settings.mail_user, password)


def _push(settings: Settings) -> PushRoute | None:
    if settings.push not in ("on", "off"):
        raise ConfigurationError("PUSH must be on or off")
    services = tuple(each.strip().lower() for each in settings.push_services.split(",") if each.strip())
    for each in services:
        try:
            require_public_name(target_of(f"https://{each.removeprefix('*.')}/"))
        except NotAllowed:
            raise ConfigurationError(f"PUSH_SERVICES must be public host names with commas, got {each!r}") from None
    return PushRoute(Vapid(_vapid_secret(settings)), services, _contact(settings)) if settings.push == "on" else None


def _vapid_secret(settings: Settings) -> bytes:
    """The key of one's own, else one derived from the master key, so that it is made and kept with it."""
    own = secret(settings, "vapid_key")
    if not own:
        return HKDF(algorithm=SHA256(), length=VAPID_BYTES, salt=None, info=b"web push").derive(master_key(settings))
    try:
        found = base64.b64decode(own, validate=True)
    except binascii.Error:
        raise ConfigurationError("VAPID_KEY is not base64") from None
    if len(found) != VAPID_BYTES or len(set(found)) < 8:
        raise ConfigurationError(f"VAPID_KEY must be {VAPID_BYTES} random bytes in base64")
    return found


def _contact(settings: Settings) -> str:
    """Whom a push service may write to: who looks after security, else the site itself."""
    contact = settings.security_contact
    if "@" in contact and ":" not in contact:
        return f"mailto:{contact}"
    if contact.startswith(("https:", "mailto:")):
        return contact
    return settings.origin if settings.origin.startswith("https:") else "mailto:postmaster@localhost"


def _is_of(host: str, service: str) -> bool:
    return host.endswith(service[1:]) if service.startswith("*.") else host == service


def _sms(settings: Settings) -> SmsRoute | None:
    if not settings.sms_url:
        return None
    match = _STATUSES.fullmatch(settings.sms_success)
    if match is None:
        raise ConfigurationError("SMS_SUCCESS must be a status or 200-299, and if wanted ` contains TEXT`")
    _require_gateway(settings)
    content_type, body = _sms_body(settings.sms_body)
    statuses = int(match[1]), int(match[2] or match[1])
    return SmsRoute(settings.sms_url, settings.sms_method, _sms_headers(settings), content_type, body, statuses, match[3] or "")


def _require_gateway(settings: Settings) -> None:
    try:
        target = target_of(settings.sms_url)
        if target.place not in inner_places(settings):
            require_public_name(target)
    except NotAllowed as refusal:
        raise ConfigurationError(
            f"SMS_URL cannot be called ({refusal}): it must be https at port 443, or its host:port must stand in OUTBOUND_INSIDE"
        ) from None
    if settings.sms_method not in ("POST", "PUT"):
        raise ConfigurationError("SMS_METHOD must be POST or PUT: in an address a number would be logged")


def _sms_headers(settings: Settings) -> dict[str, str]:
    told = secret(settings, "sms_headers")
    try:
        found = json.loads(told) if told else {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ConfigurationError("SMS_HEADERS must be a JSON object of texts")
    return found


def _sms_body(told: str) -> tuple[str, Any]:
    """A JSON value, else pairs as in a form; it must say where the number and the words go."""
    if "{to}" not in told or "{text}" not in told:
        raise ConfigurationError("SMS_BODY must hold {to} and {text}")
    try:
        return JSON_BODY, json.loads(told)
    except ValueError:
        pairs = tuple(parse_qsl(told, keep_blank_values=True))
    if not pairs or told.lstrip().startswith(('{"', "[")):
        raise ConfigurationError("SMS_BODY is neither JSON nor pairs of a form")
    return FORM_BODY, pairs
