"""A Kafka broker that tells its groups' states, which librdkafka's mock does not: one topic, one partition, one group.

It knows as much of the protocol as a client needs who asks for a group's lag: ApiVersions, Metadata, FindCoordinator,
OffsetFetch, ListOffsets and ListGroups, each in one version."""
import collections
import socketserver
import struct
import threading

LIST_OFFSETS, METADATA, OFFSET_FETCH, FIND_COORDINATOR, LIST_GROUPS, API_VERSIONS = 2, 3, 9, 10, 16, 18
VERSIONS = {LIST_OFFSETS: 1, METADATA: 1, OFFSET_FETCH: 2, FIND_COORDINATOR: 0, LIST_GROUPS: 4, API_VERSIONS: 3}
NO_TAGS = b"\0"


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def compact(value):
    return bytes([len(value) + 1]) + value.encode()


class TellingBroker(socketserver.ThreadingTCPServer):
    """`state` is what it says of the group; None: it takes the question and never answers it."""
    daemon_threads = True
    topic, group, end, committed = "orders", "analytics", 10, 4

    def __init__(self, state):
        super().__init__(("127.0.0.1", 0), Client)
        self.state = state
        self.asked = collections.Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.server_address[1]

    def close(self):
        self.shutdown()
        self.server_close()

    def answer(self, request):
        """The body of an answer; None for none."""
        place = struct.pack(">i", 0) + text("127.0.0.1") + struct.pack(">i", self.server_address[1])  # broker 0
        if request == API_VERSIONS:
            keys = b"".join(struct.pack(">hhh", key, version if key != API_VERSIONS else 0, version) + NO_TAGS
                            for key, version in VERSIONS.items())
            return struct.pack(">h", 0) + bytes([len(VERSIONS) + 1]) + keys + struct.pack(">i", 0) + NO_TAGS
        if request == METADATA:
            partition = struct.pack(">hiiiiii", 0, 0, 0, 1, 0, 1, 0)
            return (struct.pack(">i", 1) + place + struct.pack(">h", -1) + struct.pack(">ii", 0, 1)
                    + struct.pack(">h", 0) + text(self.topic) + b"\0" + struct.pack(">i", 1) + partition)
        if request == FIND_COORDINATOR:
            return struct.pack(">h", 0) + place
        if request == OFFSET_FETCH:
            return (struct.pack(">i", 1) + text(self.topic) + struct.pack(">iiq", 1, 0, self.committed) + text("")
                    + struct.pack(">hh", 0, 0))
        if request == LIST_OFFSETS:
            return struct.pack(">i", 1) + text(self.topic) + struct.pack(">iihqq", 1, 0, 0, -1, self.end)
        if request == LIST_GROUPS and self.state is not None:
            group = compact(self.group) + compact("consumer") + compact(self.state) + NO_TAGS
            return NO_TAGS + struct.pack(">ih", 0, 0) + bytes([2]) + group + NO_TAGS
        return None


class Client(socketserver.StreamRequestHandler):
    def handle(self):
        while size := self.rfile.read(4):
            request = self.rfile.read(struct.unpack(">i", size)[0])
            key, _, correlation = struct.unpack(">hhi", request[:8])
            self.server.asked[key] += 1
            body = self.server.answer(key)
            if body is not None:
                self.wfile.write(struct.pack(">ii", 4 + len(body), correlation) + body)
                self.wfile.flush()
