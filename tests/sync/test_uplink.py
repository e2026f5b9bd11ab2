"""The line itself: one kept connection, TLS to a hub that is recognised, plain HTTP only to the machine itself."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from edge.core.errors import BadInput, LinkDown, NotAllowed
from sync.envelope import Batch, seal
from sync.hub.app import Address, HubServer
from sync.hub.desk import open_desk
from sync.uplink import Trust, Uplink
from tests.sync.house import Clock, Locker, event, new_locker, running_hub


@contextmanager
def talker(*answers: bytes) -> Iterator[int]:
    """A server that gives these answers, one a connection, and ends each; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def says(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


def test_one_connection_is_kept_for_all_that_is_sent(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as house:
        locker = new_locker(house, tmp_path / "site")
        line = house.uplink()
        pool = line._sending._pool
        for number in range(5):
            locker.write(event("door_closed", door=number))
            line.send(4711, _envelope(locker))
        assert (pool.num_connections, pool.num_requests) == (1, 5)
        line.close()
        locker.journal.close()


def _envelope(locker: Locker) -> bytes:
    before = locker.journal.before(locker.journal.head.seq + 1)
    assert before is not None
    return seal(Batch(site=locker.number, epoch=locker.journal.epoch, before=before), locker.device)


BAD_ANSWERS = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "cut short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "an error of the hub": says("503 Busy", b"later"),
    "an answer without end": says("200 OK", bytes(20_000)),
}


@pytest.mark.parametrize("what", BAD_ANSWERS)
def test_every_trouble_of_the_line_is_link_down(what: str) -> None:
    with talker(BAD_ANSWERS[what]) as port:
        line = Uplink(f"http://127.0.0.1:{port}")
        with pytest.raises(LinkDown):
            line.send(4711, b"")
        line.close()


def test_nobody_there_is_link_down() -> None:
    line = Uplink("http://127.0.0.1:9")
    with pytest.raises(LinkDown, match=r"127\.0\.0\.1 port 9: connection refused"):
        line.send(4711, b"")
    line.close()


def test_closing_wakes_whoever_waits() -> None:
    """A daemon that stops does not wait half a minute for its long poll."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Uplink(f"http://127.0.0.1:{listening.getsockname()[1]}")
        raised: list[Exception] = []

        def wait() -> None:
            try:
                line.poll(4711, b"")
            except LinkDown as error:
                raised.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        connection, _ = listening.accept()
        connection.recv(65_536)
        line.close()
        thread.join(5)
        connection.close()
        assert not thread.is_alive()
    assert raised
    with pytest.raises(LinkDown, match="closed"):
        line.send(4711, b"")


@pytest.mark.parametrize(
    "url",
    ["http://hub.example", "http://192.0.2.7:80", "http://[2001:db8::1]", "ftp://127.0.0.1", "127.0.0.1", "https://",
     "https://hub.example/?a=1", "http://127.0.0.1:99999", "http://[::1", "http://localhost.example", "http://127.0.0.1.example"],
)  # fmt: skip
def test_plain_http_goes_to_this_machine_only(url: str) -> None:
    with pytest.raises(BadInput, match="hub address"):
        Uplink(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8443", "http://localhost", "http://[::1]:80", "https://hub.example/a"]
)
def test_addresses_that_are_allowed(url: str) -> None:
    Uplink(url).close()


# -- TLS


def certificate(directory: Path, name: str, address: str = "127.0.0.1") -> tuple[Path, Path]:
    """A self-signed certificate for `address`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = directory / f"{name}.crt", directory / f"{name}.key"
    certificate_file.write_bytes(signed.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_file, key_file


def fingerprint(certificate_file: Path) -> str:
    return x509.load_pem_x509_certificate(certificate_file.read_bytes()).fingerprint(hashes.SHA256()).hex()


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A hub that speaks TLS, and where certificates lie."""
    directory = tmp_path_factory.mktemp("tls")
    crt, key = certificate(directory, "hub")
    certificate(directory, "other")
    desk = open_desk(directory / "hub", Clock(), Random(1).randbytes)
    server = HubServer(desk, Address(certificate_file=str(crt), key_file=str(key)))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve_bound()))
    thread.start()
    yield server.url, directory
    server.should_exit = True
    thread.join(20)
    desk.close()


@pytest.mark.parametrize("how", ["its own certificate", "its fingerprint"])
def test_a_hub_that_is_recognised_is_spoken_to(secure: tuple[str, Path], how: str) -> None:
    url, directory = secure
    crt = directory / "hub.crt"
    trust = Trust(ca_file=str(crt)) if how == "its own certificate" else Trust(sha256=fingerprint(crt))
    line = Uplink(url, trust)
    with pytest.raises(NotAllowed, match="hub: 403"):
        line.send(4711, b"of a site that it does not know")
    line.close()


@pytest.mark.parametrize("how", ["by the machine's certificates", "another certificate", "another fingerprint"])
def test_a_hub_that_is_not_recognised_is_told_nothing(secure: tuple[str, Path], how: str) -> None:
    url, directory = secure
    other = directory / "other.crt"
    trust = {
        "by the machine's certificates": Trust(),
        "another certificate": Trust(ca_file=str(other)),
        "another fingerprint": Trust(sha256=fingerprint(other)),
    }[how]
    line = Uplink(url, trust)
    with pytest.raises(LinkDown, match="SSLError"):
        line.send(4711, b"secret")
    line.close()


def test_a_certificate_for_another_address_is_not_taken(tmp_path: Path) -> None:
    crt, key = certificate(tmp_path, "elsewhere", "192.0.2.7")
    desk = open_desk(tmp_path / "hub", Clock(), Random(1).randbytes)
    server = HubServer(desk, Address(certificate_file=str(crt), key_file=str(key)))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve_bound()))
    thread.start()
    line = Uplink(server.url, Trust(ca_file=str(crt)))
    with pytest.raises(LinkDown, match="SSLError"):
        line.send(4711, b"secret")
    line.close()
    server.should_exit = True
    thread.join(20)
    desk.close()


@pytest.mark.parametrize("what", ["no such file", "not a certificate"])
def test_a_certificate_that_cannot_be_used_is_one_clear_error(tmp_path: Path, what: str) -> None:
    path = tmp_path / "hub.crt"
    if what == "not a certificate":
        path.write_text("nonsense")
    desk = open_desk(tmp_path / "hub", Clock(), Random(1).randbytes)
    with pytest.raises(NotAllowed, match="cannot speak TLS with"):
        HubServer(desk, Address(certificate_file=str(path), key_file=str(path)))
    desk.close()
