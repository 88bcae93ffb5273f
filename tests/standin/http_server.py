"""A small threaded HTTP/1.1 server with a request log and a fault table.

It serves the stand-in's sides and the front of a test registry. An application is any object with

    operation(request) -> str       names what the request asks for, for the log and for faults
    handle(request) -> Response     answers it

One thread serves one connection; connections are kept alive and TCP_NODELAY is set. Bodies are
streamed in both directions.
"""

import collections
import email.utils
import http.client
import itertools
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import traceback
import urllib.parse

HEAD_LIMIT = 128 * 1024
PIECE = 256 * 1024
REASONS = http.client.responses


class ConnectionReset(Exception):
    """The connection is to be torn down with a TCP reset."""


class ClientGone(Exception):
    """The client ended the connection in the middle of something."""


class Headers(dict):
    """Header fields by lower-case name; a repeated field is joined by commas."""

    def get(self, name, default=None):
        return dict.get(self, name.lower(), default)


class Stream:
    """A connection with what was received and not yet used."""

    def __init__(self, connection):
        self.connection = connection
        self.pending = b""

    def read_head(self):
        """The bytes up to the empty line, or None when the client has ended the connection."""
        while (end := self.pending.find(b"\r\n\r\n")) < 0:
            if len(self.pending) > HEAD_LIMIT:
                raise ClientGone
            received = self.connection.recv(64 * 1024)
            if not received:
                return None
            self.pending += received
            if not self.pending[:1].isalpha() and self.pending[:1] not in b"\r\n":
                raise ClientGone        # TLS, or another protocol
        head, self.pending = self.pending[:end], self.pending[end + 4:]
        return head

    def read_some(self, most):
        if self.pending:
            piece, self.pending = self.pending[:most], self.pending[most:]
            return piece
        piece = self.connection.recv(min(most, PIECE))
        if not piece:
            raise ClientGone
        return piece

    def read_line(self):
        while (end := self.pending.find(b"\r\n")) < 0:
            received = self.connection.recv(64 * 1024)
            if not received or len(self.pending) > HEAD_LIMIT:
                raise ClientGone
            self.pending += received
        line, self.pending = self.pending[:end], self.pending[end + 2:]
        return line


class Body:
    """A request body that is read once. `length` is None for a chunked one.

    `reset_after` makes reading fail with ConnectionReset after that many bytes.
    """

    def __init__(self, stream, length, expect_continue=False):
        self.stream = stream
        self.length = length
        self.received = 0
        self.reset_after = None
        self.continue_owed = expect_continue
        self.finished = length == 0

    def pieces(self):
        if self.continue_owed and not self.finished:
            self.continue_owed = False
            self.stream.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        for piece in self._plain() if self.length is not None else self._chunked():
            self.received += len(piece)
            if self.reset_after is not None and self.received >= self.reset_after:
                raise ConnectionReset
            yield piece
        self.finished = True

    def _plain(self):
        left = self.length - self.received
        while left > 0:
            piece = self.stream.read_some(left)
            left -= len(piece)
            yield piece

    def _chunked(self):
        while not self.finished:
            left = int(self.stream.read_line().split(b";")[0], 16)
            if left == 0:
                while self.stream.read_line():
                    pass
                return
            while left > 0:
                piece = self.stream.read_some(left)
                left -= len(piece)
                yield piece
            self.stream.read_line()

    def read(self):
        return b"".join(self.pieces())

    def drain(self):
        """Reads on to the end. False: the client still waits for leave to send."""
        if self.continue_owed and not self.finished:
            return False
        if not self.finished:
            collections.deque(self.pieces(), maxlen=0)
        return True


class Request:
    def __init__(self, side, method, target, headers, body):
        self.side = side
        self.method = method
        self.target = target
        self.path, _, self.query_text = target.partition("?")
        self.headers = headers
        self.body = body
        self.operation = ""

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(self.query_text, keep_blank_values=True))


class Response:
    """`body` is bytes, or an iterable of bytes together with `length` (None: sent chunked)."""

    def __init__(self, status, headers=None, body=b"", length=None, file=None):
        self.status = status
        self.headers = dict(headers or {})
        self.body = body
        self.file = file
        self.length = len(body) if isinstance(body, bytes) and file is None else length

    @classmethod
    def json(cls, status, value, headers=None, media_type="application/json"):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return cls(status, {"Content-Type": media_type, **(headers or {})}, text.encode())


class RequestLog:
    """All requests, in memory and (where a path is given) as JSON lines in a file.

    An entry is visible before its answer is sent, so that a client that has its answer finds it.
    """

    def __init__(self, path=None):
        self._entries = []
        self._lock = threading.Lock()
        self._file = open(path, "a", encoding="utf-8") if path else None

    def begin(self, entry):
        with self._lock:
            self._entries.append(entry)

    def end(self, entry):
        if self._file:
            with self._lock:
                self._file.write(json.dumps(entry) + "\n")
                self._file.flush()

    def entries(self, **wanted):
        with self._lock:
            entries = [dict(entry) for entry in self._entries]
        return [entry for entry in entries
                if all(entry.get(key) == value for key, value in wanted.items())]

    def reset(self):
        with self._lock:
            self._entries = []

    def close(self):
        if self._file:
            self._file.close()


class Fault:
    """One line of the fault table. See FaultTable.add()."""

    FIELDS = {"side", "method", "path", "operation", "nth", "times", "status", "headers", "body",
              "action", "bytes", "delay"}
    ACTIONS = {"reset", "truncate", "corrupt", "extend", "hang"}

    def __init__(self, **fields):
        unknown = set(fields) - self.FIELDS
        if unknown:
            raise ValueError(f"unknown fault fields: {', '.join(sorted(unknown))}")
        self.side = fields.get("side")
        self.method = fields.get("method")
        self.path = re.compile(fields["path"]) if fields.get("path") else None
        self.operation = fields.get("operation")
        self.nth = fields.get("nth", 1)
        self.times = fields.get("times", 1)
        self.status = fields.get("status")
        self.headers = fields.get("headers") or {}
        self.body = fields.get("body")
        self.action = fields.get("action")
        self.bytes = fields.get("bytes")
        self.delay = fields.get("delay", 0)
        if self.action is not None and self.action not in self.ACTIONS:
            raise ValueError(f"unknown fault action: {self.action}")
        self.seen = 0

    def takes(self, request):
        if self.side and self.side != request.side:
            return False
        if self.method and self.method != request.method:
            return False
        if self.operation and self.operation != request.operation:
            return False
        if self.path and not self.path.search(request.target):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times <= 0 or self.seen < self.nth + self.times)

    def answer(self):
        body = self.body if self.body is not None else b""
        if isinstance(body, (dict, list)):
            return Response.json(self.status, body, self.headers)
        return Response(self.status, self.headers, body.encode() if isinstance(body, str) else body)


class FaultTable:
    def __init__(self):
        self._faults = []
        self._lock = threading.Lock()

    def add(self, **fields):
        """Adds a fault: which requests (all given conditions must hold), and what happens to them.

        side       "aws", "registry", "storage"; for Registry's front "registry"
        method     "GET", ...
        path       regular expression, searched in path and query
        operation  "GetResources", "PutImage", ... (as in the request log)
        nth        first matching request that is hit, from 1 (default 1)
        times      how many are hit from there (default 1; 0: all)
        status, headers, body
                   the answer instead of the real one; body is text, bytes or JSON (dict, list)
        action     "reset":    the connection is reset; with `bytes`, after that much request body
                   "truncate": the real answer's body ends after `bytes`, and the connection too
                   "corrupt":  the real answer's body has the byte at `bytes` changed
                   "extend":   the real answer's body has `bytes` more bytes at its end, and a
                               Content-Length to match (negative: so many fewer)
                   "hang":     no answer for `delay` seconds (default 3600), then a reset
        delay      seconds to wait before anything else
        """
        fault = Fault(**fields)
        with self._lock:
            self._faults.append(fault)

    def take(self, request):
        if not self._faults:
            return None
        with self._lock:
            return next((fault for fault in self._faults if fault.takes(request)), None)

    def clear(self):
        with self._lock:
            self._faults = []


class Server:
    """Listens on 127.0.0.1 at a free port from the moment it is made; start() answers.

    `latency(side)` gives seconds to wait before each answer.
    """

    _connection_numbers = itertools.count(1)

    def __init__(self, side, application, log, faults, tls=None, latency=None):
        self.side = side
        self.application = application
        self.log = log
        self.faults = faults
        self.tls = tls
        self.latency = latency or (lambda side: 0)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self._connections = set()
        self._lock = threading.Lock()
        self._stopping = False

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self):
        self._stopping = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while not self._stopping:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._connections.add(connection)
        number = next(self._connection_numbers)
        plain = connection
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._connections.add(connection)
            stream = Stream(connection)
            while self._serve_one(stream, number):
                pass
        except ConnectionReset:
            linger = struct.pack("ii", 1, 0)
            try:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            except OSError:
                pass
        except (OSError, ClientGone, ValueError):
            pass
        finally:
            with self._lock:
                self._connections.discard(plain)
                self._connections.discard(connection)
            connection.close()

    def _serve_one(self, stream, number):
        """Answers one request. False: the connection ends here."""
        head = stream.read_head()
        if head is None:
            return False
        request = parse_head(self.side, head, stream)
        request.operation = self.application.operation(request)
        began = time.time()
        entry = {"time": began, "side": self.side, "method": request.method,
                 "path": request.path, "query": request.query_text,
                 "operation": request.operation, "status": 0, "bytes_in": 0, "bytes_out": 0,
                 "authorization": "authorization" in request.headers, "connection": number,
                 "fault": False}
        logged = not request.path.startswith("/_standin/")
        try:
            fault = self.faults.take(request) if logged else None
            entry["fault"] = fault is not None
            if wait := self.latency(self.side) if logged else 0:
                time.sleep(wait)
            response = self._answer(request, fault)
            keep = request.body.drain() and request.headers.get("connection", "") != "close"
            entry["status"] = response.status
            entry["bytes_in"] = request.body.received
        except (ConnectionReset, ClientGone, OSError):
            entry["bytes_in"] = request.body.received
            if logged:
                self.log.begin(entry)
                self.log.end(entry)
            raise
        if logged:
            entry["bytes_out"] = 0 if request.method == "HEAD" else response.length or 0
            self.log.begin(entry)
        try:
            self._send(stream.connection, request, response, keep, fault, entry)
        finally:
            entry["seconds"] = round(time.time() - began, 6)
            if logged:
                self.log.end(entry)
        return keep

    def _handle(self, request):
        try:
            return self.application.handle(request)
        except (ConnectionReset, ClientGone, OSError):
            raise
        except Exception:  # pylint: disable=broad-except
            text = traceback.format_exc()
            sys.stderr.write(text)
            return Response(500, {"Content-Type": "text/plain"}, text.encode())

    def _answer(self, request, fault):
        if fault is None:
            return self._handle(request)
        if fault.delay:
            time.sleep(fault.delay)
        if fault.action == "hang":
            time.sleep(0 if fault.delay else 3600)
            raise ConnectionReset
        if fault.action == "reset":
            if not fault.bytes:
                raise ConnectionReset
            request.body.reset_after = fault.bytes
        if fault.status:
            return fault.answer()
        response = self._handle(request)
        if fault.action == "reset":
            request.body.drain()
            raise ConnectionReset
        if fault.action in ("corrupt", "extend"):
            bend(response, fault)
        return response

    def _send(self, connection, request, response, keep, fault, entry):
        headers = response.headers
        lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}",
                 "Date: " + http_date()]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        chunked = response.length is None
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        elif not any(name.lower() == "content-length" for name in headers):
            lines.append(f"Content-Length: {response.length}")
        if not keep:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if request.method == "HEAD" or response.status in (204, 304):
            connection.sendall(head)
            return
        limit = fault.bytes or 0 if fault and fault.action == "truncate" else None
        if limit is not None:
            self._send_truncated(connection, head, response, limit, entry)
            raise ClientGone
        if response.file is not None:
            self._send_file(connection, head, response)
        elif isinstance(response.body, bytes):
            connection.sendall(head + response.body)
        else:
            self._send_pieces(connection, head, response, chunked, entry)

    @staticmethod
    def _send_file(connection, head, response):
        path, offset = response.file
        connection.sendall(head)
        with open(path, "rb") as file:
            connection.sendfile(file, offset, response.length)

    @staticmethod
    def _send_pieces(connection, head, response, chunked, entry):
        connection.sendall(head)
        sent = 0
        for piece in response.body:
            sent += len(piece)
            if chunked:
                piece = b"%x\r\n" % len(piece) + piece + b"\r\n" if piece else b""
            connection.sendall(piece)
        entry["bytes_out"] = sent
        if chunked:
            connection.sendall(b"0\r\n\r\n")

    @staticmethod
    def _send_truncated(connection, head, response, limit, entry):
        connection.sendall(head)
        sent = 0
        for piece in body_pieces(response):
            piece = piece[:limit - sent]
            connection.sendall(piece)
            sent += len(piece)
            if sent >= limit:
                break
        entry["bytes_out"] = sent


def parse_head(side, head, stream):
    lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = Headers()
    for line in lines[1:]:
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        headers[name] = headers[name] + "," + value if name in headers else value
    if "chunked" in headers.get("transfer-encoding", ""):
        length = None
    else:
        length = int(headers.get("content-length", "0"))
    expect_continue = headers.get("expect", "").lower() == "100-continue"
    return Request(side, method, target, headers, Body(stream, length, expect_continue))


def body_pieces(response):
    """A response's body as pieces, wherever it comes from."""
    if response.file is not None:
        path, offset = response.file
        with open(path, "rb") as file:
            file.seek(offset)
            left = response.length
            while left > 0 and (piece := file.read(min(left, PIECE))):
                left -= len(piece)
                yield piece
    elif isinstance(response.body, bytes):
        yield response.body
    else:
        yield from response.body


def bend(response, fault):
    """Changes the body of a response as a fault of action "corrupt" or "extend" says."""
    body = bytearray(b"".join(body_pieces(response)))
    count = fault.bytes or 0
    if fault.action == "corrupt":
        if body:
            body[count % len(body)] ^= 0x01
    elif count >= 0:
        body += b"\0" * (count or 1)
    else:
        del body[count:]
    response.body, response.file, response.length = bytes(body), None, len(body)
    for name in [name for name in response.headers if name.lower() == "content-length"]:
        del response.headers[name]


_date = (0, "")


def http_date():
    """The Date header of this second."""
    global _date
    now = int(time.time())
    if _date[0] != now:
        _date = (now, email.utils.formatdate(now, usegmt=True))
    return _date[1]


def serve_file(path, request, headers):
    """A file as the answer to GET, with Range as S3 does it."""
    size = os.stat(path).st_size
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    headers = {"Accept-Ranges": "bytes", **headers}
    if not wanted:
        return Response(200, headers, file=(path, 0), length=size)
    first = int(wanted[1])
    last = min(int(wanted[2]) if wanted[2] else size - 1, size - 1)
    if first > last:
        return Response(416, {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(206, headers, file=(path, first), length=last - first + 1)
