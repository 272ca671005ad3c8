"""What is asked of clamd, and what its answers, or none, are taken for."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django.fixtures import Settings

from buendnisse.files.scanner import ScannerAway, Verdict, has_scanner, scan
from tests.clamd import VIRUS, Clamd, on_tcp, on_unix, running


@pytest.fixture
def clamd(settings: Settings) -> Iterator[Clamd]:
    with running(on_tcp()) as server:
        settings.CLAMD = server.url
        yield server  # type: ignore[misc]


def test_without_a_setting_there_is_no_scanner() -> None:
    assert not has_scanner()
    with pytest.raises(RuntimeError):
        scan(ContentFile(b"x"))


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"harmless", Verdict.CLEAN),
        (b"x" * 200_000 + VIRUS, Verdict.INFECTED),
    ],
)
def test_the_scanner_sees_the_whole_file(clamd: Clamd, content: bytes, verdict: Verdict) -> None:
    file = ContentFile(content)
    file.read(5)

    assert scan(file) == verdict

    assert clamd.seen == [content]
    assert file.read() == content


def test_the_scanner_may_listen_at_a_unix_socket(settings: Settings, tmp_path: Path) -> None:
    with running(on_unix(tmp_path / "clamd")) as server:
        settings.CLAMD = server.url
        assert scan(ContentFile(VIRUS)) == Verdict.INFECTED


def test_what_is_too_large_for_the_scanner_has_no_verdict(clamd: Clamd) -> None:
    clamd.size_limit = 1000

    with pytest.raises(ScannerAway, match="size limit") as away:
        scan(ContentFile(bytes(300_000)))

    assert away.value.has_answered


def test_a_scanner_that_is_away_has_no_verdict(settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/nobody"):
        settings.CLAMD = address
        with pytest.raises(ScannerAway) as away:
            scan(ContentFile(b"x"))
        assert not away.value.has_answered


def test_a_scanner_that_hangs_up_has_no_verdict(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def hang_up() -> None:
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(ScannerAway):
            scan(ContentFile(b"x"))
        thread.join()
