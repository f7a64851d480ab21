"""What the outside says of itself: the key of a retry, the device, the network address behind trusted proxies."""

import ipaddress
import re
from typing import Final

from flask import Request

from reporting.bootstrap import adapters
from reporting.domain.errors import BadRequest, Problem
from reporting.domain.records import Sender
from reporting.policy import Actor

IDEMPOTENCY_KEY: Final = '("[!-~]{1,255}"|[!#-~][!-~]{0,254})'
"""Printable ASCII without blanks, in quotes or without."""
_DEVICE_KEY: Final = re.compile("[!-~]{1,255}")
V6_PREFIX: Final = 64
_WITH_PORT: Final = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([^\]]+)\](?::[0-9]{1,5})?")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def idempotency_key(request: Request) -> str:
    """The key of the request, quoted or bare; raises BadRequest where it is missing or not printable ASCII."""
    raw = request.headers.get("Idempotency-Key", "")
    if re.fullmatch(IDEMPOTENCY_KEY, raw):
        return raw[1:-1] if raw.startswith('"') else raw
    problem = Problem("Idempotency-Key", "invalid" if raw else "required", "Send a random key and keep it for retries.")
    raise BadRequest("The Idempotency-Key header is missing or not usable.", (problem,))


def sender(request: Request, actor: Actor | None = None) -> Sender:
    """Who files; whoever came by a venue's link files like the public. A device key that is not printable is as good as none."""
    device = request.headers.get("Device-Key", "").strip()
    filer = "public" if actor is None or not actor.account_id else "staff"
    return Sender(
        address=network_of(client_address(request)),
        device_key=device if _DEVICE_KEY.fullmatch(device) else None,
        filer=filer,
        account_id=(actor.account_id or None) if actor else None,
    )


def client_address(request: Request) -> str:
    """The address of the client: the one the outermost trusted proxy saw, else the peer's."""
    hops = adapters().settings.trusted_proxies
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if hops and len(chain) >= hops:
        return chain[-hops]
    return request.remote_addr or ""


def network_of(address: str) -> str | None:
    """The prefix that counts as one network: an IPv4 address itself, an IPv6 /64; None for what is no address.

    A port is left out. An IPv4 address counts as itself also where it comes mapped into IPv6 or through NAT64 (RFC 6052).
    """
    with_port = _WITH_PORT.fullmatch(address)
    try:
        found = ipaddress.ip_address((with_port[1] or with_port[2]) if with_port else address)
    except ValueError:
        return None
    if not isinstance(found, ipaddress.IPv6Address):
        return str(found)
    if found in _NAT64:
        return str(ipaddress.IPv4Address(found.packed[-4:]))
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, V6_PREFIX), strict=False).network_address)
