"""The one tab of a capture: opened blank, set up, and asked by scripts of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmark.capture.cdp import CommandRefused, Connection, NoAnswer
from benchmark.capture.clock import PageStuck
from benchmark.capture.scripts import NOTE_BINDING

_on_demand: dict[Path, bool] = {}  # asked once per process: it costs a tab


def draws_on_demand(path: Path, connection: Connection) -> bool:
    """Whether the browser at ``path``, which ``connection`` leads to, opens tabs whose frames we ask for."""
    if path not in _on_demand:
        _on_demand[path] = _opens_with_frame_control(connection)
    return _on_demand[path]


def _opens_with_frame_control(connection: Connection) -> bool:
    try:
        target = connection.call(
            "Target.createTarget",
            {"url": "about:blank", "enableBeginFrameControl": True, "width": 1, "height": 1},
        )["targetId"]
    except CommandRefused:
        return False
    connection.call("Target.closeTarget", {"targetId": target})
    return True


def open_tab(connection: Connection, size: tuple[int, int], *, frame_control: bool) -> tuple[str, str]:
    """A blank tab whose storage stays in memory; returns its session and target."""
    connection.call("Target.setDiscoverTargets", {"discover": True})  # tells of popups and crashes
    context = connection.call("Target.createBrowserContext", {"disposeOnDetach": True})["browserContextId"]
    target = connection.call(
        "Target.createTarget",
        {
            "url": "about:blank",
            "width": size[0],
            "height": size[1],
            "enableBeginFrameControl": frame_control,
            "browserContextId": context,
        },
    )["targetId"]
    connection.call(
        "Browser.setDownloadBehavior",
        {"behavior": "deny", "browserContextId": context, "eventsEnabled": True},
    )
    # A shared worker belongs to no tab; it too waits until its requests are ours to answer.
    connection.call(
        "Target.setAutoAttach",
        {
            "autoAttach": True,
            "waitForDebuggerOnStart": True,
            "flatten": True,
            "filter": [{"type": "shared_worker"}],
        },
    )
    session: str = connection.call("Target.attachToTarget", {"targetId": target, "flatten": True})[
        "sessionId"
    ]
    return session, target


def prepare_tab(connection: Connection, session: str, size: tuple[int, int]) -> None:
    """Listen to everything, answer every request ourselves, and give the page its size and a white ground."""
    asked: list[tuple[str, dict[str, Any]]] = [
        (f"{domain}.enable", {}) for domain in ("Page", "Runtime", "Network", "Performance", "Log")
    ]
    asked += [
        ("Network.setBypassServiceWorker", {"bypass": True}),
        (
            "Target.setAutoAttach",
            {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True},
        ),
        (
            "Emulation.setDeviceMetricsOverride",
            {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False},
        ),
        # A page without a background is seen on white, as on a screen.
        ("Emulation.setDefaultBackgroundColorOverride", {"color": {"r": 255, "g": 255, "b": 255, "a": 1}}),
        ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
        ("Page.setInterceptFileChooserDialog", {"enabled": True}),
        ("Runtime.addBinding", {"name": NOTE_BINDING}),
        ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
    ]
    # All at once: the browser takes them one after the other, and we wait once.
    sent = [(connection.ask(method, params, session), method) for method, params in asked]
    for command, method in sent:
        connection.result(command, method)


class IsolatedWorld:
    """Scripts of ours beside the page's, which it can neither see nor change."""

    def __init__(self, connection: Connection, session: str, frame: str, bound: float) -> None:
        self._connection, self._session, self._bound = connection, session, bound
        self._context = self._call("Page.createIsolatedWorld", {"frameId": frame, "worldName": "diptych"})[
            "executionContextId"
        ]

    def ask(self, expression: str) -> Any:
        """The value of an expression, None where it fails or the document is gone."""
        params = {"expression": expression, "contextId": self._context, "returnByValue": True}
        try:
            return self._call("Runtime.evaluate", params).get("result", {}).get("value")
        except CommandRefused:
            return None

    def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._connection.call(method, params, self._session, timeout=self._bound)
        except NoAnswer:
            raise PageStuck("its scripts") from None
