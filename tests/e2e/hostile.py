"""Servers on loopback that answer as a test tells them to, byte for byte."""

import socket
import threading


class Server:
    """`answer(request_line, headers, connection)` writes what it likes; the connection ends then.

    `requests` holds (request line, headers) of all that came."""

    def __init__(self, answer, host="127.0.0.1"):
        self._answer = answer
        self._listener = socket.create_server((host, 0))
        self.address = "%s:%d" % self._listener.getsockname()
        self.requests = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                try:
                    piece = connection.recv(65536)
                except OSError:
                    return
                if not piece or not head and not piece[:1].isalpha():
                    return
                head += piece
            lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in
                       (line.partition(":") for line in lines[1:])}
            self.requests.append((lines[0], headers))
            try:
                self._answer(lines[0], headers, connection)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                pass


def response(status, headers=(), body=b""):
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers),
             f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body
