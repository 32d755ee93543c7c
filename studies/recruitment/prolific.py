"""Prolific's API, as far as a study needs it: what became of its submissions, and telling what was decided.

Addresses and fields follow https://docs.prolific.com/api-reference. No Django in here; `studies.recruitment.sending`
and `polling` bring it to the rows.
"""

from __future__ import annotations

import email.utils
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

logger = logging.getLogger(__name__)
# httpx logs every address at INFO, and ours hold people's submission ids.
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
PAGE_SIZE = 100
MOST_PAGES = 1000
ATTEMPTS = 5
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


class ProlificError(Exception):
    """Prolific did not do what was asked. ``retryable`` tells a passing fault from a refusal."""

    def __init__(self, sentence: str, *, retryable: bool, status: int | None = None) -> None:
        super().__init__(sentence)
        self.retryable = retryable
        self.status = status


@dataclass(frozen=True, slots=True)
class Remote:
    """One submission as Prolific describes it. ``person`` is there to find who came here with it, and is not stored."""

    key: str
    status: str
    person: str = ""
    study: str = ""
    code: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    return_asked_at: datetime | None = None


def normalise_status(status: str) -> str:
    """One spelling for `TIMED_OUT`, `timed-out` and `TIMED-OUT`: the documentation has several."""
    words = status.strip().upper().replace("_", " ").replace("-", " ")
    return "TIMED-OUT" if words == "TIMED OUT" else words


class Prolific:
    """A client that waits when asked to (429, exponentially or as long as Retry-After says) and repeats only what is
    safe to repeat: reading always, telling only when the request was turned away before it was looked at."""

    def __init__(
        self,
        token: str,
        base: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        if not token:
            raise ProlificError(
                "Diptych has no Prolific token: set DIPTYCH_PROLIFIC_TOKEN and restart.", retryable=False
            )
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=f"{base}/api/v1",
            headers={"Authorization": f"Token {token}", "Accept": "application/json"},
            timeout=timeout,
            follow_redirects=False,  # the token goes to the configured address only
        )

    def __repr__(self) -> str:
        return f"<Prolific at {self._http.base_url}>"

    def __enter__(self) -> Prolific:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()

    def submissions(self, study: str) -> Iterator[Remote]:
        """Every submission of one of Prolific's studies, page by page. A list that ends early raises: half an answer
        would read as people who are not there."""
        seen = 0
        for page in range(1, MOST_PAGES + 1):
            body = self._ask(
                "GET", "/submissions/", params={"study": study, "page": page, "page_size": PAGE_SIZE}
            )
            results = body.get("results")
            if not isinstance(results, list):
                raise ProlificError("Prolific's list of submissions cannot be read.", retryable=True)
            yield from (_remote(one, study) for one in results)
            seen += len(results)
            total = (body.get("meta") or {}).get("count")
            more = seen < total if isinstance(total, int) else bool(_next(body))
            if not more:
                return
            if not results:
                raise ProlificError(
                    f"Prolific's list of submissions ended after {seen} of {total}.", retryable=True
                )

    def submission(self, key: str) -> Remote:
        return _remote(self._ask("GET", f"/submissions/{key}/"))

    def approve(self, key: str) -> None:
        self._ask("POST", f"/submissions/{key}/transition/", json={"action": "APPROVE"})

    def reject(self, key: str, category: str, message: str) -> None:
        body = {"action": "REJECT", "rejection_category": category, "message": message}
        self._ask("POST", f"/submissions/{key}/transition/", json=body)

    def request_return(self, key: str, reason: str) -> None:
        self._ask("POST", f"/submissions/{key}/request-return/", json={"request_return_reasons": [reason]})

    def new_secret(self, workspace: str) -> str:
        """A new secret for the workspace's messages; the one it had stops working."""
        value = self._ask("POST", "/hooks/secrets/", json={"workspace_id": workspace}).get("value")
        if not value:
            raise ProlificError("Prolific's answer lacks the secret.", retryable=False)
        return str(value)

    def subscribe(self, workspace: str, target: str) -> str:
        """Have status changes sent to `target`, and confirm it with the X-Hook-Secret that the answer carries."""
        body = {"workspace_id": workspace, "event_type": "submission.status.change", "target_url": target}
        response = self._send("POST", "/hooks/subscriptions/", json=body)
        made, secret = _json(response), response.headers.get("X-Hook-Secret", "")
        made = next((one for one in made.get("results", []) if one.get("target_url") == target), made)
        if not made.get("id") or not secret:
            raise ProlificError("Prolific's answer lacks the subscription's id or secret.", retryable=False)
        self._ask("POST", f"/hooks/subscriptions/{made['id']}/", json={"secret": secret})
        return str(made["id"])

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return _json(self._send(method, path, **options))

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        for attempt in range(ATTEMPTS):
            try:
                response = self._http.request(method, path, **options)
            except httpx.HTTPError as error:
                # A request that found no connection was never seen; after that only reading may be repeated.
                safe = method == "GET" or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                failure = ProlificError(
                    f"Prolific could not be reached ({type(error).__name__}): it is tried again by itself.",
                    retryable=True,
                )
                pause = _pause(attempt)
            else:
                if response.is_success:
                    return response
                failure = _failure(response)
                safe = response.status_code == 429 or (method == "GET" and failure.retryable)
                pause = max(_pause(attempt), _retry_after(response.headers))
            if not safe or pause > LONGEST_PAUSE_S or attempt == ATTEMPTS - 1:
                raise failure
            logger.info("Prolific asked for a pause of %.0f s.", pause)
            self._sleep(pause)
        raise AssertionError("unreachable")


def _pause(attempt: int) -> float:
    return min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S)


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that Retry-After asks for: a number, or a date."""
    said = headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    try:
        until = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return 0.0
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _failure(response: httpx.Response) -> ProlificError:
    status = response.status_code
    if status == 429:
        return ProlificError(
            "Prolific asks us to slow down: it is tried again later.", retryable=True, status=status
        )
    if status >= 500:
        return ProlificError(
            f"Prolific has a fault of its own ({status}): it is tried again later.",
            retryable=True,
            status=status,
        )
    if status in (401, 403):
        return ProlificError(
            "Prolific does not accept the token: set DIPTYCH_PROLIFIC_TOKEN to a valid one of this workspace.",
            retryable=False,
            status=status,
        )
    if status == 404:
        return ProlificError(
            "Prolific does not know it: check the study's id and that the token belongs to its workspace.",
            retryable=False,
            status=status,
        )
    return ProlificError(f"Prolific refused ({status}): {_said(response)}", retryable=False, status=status)


def _said(response: httpx.Response) -> str:
    """Prolific's own words about a refusal: {"error": {"title": …, "detail": …}}."""
    try:
        error = response.json().get("error", {})
        words = error.get("detail") or error.get("title") or ""
    except (ValueError, AttributeError):
        words = ""
    words = (
        words
        if isinstance(words, str)
        else "; ".join(map(str, words))
        if isinstance(words, list)
        else str(words)
    )
    return words.strip()[:300] or "it gives no reason."


def _json(response: httpx.Response) -> dict[str, Any]:
    if not response.content:
        return {}
    try:
        body = response.json()
    except ValueError as error:
        raise ProlificError("Prolific's answer cannot be read.", retryable=True) from error
    if not isinstance(body, dict):
        raise ProlificError("Prolific's answer cannot be read.", retryable=True)
    return body


def _next(body: Mapping[str, Any]) -> str | None:
    following = (body.get("_links") or {}).get("next") or {}
    return following.get("href") if isinstance(following, Mapping) else None


def _remote(body: Any, study: str = "") -> Remote:
    if not isinstance(body, Mapping) or not body.get("id") or not body.get("status"):
        raise ProlificError("A submission in Prolific's answer lacks its id or status.", retryable=True)
    return Remote(
        key=str(body["id"]),
        status=normalise_status(str(body["status"])),
        person=str(body.get("participant_id") or body.get("participant") or ""),
        study=str(body.get("study_id") or study),
        code=str(body.get("study_code") or body.get("entered_code") or ""),
        started_at=_moment(body.get("started_at")),
        completed_at=_moment(body.get("completed_at")),
        return_asked_at=_moment(body.get("return_requested")),
    )


def _moment(said: object) -> datetime | None:
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
