"""S06: the one way out cannot be turned inwards, whatever an address looks like, and nobody out there can hold us up."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reporting.adapters.outbound import ANSWER_BYTES, Call, NotAllowed, Outbound, Unreachable, target_of
from reporting.adapters.public_addresses import is_public
from tests.outside import OTHER_HOST, PUBLIC, PUSH_HOST, Authority, Server, World, http_server

LITERALS = (
    # loopback and this machine, in every way to write it
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://0x7f.0x0.0x0.0x1/", "https://127.000.000.001/", "https://0/",
    "https://0.0.0.0/", "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://localhost/",
    "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https://localhost.localdomain/", "https://127.0.0.1./",
    # private, link-local, metadata
    "https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.254/", "https://192.168.1.1/", "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/", "https://2852039166/", "https://0xa9fea9fe/", "https://0251.0376.0251.0376/",
    "https://169.254.170.2/v2/credentials", "https://100.100.100.200/", "https://168.63.129.16/machine", "https://192.0.0.192/",
    "https://metadata.google.internal/", "https://metadata.google.internal./", "https://metadata/", "https://instance-data.lan/",
    "https://198.18.0.1/", "https://224.0.0.1/", "https://255.255.255.255/", "https://240.0.0.1/", "https://192.88.99.1/",
    # IPv6 that is something else in disguise
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/",
    "https://[::ffff:0:127.0.0.1]/", "https://[2001:db8::1]/", "https://[fec0::1]/",
    # public addresses in numbers: a push service has a name
    "https://8.8.8.8/", "https://134744072/", "https://[2606:4700:4700::1111]/",
    # other schemes
    "http://push.service-one.org/", "ftp://push.service-one.org/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x",
    "unix:///var/run/docker.sock", "dict://127.0.0.1:11211/", "//push.service-one.org/", "javascript:alert(1)", "",
    # a name before the name
    "https://push.service-one.org@127.0.0.1/", "https://user:password@push.service-one.org/", "https://@push.service-one.org/",
    "https://push.service-one.org:443@127.0.0.1/", "https://127.0.0.1#@push.service-one.org/",
    "https://127.0.0.1\\@push.service-one.org/", "https://push.service-one.org\\.evil.org/", "https:push.service-one.org/",
    "https:///push.service-one.org/", "https://push.service-one.org#/", "https://push.service-one.org?/",
    # letters that are read as others
    "https://①②⑦.⓪.⓪.①/", "https://ⓛocalhost/", "https://push。service-one。org/", "https://pυsh.service-one.org/",
    "https://push.service-one.org\u200b/", "https://127.0.0.1%00.service-one.org/", "https://%31%32%37.0.0.1/",
    "https://push.service-one.org /", " https://push.service-one.org/", "https://push.service-one.org/\r\nHost: evil.org",
    "https://push.service-one.org/\n", "https://push.service-one.org/a b", "https://push.service-one.org/\x00",
    "https://push.service-one.org/ü",
    # ports
    "https://push.service-one.org:22/", "https://push.service-one.org:80/", "https://push.service-one.org:6379/",
    "https://push.service-one.org:8443/", "https://push.service-one.org:0/", "https://push.service-one.org:65536/",
    "https://push.service-one.org:99999/", "https://push.service-one.org:-1/", "https://push.service-one.org:443:22/",
    # names of nobody
    "https://push/", "https://.org/", "https://push..org/", "https://-push.org/", "https://push-.org/", "https://gateway.internal/",
    "https://printer.local/", "https://1.0.0.127.in-addr.arpa/", "https://push.onion/", "https://push.1/", "https://push.0x7f/",
    f"https://{'a' * 64}.org/", f"https://{'a.' * 130}org/", f"https://push.service-one.org/{'a' * 2100}",
)  # fmt: skip

INNER = (
    "127.0.0.1", "10.1.2.3", "172.20.0.5", "192.168.0.10", "169.254.169.254", "100.64.9.9", "0.0.0.0", "224.0.0.251", "::1",
    "fe80::1", "fe80::1%eth0", "fd12:3456::1", "::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "::",
    "2001::1", "2001:db8::5", "3fff::1", "ff05::2", "168.63.129.16", "198.51.100.7", "203.0.113.9", "192.0.2.1",
    "255.255.255.255", "::7f00:1", "5f00::1", "nonsense", "", "127.1", "0x7f000001", "2130706433", "0177.0.0.1",
)  # fmt: skip


@pytest.fixture
def server(authority: Authority) -> Iterator[Server]:
    with http_server(authority.server_context()) as running:
        yield running


def reaching(server: Server, authority: Authority, **more: Any) -> tuple[World, Outbound]:
    world = World(leads_to=server.port, **more)
    return world, world.outbound(authority.ca_file)


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(set(LITERALS)) >= 80


@pytest.mark.parametrize("url", LITERALS, ids=lambda url: ascii(url)[:60])
def test_no_address_of_the_corpus_makes_a_connection(url: str) -> None:
    """Not even where the resolver would find an address for it."""
    world = World()
    world.addresses = {name: [PUBLIC] for name in (url.partition("//")[2].partition("/")[0], PUSH_HOST)}
    with pytest.raises((NotAllowed, Unreachable)):
        world.outbound().call(Call(url))
    assert (world.connected, world.looked_up) == ([], [])


@pytest.mark.parametrize("address", INNER, ids=ascii)
def test_a_name_that_resolves_inwards_makes_no_connection(address: str) -> None:
    assert not is_public(address)
    for addresses in ([address], [PUBLIC, address], [address, PUBLIC]):
        world = World(addresses={PUSH_HOST: addresses})
        with pytest.raises(NotAllowed, match="address"):
            world.outbound().call(Call(f"https://{PUSH_HOST}/"))
        assert world.connected == []


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4026:804::200e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_a_name_that_changes_its_mind_is_asked_once(server: Server, authority: Authority) -> None:
    world, outbound = reaching(server, authority, addresses={PUSH_HOST: [[PUBLIC], ["127.0.0.1"], ["169.254.169.254"]]})
    assert outbound.call(Call(f"https://{PUSH_HOST}/x")).status == 201
    assert world.looked_up == [PUSH_HOST] and world.connected == [(PUBLIC, 443)]
    with pytest.raises(NotAllowed):
        outbound.call(Call(f"https://{PUSH_HOST}/x"))
    assert len(world.connected) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("leads", ["https://169.254.169.254/", f"https://{OTHER_HOST}/", "http://localhost/", "/again"])
def test_no_redirect_is_followed(server: Server, authority: Authority, status: int, leads: str) -> None:
    server.manner, server.headers = status, {"Location": leads}
    world, outbound = reaching(server, authority)
    assert outbound.call(Call(f"https://{PUSH_HOST}/x")).status == status
    assert len(server.asked) == len(world.connected) == 1


def test_the_server_must_prove_its_name(server: Server, authority: Authority) -> None:
    _world, outbound = reaching(server, authority, addresses={"push.somebody-else.org": [PUBLIC]})
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        outbound.call(Call("https://push.somebody-else.org/x", body=b"secret"))
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        World(leads_to=server.port).outbound().call(Call(f"https://{PUSH_HOST}/x", body=b"secret"))
    assert server.asked == []


def test_a_server_without_tls_gets_nothing(authority: Authority) -> None:
    with http_server() as plain:
        _world, outbound = reaching(plain, authority)
        with pytest.raises(Unreachable):
            outbound.call(Call(f"https://{PUSH_HOST}/x", body=b"secret"))
        assert plain.asked == []


def test_the_proxies_of_the_environment_are_not_asked(
    server: Server, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    _world, outbound = reaching(server, authority)
    assert outbound.call(Call(f"https://{PUSH_HOST}/x?y=1", "PUT", {"TTL": "60"}, b"words")).status == 201
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("PUT", "/x?y=1", b"words")
    assert asked.headers["Host"] == PUSH_HOST and asked.headers["TTL"] == "60" and "Cookie" not in asked.headers


@pytest.mark.parametrize("manner", ["hangs", "slow_body", "slow_head", "continues"])
def test_nobody_holds_us_up(server: Server, authority: Authority, manner: str) -> None:
    """Whoever sends nothing, or a byte now and then, is left when the time is over."""
    server.manner = manner
    _world, outbound = reaching(server, authority)
    with pytest.raises(Unreachable, match="Timeout"):
        outbound.call(Call(f"https://{PUSH_HOST}/x"), seconds=0.5)


def test_a_flood_is_read_to_its_limit(server: Server, authority: Authority) -> None:
    server.manner = "huge"
    _world, outbound = reaching(server, authority)
    assert len(outbound.call(Call(f"https://{PUSH_HOST}/x")).body) == ANSWER_BYTES


def test_a_server_that_hangs_up_is_unreachable(server: Server, authority: Authority) -> None:
    server.manner = "drops"
    _world, outbound = reaching(server, authority)
    with pytest.raises(Unreachable):
        outbound.call(Call(f"https://{PUSH_HOST}/x"))


def test_the_second_address_is_tried_and_the_third_is_not(authority: Authority) -> None:
    world = World(addresses={PUSH_HOST: ["93.184.215.14", "93.184.215.15", "93.184.215.16"]})
    with pytest.raises(Unreachable):
        world.outbound(authority.ca_file).call(Call(f"https://{PUSH_HOST}/"))
    assert [address for address, _port in world.connected] == ["93.184.215.14", "93.184.215.15"]


@pytest.mark.parametrize("headers", [{"X": "a\r\nHost: evil"}, {"X\r\n": "a"}, {"X": "ü"}, {"X:": "a"}, {"": "a"}])
def test_no_header_breaks_out_of_its_line(headers: dict[str, str]) -> None:
    world = World()
    with pytest.raises(NotAllowed, match="header"):
        world.outbound().call(Call(f"https://{PUSH_HOST}/", headers=headers))
    with pytest.raises(NotAllowed, match="method"):
        world.outbound().call(Call(f"https://{PUSH_HOST}/", "GET / HTTP/1.1\r\n"))
    assert world.connected == []


def test_only_a_gateway_that_is_named_may_stand_inside() -> None:
    with http_server() as gateway:
        world = World(leads_to=gateway.port, addresses={"sms.lan": ["10.0.0.5"]})
        inside = world.outbound(inside=frozenset({"sms.lan:8080"}))
        assert inside.call(Call("http://sms.lan:8080/send")).status == 201
        for other in ("http://sms.lan:8081/", "http://sms.lan/", "https://sms.lan/", "http://other.lan:8080/"):
            with pytest.raises(NotAllowed):
                inside.call(Call(other))
        assert world.connected == [("10.0.0.5", 8080)]
        assert gateway.asked[0].headers["Host"] == "sms.lan:8080"


def test_nothing_of_a_call_shows_where_it_is_printed() -> None:
    call = Call("https://push.service-one.org/secret-endpoint", headers={"Authorization": "secret"}, body=b"secret")
    assert "secret" not in repr(call)
    for trouble in (NotAllowed("form"), Unreachable("TimeoutError")):
        assert "secret" not in str(trouble)


def test_an_address_is_taken_apart_as_it_is_written() -> None:
    target = target_of("https://Push.Service-One.org/a/b?c=d@e:f")
    assert (target.host, target.port, target.path) == ("push.service-one.org", 443, "/a/b?c=d@e:f")


def test_the_systems_resolver_is_left_behind_when_it_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_arguments: object, **_more: object) -> list:
        time.sleep(1.0)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr("reporting.adapters.outbound.RESOLVE_SECONDS", 0.05)
    with pytest.raises(Unreachable, match="TimeoutError"):
        Outbound().call(Call(f"https://{PUSH_HOST}/"))


def test_the_guard_stands_in_one_file() -> None:
    """No other module of the house opens a connection by HTTP of its own accord."""
    root = Path(__file__).parents[2]
    calling = ("urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3")
    allowed = {"reporting/adapters/outbound.py", "reporting/cli/up.py"}
    found = set()
    for folder in ("reporting", "worker"):
        for path in (root / folder).rglob("*.py"):
            words = path.read_text(encoding="utf-8")
            if any(f"import {name}" in words or f"from {name}" in words for name in calling):
                found.add(path.relative_to(root).as_posix())
    assert {each for each in found if not each.startswith("reporting/cli/")} <= allowed
