"""How gunicorn serves Legalmap (`gunicorn wsgi:app` reads this file by itself): two workers, and logs that tell
nothing about who asked for what."""

import gc
import logging
import os
import threading
import traceback
from pathlib import Path

from gunicorn import glogging

from legalmap.config import Settings
from legalmap.routes import metrics

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 2
worker_class = "gthread"
threads = 4
# a worker that lost memory somewhere begins anew now and then, not both at once
max_requests = 200_000
max_requests_jitter = 40_000
# one copy of the program in memory; each worker opens the edition by itself
preload_app = True
# an open socket for control is one door too many
control_socket_disable = True
# nobody in front of us may say where the site begins: SCRIPT_NAME would rewrite every link
forwarder_headers = ""
# the application writes its own access lines: endpoint, status, milliseconds
accesslog = None
errorlog = "-"


def when_ready(server: object) -> None:
    """What is loaded before the fork stays in memory that workers share: a collection in one of them that looked at it
    would write there, and so copy it. Counts are told by this process, which stays."""
    gc.freeze()
    metrics.serve(_settings(server))


def child_exit(server: object, worker: object) -> None:
    """What a worker counted is not lost with it."""
    metrics.ended(_settings(server), getattr(worker, "pid"))  # noqa: B009 - gunicorn has no types


def _settings(server: object) -> Settings:
    settings: Settings = getattr(server, "app").wsgi().extensions["settings"]  # noqa: B009
    return settings


def post_worker_init(worker: object) -> None:
    """Threads do not live through the fork that makes a worker: the hourly purge begins in each of them, files are
    packed beside the first answers, and nobody waits while thousands of centers are read anew."""
    extensions = getattr(worker, "wsgi").extensions  # noqa: B009 - gunicorn has no types
    if "hourly" in extensions:
        extensions["hourly"].begin()
    extensions["editions"].patience_s = 0.1
    threading.Thread(target=extensions["static"].pack, daemon=True).start()


_ABOUT_THE_SERVER = (
    "Starting gunicorn", "Listening at", "Using worker", "Booting worker", "Worker exiting", "Worker (pid",
    "WORKER TIMEOUT", "Handling signal", "Shutting down", "Quick shutdown", "Hang up", "Reason", "Server is ready",
    "Connection in use", "Invalid address", "Can't connect", "Retrying", "Worker failed to boot", "App failed to load",
    "Exception in worker process", "Parent changed", "Autorestarting worker", "Ignoring unknown signal",
)  # fmt: skip
"""Beginnings of messages that speak of the server itself. Every other one may hold an address, a path or a raw line of
somebody's request (a malformed one is printed whole), so only its place in the code is written."""


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith(_ABOUT_THE_SERVER):
            return True
        told = f"{record.levelname.lower()} at gunicorn {record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
            told += f" ({record.exc_info[0].__name__}{where})"
        record.msg, record.args, record.exc_info, record.exc_text = told, None, None, None
        return True


_DISCREET = _Discreet()


class QuietLogger(glogging.Logger):
    """gunicorn's own logger, with everything that came from a request taken out."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.addFilter(_DISCREET)


logger_class = QuietLogger
