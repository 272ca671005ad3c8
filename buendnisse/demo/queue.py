"""Celery inside the demo's own process: a worker and the clock, each in a thread.

The broker is memory://, which no other process can see; so they live where the pages do.
"""

from collections.abc import Callable
from threading import Event, Thread

from celery.app import app_or_default
from celery.beat import Scheduler, Service
from celery.worker import WorkController, state


def start_queue() -> Callable[[], None]:
    """Start worker and clock, wait until the worker listens, and return what stops them.

    The threads are daemons: a process that must end does not wait for them.
    """
    listening = Event()
    worker = Thread(target=_work, args=(listening,), name="demo-worker", daemon=True)
    clock = Service(app=app_or_default(), scheduler_cls=Scheduler)
    worker.start()
    Thread(target=clock.start, name="demo-clock", daemon=True).start()
    listening.wait(timeout=20)

    def stop() -> None:
        # What the worker's loop looks at; the clock holds nothing that would want an end.
        state.should_stop = 0  # type: ignore[assignment]
        worker.join(timeout=3)

    return stop


def _work(listening: Event) -> None:
    """One task after the other, on this thread; signals stay with the server."""
    WorkController(
        app=app_or_default(),
        hostname="demo@localhost",
        pool_cls="solo",
        concurrency=1,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        ready_callback=lambda _consumer: listening.set(),
    ).start()
