"""Counts for the operator's Prometheus, of all workers together, on a port of their own: no page has them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from legalmap.config import Settings
from legalmap.routes import quiet

FOLDER = "metrics"
"""In the instance: where workers leave their counts for the one that tells them."""
_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)


def prepare(settings: Settings) -> None:
    """Count the answers of this process, if the settings say where counts are told. Before workers are made."""
    if not settings.metrics:
        return
    folder = settings.instance / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    # the library looks there when it is imported
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder.resolve())
    try:
        from prometheus_client import Counter, Histogram  # an extra of its own
    except ImportError:
        raise SystemExit('Legalmap does not start. LEGALMAP_METRICS needs pip install "legalmap[metrics]"') from None

    answers = Counter("legalmap_answers", "Answers by endpoint and status.", ("endpoint", "status"))
    seconds = Histogram("legalmap_seconds", "How long an answer took.", ("endpoint",), buckets=_SECONDS)

    def count(endpoint: str, status: int, took: float) -> None:
        answers.labels(endpoint, status).inc()
        seconds.labels(endpoint).observe(took)

    quiet.listeners.append(count)


def serve(settings: Settings) -> None:
    """Tell the counts at `settings.metrics` from now on, in the process that stands above the workers. Raises OSError
    when the port is taken."""
    if not settings.metrics:
        return
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    host, _, port = settings.metrics.rpartition(":")
    counts = CollectorRegistry()
    MultiProcessCollector(counts)  # type: ignore[no-untyped-call]
    start_http_server(int(port), host, counts)


def ended(settings: Settings, worker: int) -> None:
    """A worker is gone; what it counted stays."""
    if settings.metrics:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker, str(Path(settings.instance / FOLDER)))  # type: ignore[no-untyped-call]
