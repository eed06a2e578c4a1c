"""A line between a browser and a server that a test can cut: at once, or after so many answers."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress


class Relay:
    """Passes bytes from a port of its own to the port `target`. `cut`: refuses and breaks off; `last`: how many more
    requests are let through before it cuts (None: all); `delay`: seconds that each answer waits."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._open: set[socket.socket] = set()
        self._listening: socket.socket | None = None
        self._cutting = threading.Lock()
        self.last: int | None = None
        self.delay = 0.0
        self.port = 0
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """The line is whole again, on the same port."""
        self.last = None
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(50)
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def cut(self) -> None:
        """Nobody is reached from now on; what is under way breaks off."""
        with self._cutting:  # the test and several threads of the line may cut at the same moment
            listening, self._listening = self._listening, None
        if listening:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    raise
                for one, other in ((near, far), (far, near)):
                    self._open.add(one)
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                asks = data[:5] in (b"GET /", b"POST ")
                if self.delay and data[:7] == b"HTTP/1.":
                    time.sleep(self.delay)
                if asks and self.last is not None:
                    self.last -= 1
                    if self.last < 0:
                        self.cut()
                        break
                other.sendall(data)
        for socket_ in (one, other):
            with suppress(OSError):
                socket_.shutdown(socket.SHUT_RDWR)
        self._open.discard(one)
        one.close()
