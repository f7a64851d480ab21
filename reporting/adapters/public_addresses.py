"""Which addresses belong to the public internet: the only ones that a call on a stranger's word may reach.

The lists are ours and stricter than the library's: what a router somewhere may turn into an inner address (6to4, NAT64, Teredo,
mapped addresses) is refused whole, and of IPv6 only the block that is handed out to the public counts (RFC 6890, RFC 4291 2.4).
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

NOT_PUBLIC_4: Final = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
"""168.63.129.16 looks public and is what one large cloud gives its machines their secrets from."""
PUBLIC_6: Final = IPv6Network("2000::/3")
NOT_PUBLIC_6: Final = tuple(
    IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Whether the numeric address, written the one usual way, is one of the public internet."""
    if ":" not in address:
        return _public_4(address)
    if "%" in address:
        return False
    try:
        found = IPv6Address(address)
    except AddressValueError:
        return False
    return found in PUBLIC_6 and not any(found in network for network in NOT_PUBLIC_6)


def _public_4(address: str) -> bool:
    try:
        found = IPv4Address(address)
    except AddressValueError:
        return False
    return not any(found in network for network in NOT_PUBLIC_4)
