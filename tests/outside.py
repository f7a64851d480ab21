"""The world outside as tests have it: real servers on this machine with TLS by a test authority, and a resolver and a connector
that are watched. Names resolve to public addresses, as they would; the connector leads these to the server here."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from reporting.adapters.outbound import Outbound

PUBLIC = "93.184.215.14"
PUSH_HOST = "push.service-one.org"
OTHER_HOST = "push.service-two.org"
GATEWAY_HOST = "sms.gateway-one.org"
HOSTS = (PUSH_HOST, OTHER_HOST, GATEWAY_HOST, "mail.town-one.org", "localhost")


@dataclass
class Authority:
    """A certificate authority of the tests; `ca_file` is what a client trusts, `chain` what the servers show."""

    ca_file: str
    chain: str

    @classmethod
    def made(cls, folder: Path) -> "Authority":
        key, name = ec.generate_private_key(ec.SECP256R1()), _name("Test authority")
        root = _certificate(name, name, key.public_key()).add_extension(x509.BasicConstraints(True, 0), True)
        root = root.add_extension(_usage(), True)
        known = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        authority = root.add_extension(known, False).sign(key, hashes.SHA256())
        own = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(each) for each in HOSTS])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)
        shown = _certificate(_name("Test server"), name, own.public_key()).add_extension(names, False)
        leaf = shown.add_extension(issuer, False).sign(key, hashes.SHA256())
        (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / "server.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + own.private_bytes(*form))
        return cls(str(folder / "ca.pem"), str(folder / "server.pem"))

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One for the whole session."""
    return Authority.made(tmp_path_factory.mktemp("authority"))


def _name(told: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, told)])


def _usage() -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return x509.KeyUsage(
        **dict.fromkeys(names, False), key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    return builder.not_valid_after(now + datetime.timedelta(days=1))


@dataclass
class Asked:
    """A request as a server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """An HTTP server whose manner can be changed at any time: a status, or `hangs`, `slow_head`, `slow_body`, `huge`, `drops`,
    `continues`."""

    port: int
    manner: Any = 201
    headers: dict[str, str] = field(default_factory=dict)
    said: bytes = b"{}"
    asked: list[Asked] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)


@contextmanager
def http_server(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port of this machine, over TLS where a context is given."""
    here = Server(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            here.asked.append(Asked(self.command, self.path, dict(self.headers.items()), self.rfile.read(length)))
            _behave(self, here)

        do_GET = do_PUT = do_POST

        def log_message(self, *_arguments: object) -> None:
            return

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            return

    server = Quiet(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    here.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield here
    finally:
        here.ends.set()
        server.shutdown()
        server.server_close()
        serving.join()


def _behave(handler: BaseHTTPRequestHandler, here: Server) -> None:
    if isinstance(here.manner, int):
        handler.send_response(here.manner)
        for name, value in {"Content-Length": str(len(here.said)), **here.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(here.said)
        return
    if here.manner == "hangs":
        here.ends.wait(30)
        return
    if here.manner == "huge":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    if here.manner == "slow_body":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    piece = {"huge": b"x" * 65536, "continues": b"HTTP/1.1 100 Continue\r\n\r\n"}.get(here.manner, b"x")
    for _ in range(3000):
        if here.manner == "drops" or here.ends.is_set():
            return
        handler.wfile.write(piece)
        time.sleep(0 if here.manner == "huge" else 0.02)


@dataclass
class World:
    """Resolves and connects for a guard, and remembers both. `addresses`: what a name has; a list of lists changes at each look.
    `ports`: where connections to a name's address really go."""

    leads_to: int = 0
    addresses: dict[str, Any] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, _port: int) -> list[str]:
        self.looked_up.append(host)
        found = self.addresses.get(host, [PUBLIC] if host in HOSTS else None)
        if found is None:
            raise socket.gaierror("no such name")
        return found.pop(0) if found and isinstance(found[0], list) else found

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append((address, port))
        if not self.leads_to:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self.leads_to), timeout=seconds)

    def outbound(self, ca_file: str = "", inside: frozenset[str] = frozenset()) -> Outbound:
        return Outbound(ca_file=ca_file, inside=inside, resolve=self.resolve, connect=self.connect)
