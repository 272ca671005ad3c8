"""The demo's server: gunicorn with one process, four threads, and the queue inside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from buendnisse.demo.queue import start_queue


class DemoServer(BaseApplication):
    """Serves at `address` until interrupted; calls `announce` once pages and queue answer."""

    def __init__(self, *, address: str, announce: Callable[[], None]) -> None:
        self._address = address
        self._announce = announce
        self._stop_queue: Callable[[], None] | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": 4,
            "graceful_timeout": 5,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": self._start,
            "worker_exit": self._stop,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # Where collected files would be; whitenoise warns when it is not there.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        return get_wsgi_application()

    def _start(self, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        # Threads do not survive a fork, so the queue starts in the process that serves.
        self._stop_queue = start_queue()
        self._announce()

    def _stop(self, arbiter: Any, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        if self._stop_queue:
            self._stop_queue()
