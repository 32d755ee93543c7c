"""A local imitation of Prolific's API, spoken over real HTTP: submissions with pages, statuses that move as theirs do,
429 and faults on demand. What it knows comes from https://docs.prolific.com/api-reference.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "imitation-token-7f3a"
CATEGORIES = {
    "TOO_QUICKLY", "TOO_SLOWLY", "FAILED_INSTRUCTIONS", "INCOMP_LONGITUDINAL", "FAILED_CHECK", "LOW_EFFORT",
    "MALINGERING", "NO_CODE", "BAD_CODE", "NO_DATA", "UNSUPP_DEVICE", "OTHER",
}  # fmt: skip


@dataclass
class Fault:
    """The next answer: a status with headers. `after` does what was asked first, as when an answer is lost on the way;
    `drop` closes the connection without a word."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    drop: bool = False
    method: str = ""


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    token: str


class Imitation:
    """`submissions` is what Prolific knows; `asked` what was asked of it; `faults` what goes wrong next."""

    def __init__(self) -> None:
        self.submissions: dict[str, dict[str, Any]] = {}
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.told: list[tuple[str, str]] = []
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.largest_page = 3
        self.lock = threading.Lock()
        self.url = ""

    def add(
        self, key: str, status: str = "ACTIVE", *, person: str = "", study: str = "their-study", **more: Any
    ) -> None:
        person = person or f"person-{key}"
        known = {
            "id": key,
            "status": status,
            "participant_id": person,
            "study_id": study,
            "return_requested": None,
        }
        self.submissions[key] = known | {"started_at": "2026-05-01T10:00:00Z", "completed_at": None} | more

    def posts(self) -> list[Asked]:
        return [one for one in self.asked if one.method == "POST"]

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        if asked.token != f"Token {TOKEN}":
            return 401, {}, {"error": {"status": 401, "title": "Unauthorised", "detail": "Invalid token."}}
        if asked.path == "/api/v1/submissions/":
            return self.list_submissions(asked)
        if found := re.fullmatch(r"/api/v1/submissions/([^/]+)/(transition/|request-return/)?", asked.path):
            return self.one_submission(found[1], found[2] or "", asked)
        if asked.path == "/api/v1/hooks/secrets/":
            return 201, {}, {"id": "secret-1", "value": "new-secret", **asked.body}
        if asked.path == "/api/v1/hooks/subscriptions/" and asked.method == "POST":
            key = f"subscription-{len(self.subscriptions) + 1}"
            self.subscriptions[key] = {**asked.body, "id": key, "is_enabled": False}
            return 201, {"X-Hook-Secret": "handshake-1"}, self.subscriptions[key]
        if found := re.fullmatch(r"/api/v1/hooks/subscriptions/([^/]+)/", asked.path):
            if asked.body.get("secret") != "handshake-1":
                return 400, {}, {"error": {"detail": "Wrong secret."}}
            self.subscriptions[found[1]]["is_enabled"] = True
            return 200, {}, self.subscriptions[found[1]]
        return 404, {}, {"error": {"status": 404, "title": "Not found"}}

    def list_submissions(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        of_study = [one for one in self.submissions.values() if one["study_id"] == asked.query.get("study")]
        if not of_study:
            return 404, {}, {"error": {"status": 404, "title": "Not found"}}
        size = min(int(asked.query.get("page_size", 20)), self.largest_page)
        page = int(asked.query.get("page", 1))
        results = [
            {key: value for key, value in one.items() if key != "study_id"}
            for one in of_study[(page - 1) * size : page * size]
        ]
        more = page * size < len(of_study)
        links = {"next": {"href": f"{self.url}/api/v1/submissions/?page={page + 1}" if more else None}}
        return 200, {}, {"results": results, "_links": links, "meta": {"count": len(of_study)}}

    def one_submission(self, key: str, action: str, asked: Asked) -> tuple[int, dict[str, str], Any]:
        known = self.submissions.get(key)
        if known is None:
            return 404, {}, {"error": {"status": 404, "title": "Not found"}}
        if action == "transition/" and (refusal := self.transition(key, known, asked.body)):
            return 400, {}, {"error": {"status": 400, "title": "Bad request", "detail": refusal}}
        if action == "request-return/":
            if not asked.body.get("request_return_reasons"):
                return 400, {}, {"error": {"detail": "Give a reason."}}
            known["return_requested"] = "2026-05-02T08:00:00Z"
            self.told.append((key, "REQUEST_RETURN"))
        shown = {**known, "participant": known["participant_id"], "entered_code": known.get("study_code")}
        return (
            200,
            {},
            {name: value for name, value in shown.items() if name not in ("participant_id", "study_code")},
        )

    def transition(self, key: str, known: dict[str, Any], body: dict[str, Any]) -> str:
        target = {"APPROVE": "APPROVED", "REJECT": "REJECTED"}.get(body.get("action", ""))
        if target is None:
            return "Unknown action."
        if target == "REJECTED" and (
            body.get("rejection_category") not in CATEGORIES or len(body.get("message", "")) < 100
        ):
            return "A rejection needs a category and a message of at least 100 characters."
        if known["status"] == target:
            return ""
        if known["status"] not in ("AWAITING REVIEW", "TIMED-OUT"):
            return f"A submission that is {known['status']} cannot become {target}."
        known["status"] = target
        self.told.append((key, body["action"]))
        return ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    imitation: Imitation

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        asked = Asked(
            self.command,
            address.path,
            {name: values[0] for name, values in parse_qs(address.query).items()},
            json.loads(body) if body else {},
            self.headers.get("Authorization", ""),
        )
        with self.imitation.lock:
            self.imitation.asked.append(asked)
            fault = next((one for one in self.imitation.faults if one.method in ("", asked.method)), None)
            if fault is not None:
                self.imitation.faults.remove(fault)
            status, headers, said = 200, dict[str, str](), dict[str, Any]()
            if fault is None or fault.after:
                status, headers, said = self.imitation.answer(asked)
        if fault is not None:
            if fault.drop:
                self.close_connection = True
                return
            status, headers, said = fault.status, fault.headers, {"error": {"title": "as told"}}
        answer = json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """A test's output is no place for an access log."""


@contextmanager
def serve() -> Iterator[Imitation]:
    imitation = Imitation()
    handler = type("BoundHandler", (Handler,), {"imitation": imitation})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    imitation.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield imitation
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
