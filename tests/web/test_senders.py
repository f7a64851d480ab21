"""One client is one network, in whatever notation a proxy writes its address."""

import pytest

from reporting.auth.senders import network_of


@pytest.mark.parametrize(
    "address",
    ["192.0.2.7", "192.0.2.7:5678", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:80", "64:ff9b::192.0.2.7", "[64:ff9b::c000:207]:1"],
)
def test_every_notation_of_a_v4_address_is_that_address(address: str) -> None:
    assert network_of(address) == "192.0.2.7"


@pytest.mark.parametrize("address", ["2001:db8::1", "[2001:db8::ffff]", "[2001:db8::1]:443", "2001:db8:0:0:1::%eth0"])
def test_a_v6_address_counts_by_its_prefix(address: str) -> None:
    assert network_of(address) == "2001:db8::"


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2.7:", "192.0.2.7:x", "[]:80", "[192.0.2.7", "1.2.3.4.5:80"])
def test_what_is_no_address_is_no_network(address: str) -> None:
    assert network_of(address) is None
