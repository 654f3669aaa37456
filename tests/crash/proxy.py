"""A TCP proxy for HTTP/1.1 that stops at exact points of a writing request.

`trap(stage, request_id)` is called for each writing request at "before" (it has come whole, nothing is forwarded),
"applied" (the server has answered, nothing is passed back) and "replied" (just before the answer is passed back). When it
returns False, the connection ends there.
"""
import socket
import threading

WRITING = {"POST", "PUT", "PATCH", "DELETE"}


class Stream:
    def __init__(self, connection):
        self.connection = connection
        self.kept = b""

    def _more(self):
        got = self.connection.recv(65536)
        if not got:
            raise ConnectionError("ended")
        self.kept += got

    def _until(self, mark):
        while mark not in self.kept:
            self._more()
        end = self.kept.index(mark) + len(mark)
        head, self.kept = self.kept[:end], self.kept[end:]
        return head

    def _exactly(self, size):
        while len(self.kept) < size:
            self._more()
        body, self.kept = self.kept[:size], self.kept[size:]
        return body

    def message(self):
        """One whole message: (first line, headers in lower case, its bytes)."""
        head = self._until(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:]) if name}
        body = b""
        if headers.get("transfer-encoding", "") == "chunked":
            while True:
                size = self._until(b"\r\n")
                body += size + self._exactly(int(size, 16) + 2)
                if int(size, 16) == 0:
                    break
        else:
            body = self._exactly(int(headers.get("content-length", "0")))
        return lines[0], headers, head + body


class Proxy:
    def __init__(self, target, trap):
        host, _, port = target.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._trap = trap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # else the accept that waits takes one more connection
        except OSError:
            pass
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, socket.create_connection(self._target) as server:
            asking, answering = Stream(connection), Stream(server)
            try:
                while True:
                    line, headers, request = asking.message()
                    writes = line.split(" ")[0] in WRITING
                    name = headers.get("x-request-id", "")
                    if writes and not self._trap("before", name):
                        return
                    server.sendall(request)
                    _, _, answer = answering.message()
                    if writes and not (self._trap("applied", name) and self._trap("replied", name)):
                        return
                    connection.sendall(answer)
            except OSError:
                return
