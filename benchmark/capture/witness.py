"""Keeps the record of one capture: requests, console, errors, and what the page tried."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from benchmark.capture.cdp import BrowserGone, Connection
from benchmark.capture.libraries import LibraryStore
from benchmark.capture.origin import Answer, Folder, fulfil_params
from benchmark.capture.result import ConsoleLine, Refused
from benchmark.capture.scripts import NOTE_BINDING

MOST_LINES = 100
LONGEST_LINE = 500

INEXACT = {
    "audio": "It reads the audio clock, which runs in real time.",
    "late video": "It begins a video while it runs, which may show its pictures a few frames early or late.",
    "unsteady": "It uses a store, channel, lock, file reader, decoder or video callback, which answer in real time.",
    "worker": "It runs a worker, whose timers run in real time.",
}
TURNED_DOWN = {
    "close": "closing itself",
    "print": "printing",
    "resize": "resizing or moving its window",
    "service worker": "service worker",
    "webrtc": "peer connection",
}
# Whether a page could have drawn something from it: what is missing of these may explain a broken page.
ESSENTIAL = frozenset({"Script", "Stylesheet", "Fetch", "XHR", "Document", "Image", "Media", "WebSocket"})


# What a page may wait for before it goes on; a media file is read little by little, as it plays.
AWAITED = frozenset({"Document", "Fetch", "Font", "Image", "Script", "Stylesheet", "XHR"})
# Control characters and halves of characters: no terminal, file or database should meet them in what a page said.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Witness:
    """Answers the page's requests and remembers what happened; all handlers run inside `Connection` waits."""

    def __init__(
        self, connection: Connection, session: str, target: str, folder: Folder, store: LibraryStore | None
    ) -> None:
        self._connection = connection
        self._session = session
        self.target = target
        self._folder = folder
        self._store = store
        self._main_frame = ""
        self._started = False
        self._arrived = False
        self.loaded = False
        self.errors: list[str] = []
        self.console: list[ConsoleLine] = []
        self.refused: dict[tuple[str, str], Refused] = {}
        self.libraries: dict[str, None] = {}
        self.incidents: dict[str, int] = {}
        self.notes: set[str] = set()
        self._asked: Counter[int] = Counter()  # unanswered questions by the script context that asks
        self._fetching: dict[
            str, str
        ] = {}  # what was asked for and has not come; addresses of those by fetch()
        self._unread: Counter[str] = Counter()  # of these, answers whose content the page has not asked for
        self.left_for: str | None = None
        self.tried_to_leave = False
        self.crash: str | None = None
        handlers = {
            "Fetch.requestPaused": self._request,
            "Network.requestWillBeSent": self._fetch_begins,
            "Network.loadingFinished": self._fetch_ends,
            "Network.loadingFailed": self._fetch_ends,
            "Network.webSocketCreated": self._web_socket,
            "Network.webTransportCreated": self._web_transport,
            "Page.loadEventFired": self._load,
            "Page.frameNavigated": self._navigated,
            "Page.javascriptDialogOpening": self._dialog,
            "Page.windowOpen": self._popup,
            "Page.fileChooserOpened": self._file_chooser,
            "Browser.downloadWillBegin": self._download,
            "Runtime.exceptionThrown": self._exception,
            "Runtime.consoleAPICalled": self._console,
            "Runtime.bindingCalled": self._note,
            "Runtime.executionContextDestroyed": self._context_gone,
            "Log.entryAdded": self._log,
            "Target.attachedToTarget": self._attached,
            "Target.targetCrashed": self._crashed,
            "Inspector.targetCrashed": self._inspector_crashed,
        }
        for method, handler in handlers.items():
            connection.on(method, handler)

    def unanswered(self) -> int:
        """How many things the page waits for: files, and what else it asked (`wait` in `scripts.REPEATABLE`)."""
        return len(self._fetching) - self._unread.total() + self._asked.total()

    @property
    def inexact(self) -> tuple[str, ...]:
        return tuple(sentence for note, sentence in INEXACT.items() if note in self.notes)

    @property
    def unreachable(self) -> tuple[str, ...]:
        """Addresses elsewhere that were asked for and could have mattered."""
        return self._wanting(own=False)

    @property
    def absent(self) -> tuple[str, ...]:
        """Files that were looked for in the page's folder, could have mattered and are not there."""
        return tuple(url.removeprefix(f"{self._folder.origin}/") for url in self._wanting(own=True))

    def _wanting(self, *, own: bool) -> tuple[str, ...]:
        wanted = {each.url for each in self.refused.values() if each.kind in ESSENTIAL}
        return tuple(sorted(url for url in wanted if url.startswith(f"{self._folder.origin}/") is own))

    def incident_sentences(self) -> tuple[str, ...]:
        return tuple(
            what if count == 1 else f"{what} ({count} times)" for what, count in self.incidents.items()
        )

    # Requests

    def _request(self, params: dict[str, Any], session: str | None) -> None:
        request, kind = params["request"], params["resourceType"]
        url = request["url"]
        if kind == "Document" and params.get("frameId") == self.target:
            if self._started:
                self.note_incident("navigation", url)
                self.tried_to_leave = True
                self._fail(
                    params, session, "Aborted"
                )  # leaves the page as it is, where a block would replace it
                return
            self._started = True
        answer = self._folder.answer(url, request["headers"])
        if answer is None and self._store is not None:
            library = self._store.find(url)
            if library is not None:
                self.libraries[library.label] = None
                answer = library.answer()
        if answer is not None:
            self._connection.post("Fetch.fulfillRequest", fulfil_params(params["requestId"], answer), session)
            return
        own = url.startswith(self._folder.origin + "/")
        if own and kind == "Other" and url.endswith("/favicon.ico"):
            empty = Answer(204, {}, b"")  # the browser's own wish, not the page's
            self._connection.post("Fetch.fulfillRequest", fulfil_params(params["requestId"], empty), session)
            return
        self._refuse(
            url, kind, "It is not in the page's folder." if own else "Pages have no network while captured."
        )
        if own:
            missing = Answer(404, {"Content-Type": "text/plain"}, b"")
            self._connection.post(
                "Fetch.fulfillRequest", fulfil_params(params["requestId"], missing), session
            )
        else:
            self._fail(params, session, "BlockedByClient")

    def _fetch_begins(self, params: dict[str, Any], session: str | None) -> None:
        # Without a loader it is a worker's, whose end is told elsewhere.
        if session == self._session and params.get("type") in AWAITED and params["loaderId"]:
            by_script = params["type"] == "Fetch"
            self._fetching[params["requestId"]] = _key(params["request"]["url"]) if by_script else ""

    def _fetch_ends(self, params: dict[str, Any], session: str | None) -> None:
        url = self._fetching.pop(params["requestId"], "")
        self._count_unread(url, 0)

    def _count_unread(self, url: str, more: int) -> None:
        # What has come is no longer unread, read or not: a small file comes whole.
        coming = sum(each == url for each in self._fetching.values()) if url else 0
        self._unread[url] = max(0, min(self._unread[url] + more, coming))

    def _fail(self, params: dict[str, Any], session: str | None, reason: str) -> None:
        self._connection.post(
            "Fetch.failRequest", {"requestId": params["requestId"], "errorReason": reason}, session
        )

    def _refuse(self, url: str, kind: str, reason: str) -> None:
        if (url, kind) not in self.refused and len(self.refused) < MOST_LINES:
            self.refused[url, kind] = Refused(_plain(url), kind, reason)

    def _web_socket(self, params: dict[str, Any], session: str | None) -> None:
        self._refuse(params["url"], "WebSocket", "Pages have no network while captured.")

    def _web_transport(self, params: dict[str, Any], session: str | None) -> None:
        self._refuse(params["url"], "WebTransport", "Pages have no network while captured.")

    # The page's life

    def _load(self, params: dict[str, Any], session: str | None) -> None:
        self.loaded = self.loaded or self._started

    def _navigated(self, params: dict[str, Any], session: str | None) -> None:
        frame = params["frame"]
        if "parentId" in frame or not self._started:
            return
        if self._arrived or frame["url"].split("#")[0] != self._folder.url:
            self.left_for = _plain(frame["url"])
        self._arrived = True

    def _crashed(self, params: dict[str, Any], session: str | None) -> None:
        if params["targetId"] == self.target:
            self.crash = str(params.get("status", "crashed"))
            raise BrowserGone  # nothing that waits for this page would ever be answered

    def _inspector_crashed(self, params: dict[str, Any], session: str | None) -> None:
        if session == self._session:
            self.crash = self.crash or "crashed"
            raise BrowserGone

    def _attached(self, params: dict[str, Any], session: str | None) -> None:
        kind = params["targetInfo"]["type"]
        inner = params["sessionId"]
        if kind in ("worker", "shared_worker", "service_worker"):
            self.notes.add("worker")
            self._connection.post("Runtime.enable", {}, inner)
            self._connection.post("Network.enable", {}, inner)
            if kind == "shared_worker":
                self._connection.post("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}, inner)
        self._connection.post("Runtime.runIfWaitingForDebugger", {}, inner)

    # What it tried

    def note_incident(self, what: str, detail: str = "") -> None:
        sentence = f"{what}: {_plain(detail[:200])}" if detail else what
        if sentence in self.incidents or len(self.incidents) < MOST_LINES:
            self.incidents[sentence] = self.incidents.get(sentence, 0) + 1

    def _dialog(self, params: dict[str, Any], session: str | None) -> None:
        self.note_incident(f"dialog ({params['type']})", params.get("message", ""))
        self._connection.post("Page.handleJavaScriptDialog", {"accept": False}, session)

    def _popup(self, params: dict[str, Any], session: str | None) -> None:
        self.note_incident("popup", params.get("url", ""))

    def _file_chooser(self, params: dict[str, Any], session: str | None) -> None:
        self.note_incident("file chooser")

    def _download(self, params: dict[str, Any], session: str | None) -> None:
        self.note_incident("download", params.get("suggestedFilename") or params.get("url", ""))

    def _note(self, params: dict[str, Any], session: str | None) -> None:
        if params["name"] != NOTE_BINDING:
            return
        what = str(params["payload"])
        if what in ("asked", "answered"):
            self._asked[params["executionContextId"]] += 1 if what == "asked" else -1
            return
        word, _, url = what.partition(" ")
        if url and word in ("unread", "reading"):
            self._count_unread(_key(url), 1 if word == "unread" else -1)
            return
        self.notes.add(what)
        if what in TURNED_DOWN:
            self.note_incident(TURNED_DOWN[what])

    def _context_gone(self, params: dict[str, Any], session: str | None) -> None:
        if session == self._session:
            del self._asked[params["executionContextId"]]

    # What it said

    def _exception(self, params: dict[str, Any], session: str | None) -> None:
        details = params["exceptionDetails"]
        thrown = details.get("exception", {})
        said = thrown.get("description") or f"{details['text']} {_value(thrown)}".strip()
        line = _plain(said.splitlines()[0])
        where = (
            f" ({details['url'].rsplit('/', 1)[-1]}:{details['lineNumber'] + 1})"
            if details.get("url")
            else ""
        )
        if len(self.errors) < MOST_LINES:
            self.errors.append(f"{line}{_plain(where)}")

    def _console(self, params: dict[str, Any], session: str | None) -> None:
        if len(self.console) >= MOST_LINES:
            return
        words = [_value(each) for each in params["args"][:20]]
        self.console.append(ConsoleLine(params["type"], _plain(" ".join(words))))

    def _log(self, params: dict[str, Any], session: str | None) -> None:
        entry = params["entry"]
        if len(self.console) < MOST_LINES:
            self.console.append(ConsoleLine(entry["level"], _plain(entry["text"])))


def _key(url: str) -> str:
    """Enough of an address to tell it from others; one that holds its own content may be long."""
    return url[:500]


def _plain(text: str) -> str:
    """What a page said, cut to a line's length and fit to be printed and stored anywhere."""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text[:LONGEST_LINE])


def _value(remote: dict[str, Any]) -> str:
    """A script's value as its console shows it."""
    if "value" in remote and not isinstance(remote["value"], str):
        return json.dumps(remote["value"])
    return str(remote.get("value", remote.get("description", remote.get("type", ""))))
