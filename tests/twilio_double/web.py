"""A small web for the double's own tests: documents by path, signatures checked, everything noted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator

from tests.twilio_double import TOKEN

Form = dict[str, str]
Document = str | int | Callable[[Form], str | int]


class Web:
    """Path → document, or a status without one; a path that is not known answers 204."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.noted: list[tuple[str, Form]] = []
        self.forged = 0
        self.url = ""

    def asked(self, path: str) -> list[Form]:
        """The forms that came to a path, in their order."""
        return [form for asked, form in list(self.noted) if asked == path]


@contextmanager
def small_web() -> Iterator[Web]:
    """A web that serves."""
    web = Web()
    validator = RequestValidator(TOKEN)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
            if not validator.validate(web.url + self.path, form, self.headers["X-Twilio-Signature"]):
                web.forged += 1
            path = self.path.partition("?")[0]
            web.noted.append((path, form))
            held = web.documents.get(path)
            text = held(form) if callable(held) else held
            answer = f"<Response>{text}</Response>".encode() if isinstance(text, str) else b""
            self.send_response(text if isinstance(text, int) else 200 if answer else 204)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
