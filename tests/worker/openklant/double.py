"""A server that answers as Open Klant does: it holds requests to the rules of its OpenAPI text (rules.json), to those that
are only in its code, and fails as the test says."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

RULES = json.loads((Path(__file__).parent / "rules.json").read_text("utf-8"))["operations"]
PREFIX = "/klantinteracties/api/v1"
TOKEN = "a-token-for-tests"
PHONE = re.compile(r"^(0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13})$")
MAIL = re.compile(r"^[^@\s.][^@\s]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,63}$")

Wrong = list[tuple[str, str]]
Fault = Callable[[str, str], str]
"""(method, path) → what goes wrong: '' nothing, `before` or `after` (no answer, the request not taken or taken), `500`,
`429`, `slow` or `late` (no answer in time, and the request taken at once or only then)."""


def judge(rule: dict[str, Any], value: Any, name: str = "") -> Wrong:
    """What is wrong with a value, as (name, code). A field that is not known passes silently, as it does there."""
    if value is None:
        return [] if rule.get("nullable") else [(name, "null")]
    kind = rule.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            return [(name, "invalid")]
        return _judge_object(rule, value, name)
    if kind == "array":
        if not isinstance(value, list):
            return [(name, "not_a_list")]
        return [w for n, each in enumerate(value) for w in judge(rule["items"], each, f"{name}.{n}")]
    if kind == "boolean":
        return [] if isinstance(value, bool) else [(name, "invalid")]
    if kind == "string":
        return _judge_text(rule, value, name)
    raise AssertionError(f"a rule that the double does not know: {rule}")


def _judge_object(rule: dict[str, Any], value: dict[str, Any], name: str) -> Wrong:
    dot = f"{name}." if name else ""
    out: Wrong = [(dot + field, "required") for field in rule.get("required", ()) if field not in value]
    for field, each in value.items():
        known = rule.get("properties", {}).get(field) or rule.get("additionalProperties")
        if known is not None and known.get("readOnly"):
            out.append((dot + field, "read_only"))  # it would pass silently there: a fault of ours all the same
        elif known is not None:
            out += judge(known, each, dot + field)
    return out


def _judge_text(rule: dict[str, Any], value: Any, name: str) -> Wrong:
    if not isinstance(value, str):
        return [(name, "invalid")]
    if "\x00" in value:
        return [(name, "null_characters_not_allowed")]
    if "enum" in rule and value not in rule["enum"]:
        return [(name, "invalid_choice")]
    if len(value) > rule.get("maxLength", 10**9):
        return [(name, "max_length")]
    if len(value) < rule.get("minLength", 0) or ("pattern" in rule and not re.search(rule["pattern"], value)):
        return [(name, "invalid")]
    if rule.get("format") == "uuid" and not _is(uuid.UUID, value):
        return [(name, "invalid")]
    if rule.get("format") == "date-time" and not (_is(dt.datetime.fromisoformat, value) and "T" in value):
        return [(name, "invalid")]
    return []


def _is(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


class Store:
    """What the server holds, and what was asked of it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: dict[str, dict[str, dict[str, Any]]] = {
            name: {}
            for name in (
                "klantcontacten",
                "betrokkenen",
                "digitaleadressen",
                "internetaken",
                "actoren",
                "onderwerpobjecten",
            )
        }
        self.asked: list[tuple[str, str, Any]] = []
        self.refused: list[Wrong] = []
        self.fault: Fault = lambda method, path: ""

    def all(self, name: str) -> list[dict[str, Any]]:
        """The objects of a kind, in the order in which they were made."""
        return list(self.held[name].values())

    def add(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Keep an object, with what the server fills in."""
        made = {"uuid": str(uuid.uuid4()), **body}
        made["url"] = f"http://testserver{PREFIX}/{name}/{made['uuid']}"
        self.held[name][made["uuid"]] = made
        return made

    def wrong(self, method: str, route: str, body: dict[str, Any]) -> Wrong:
        """What is wrong with a body, by the text and by what is only in the code of Open Klant."""
        out = judge(RULES[f"{method} {route}"]["body"], body)
        for prefix, part in (("", body), ("klantcontact.", body.get("klantcontact") or {})):
            nummer = part.get("nummer") if isinstance(part, dict) else None
            kind = "klantcontacten" if prefix else "internetaken"
            if nummer is not None and method == "POST":
                if not re.fullmatch(r"-?[0-9]+", str(nummer)):
                    out.append((prefix + "nummer", "invalid"))
                elif any(each.get("nummer") == nummer for each in self.all(kind)):
                    out.append((prefix + "nummer", "unique"))
        if route == "/digitaleadressen":
            rule = {"telefoonnummer": PHONE, "email": MAIL}.get(str(body.get("soortDigitaalAdres")))
            if rule is not None and not rule.fullmatch(str(body.get("adres"))):
                out.append(("adres", "invalid"))
        if route == "/internetaken" and ("toegewezenAanActor" in body) == ("toegewezenAanActoren" in body):
            out.append(("nonFieldErrors", "invalid"))
        if route.startswith("/internetaken") and body.get("afgehandeldOp") and body.get("status") != "verwerkt":
            out.append(("afgehandeldOp", "invalid"))
        for name, referred in _referred(body):
            if not any(referred in kept for kept in self.held.values()):
                out.append((name, "invalid"))
        return out


def _referred(body: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(body, dict):
        if isinstance(body.get("uuid"), str):
            yield f"{name}.uuid", body["uuid"]
        for field, each in body.items():
            yield from _referred(each, field)
    if isinstance(body, list):
        for each in body:
            yield from _referred(each, name)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    store: Store

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PATCH(self) -> None:
        self._serve("PATCH")

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(PREFIX)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else None
        query = dict(parse_qsl(parts.query))
        self.store.asked.append((method, path, body if method != "GET" else query))
        fault = self.store.fault(method, path)
        if fault == "late":
            time.sleep(0.6)
        if fault == "before":
            self.close_connection = True
            return
        if fault.isdigit():
            self._answer(int(fault), {"detail": "it fails"})
            return
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            self._answer(401, {"detail": "Authenticatiegegevens zijn niet opgegeven."})
            return
        with self.store.lock:
            status, answer = self._do(method, path, query, body)
        if fault == "slow":
            time.sleep(0.6)
        if fault == "after":
            self.close_connection = True
            return
        self._answer(status, answer)

    def _do(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        route = re.sub(r"/[0-9a-f-]{36}$", "/{uuid}", path)
        if f"{method} {route}" not in RULES or not self.path.startswith(PREFIX):
            return 404, {"detail": "Niet gevonden."}
        if method == "GET":
            return self._list(route, query)
        wrong = self.store.wrong(method, route, body)
        if wrong:
            self.store.refused.append(wrong)
            return 400, {
                "title": "Invalid input.",
                "status": 400,
                "invalidParams": [{"name": name, "code": code, "reason": code} for name, code in wrong],
            }
        if method == "PATCH":
            kind, uuid = path.strip("/").split("/")
            held = self.store.held[kind].get(uuid)
            if held is None:
                return 404, {"detail": "Niet gevonden."}
            held |= body
            return 200, held
        if route == "/maak-klantcontact":
            return 201, self._contact(body)
        return 201, self.store.add(path.strip("/"), body)

    def _contact(self, body: dict[str, Any]) -> dict[str, Any]:
        contact = self.store.add("klantcontacten", {"hadBetrokkenen": [], **body["klantcontact"]})
        out: dict[str, Any] = {"klantcontact": contact, "betrokkene": None, "onderwerpobject": None}
        own = {"uuid": contact["uuid"]}
        if body.get("betrokkene"):
            out["betrokkene"] = self.store.add("betrokkenen", {**body["betrokkene"], "hadKlantcontact": own})
            contact["hadBetrokkenen"] = [{"uuid": out["betrokkene"]["uuid"]}]
        if body.get("onderwerpobject"):
            out["onderwerpobject"] = self.store.add(
                "onderwerpobjecten", {**body["onderwerpobject"], "klantcontact": own}
            )
        return out

    def _list(self, route: str, query: dict[str, str]) -> tuple[int, Any]:
        unknown = set(query) - set(RULES[f"GET {route}"]["query"])
        if unknown:
            return 400, {"invalidParams": [{"name": name, "code": "unknown-parameters"} for name in unknown]}
        fields = {
            "nummer": ("nummer",),
            "verstrektDoorBetrokkene__uuid": ("verstrektDoorBetrokkene", "uuid"),
            "aanleidinggevendKlantcontact__uuid": ("aanleidinggevendKlantcontact", "uuid"),
            "actoridentificatorObjectId": ("actoridentificator", "objectId"),
            "actoridentificatorCodeRegister": ("actoridentificator", "codeRegister"),
        }
        found = [
            each
            for each in self.store.all(route.strip("/"))
            if all(_at(each, fields[name]) == value for name, value in query.items())
        ]
        return 200, {"count": len(found), "next": None, "previous": None, "results": found}

    def _answer(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        try:
            self.wfile.write(raw)
        except OSError:
            self.close_connection = True  # whoever asked is gone


def _at(held: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        held = held.get(name) if isinstance(held, dict) else None
    return held


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no fault."""


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """The address of a server of what is held."""
    handler = type("Handler", (_Handler,), {"store": store})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
