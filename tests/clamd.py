"""A small virus scanner for tests: it speaks clamd's INSTREAM over TCP or a unix socket.

It finds something in whatever holds ``VIRUS``. ``size_limit`` is its StreamMaxLength.
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VIRUS = b"EICAR-SAMPLE"
_COMMAND = b"zINSTREAM\0"


class _Session(socketserver.StreamRequestHandler):
    server: "Clamd | UnixClamd"

    def handle(self) -> None:
        if self.rfile.read(len(_COMMAND)) != _COMMAND:
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.size_limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                # To the end, so that the answer arrives before the line is cut.
                self.rfile.read()
                return
        self.server.seen.append(content)
        found = VIRUS in content
        self.wfile.write(b"stream: Test.Signature FOUND\0" if found else b"stream: OK\0")


class _Settings:
    size_limit = 25 * 1024 * 1024
    daemon_threads = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.seen: list[bytes] = []
        super().__init__(*args, **kwargs)


class Clamd(_Settings, socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"tcp://{host}:{port}"


class UnixClamd(_Settings, socketserver.ThreadingUnixStreamServer):
    @property
    def url(self) -> str:
        return f"unix://{self.server_address}"


@contextmanager
def running(server: "Clamd | UnixClamd") -> Iterator["Clamd | UnixClamd"]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def on_tcp() -> Clamd:
    return Clamd(("127.0.0.1", 0), _Session)


def on_unix(path: Path) -> UnixClamd:
    return UnixClamd(str(path), _Session)
