"""Gunicorn as in production, but with one worker, so that it is known which process works.

The application is loaded before the fork, so that another worker stands a moment after one died.
"""

from typing import Any

preload_app = True
workers = 1
threads = 4
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - as the image has it
loglevel = "critical"


def post_worker_init(worker: Any) -> None:
    """Tell whoever started this that a worker serves now, and which process it is."""
    print(worker.pid, flush=True)  # noqa: T201
