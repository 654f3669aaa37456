"""What benches of scrapes share: an exporter in this process, and what the processor had of another."""
import http.server
import os
import pathlib
import sys
import threading


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # who asks is ended while it asks
            super().handle_error(request, client_address)


class Exporter:
    """Answers with each text in turn; `answered` counts."""

    def __init__(self, texts):
        self.answered = 0
        self.news = threading.Condition()
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                text = texts[exporter.answered % len(texts)]
                with exporter.news:
                    exporter.answered += 1
                    exporter.news.notify_all()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def until_answered(self, count, patience):
        """Whether it came to that within so many seconds."""
        with self.news:
            return self.news.wait_for(lambda: self.answered >= count, patience)


def processor_ms(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
