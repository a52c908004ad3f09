"""One connection to a server of this machine, kept open, speaking JSON and forms."""

import http.client
import json
import time
import uuid

TIMEOUT_S = 3600
# Servers close a connection that is silent for some seconds; one as old as this is opened anew.
SILENT_S_MAX = 2


class Refused(RuntimeError):
    """The server answered with an error."""


class Wire:
    """Requests over one connection."""

    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self.spoken = 0.0
        # Sent with every request.
        self.headers = {}

    def get(self, path):
        return self._ask("GET", path, None, {})

    def post(self, path, body):
        return self._ask("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def upload(self, path, name, data, fields=()):
        """Sends a file in a form; fields are (name, value) pairs."""
        boundary = uuid.uuid4().hex
        head = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in fields
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body = head + data + f"\r\n--{boundary}--\r\n".encode()
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def is_answering(self, path):
        """Whether a path answers with success at the moment."""
        try:
            self.get(path)
            return True
        except (OSError, http.client.HTTPException, Refused):
            self.connection.close()
            return False

    def close(self):
        self.connection.close()

    def _ask(self, method, path, body, headers):
        if time.perf_counter() - self.spoken > SILENT_S_MAX:
            self.connection.close()
        self.connection.request(method, path, body, {**self.headers, **headers})
        reply = self.connection.getresponse()
        data = reply.read()
        self.spoken = time.perf_counter()
        if reply.status >= 500:
            # Some servers hang up after a fault of their own without having said so.
            self.connection.close()
        if reply.status >= 400:
            raise Refused(f"{method} {path}: {reply.status} {data[:500].decode(errors='replace')}")
        return json.loads(data) if data else None


def wait_until(answers, server, every_s=0.005, within_s=1200):
    """Waits until a call gives something true, and gives that; fails when the server ends."""
    limit = time.perf_counter() + within_s
    while time.perf_counter() < limit:
        found = answers()
        if found:
            return found
        server.check()
        time.sleep(every_s)
    raise RuntimeError(f"{server.name} took more than {within_s} s")
