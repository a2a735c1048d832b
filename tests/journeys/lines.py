"""A line between a browser and the server that can be cut, as a network is."""

from __future__ import annotations

import selectors
import socket
import socketserver
import threading
from urllib.parse import urlsplit


class Line:
    """A port before the live server's; unlike a switch of the browser it holds for service workers too."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._far = (parts.hostname or "", parts.port or 0)
        self._port = 0
        self.mend()
        self.url = f"http://{parts.hostname}:{self._port}"

    def mend(self) -> None:
        """Take connections again, at the same port."""
        self._near = _Near(self._port, self._far)
        self._port = self._near.server_address[1]
        threading.Thread(target=self._near.serve_forever, args=(0.05,), daemon=True).start()

    def cut(self) -> None:
        """Refuse new connections and break those that stand."""
        self._near.shutdown()
        self._near.server_close()
        for link in tuple(self._near.links):
            _hang_up(link)


class _Near(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, far: tuple[str, int]) -> None:
        self.far, self.links = far, set[socket.socket]()
        super().__init__(("localhost", port), _Call)


class _Call(socketserver.BaseRequestHandler):
    """One connection: what comes at either end goes out at the other."""

    server: _Near
    request: socket.socket

    def handle(self) -> None:
        with socket.create_connection(self.server.far) as far, selectors.DefaultSelector() as ready:
            ends = self.request, far
            self.server.links.update(ends)
            ready.register(self.request, selectors.EVENT_READ, (self.request, far))
            ready.register(far, selectors.EVENT_READ, (far, self.request))
            try:
                while True:
                    for key, _events in ready.select():
                        piece = key.data[0].recv(65536)
                        if not piece:
                            return
                        key.data[1].sendall(piece)
            except OSError:  # cut, or one end hung up
                return
            finally:
                self.server.links.difference_update(ends)


def _hang_up(link: socket.socket) -> None:
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:  # it hung up by itself
        return
