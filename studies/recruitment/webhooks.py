"""Prolific's messages: checked, taken once, and passed on as news.

Signed as https://docs.prolific.com/api-reference/webhooks/verifying says: base64 of HMAC-SHA256 over timestamp + body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studies.models import RecruiterMessage
from studies.recruitment.news import find_study, hear
from studies.recruitment.prolific import Remote, normalise_status

REPLAY_WINDOW_S = 300
LARGEST = 64 * 1024
HOOK_SECRET = re.compile(r"[A-Za-z0-9+/=_.:-]{1,256}")
STATUS_CHANGE = "submission.status.change"


class MessageRefused(Exception):
    """Not a message of Prolific's, or too late to be sure; the text says why, `status` is HTTP's name for it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Message:
    event: str
    kind: str
    submission: str
    person: str
    status: str
    sent_at: datetime


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret, timestamp + body))."""
    digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> datetime:
    """When a request was sent that Prolific signed just now. Raises MessageRefused."""
    if not secret:
        raise MessageRefused(
            "Set DIPTYCH_PROLIFIC_WEBHOOK_SECRET first: without it no message can be trusted.", 503
        )
    stamp = headers.get("X-Prolific-Request-Timestamp", "")
    given = headers.get("X-Prolific-Request-Signature", "")
    if not hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode()):
        raise MessageRefused("The signature does not fit.", 401)
    try:
        sent = datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise MessageRefused("The timestamp is no time.", 400) from error
    if abs((now - sent).total_seconds()) > REPLAY_WINDOW_S:
        raise MessageRefused("The message is too old, or from the future: it was not taken.", 401)
    return sent


def read(headers: Mapping[str, str], body: bytes, sent: datetime) -> Message:
    """The message in a verified request. Raises MessageRefused for what is no message."""
    try:
        said = json.loads(body)
        kind = str(said["event_type"])
        submission, status = str(said.get("resource_id", "")), str(said.get("status", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MessageRefused("The message cannot be read.", 400) from error
    if kind == STATUS_CHANGE and not (submission and status):
        raise MessageRefused("A change of status names its submission and status.", 400)
    # Without an event id the message stands for itself.
    event = headers.get("X-Event-ID", "") or f"sha256:{hashlib.sha256(body + str(sent).encode()).hexdigest()}"
    return Message(
        event[:200],
        kind[:80],
        submission[:120],
        str(said.get("participant_id", "")),
        normalise_status(status)[:30],
        _event_time(headers, sent),
    )


def take(message: Message) -> str:
    """Act on a message once; what came of it. A failure in between leaves no trace, so that it can be sent again."""
    try:
        with transaction.atomic():
            row = RecruiterMessage.objects.create(
                event=message.event,
                kind=message.kind,
                submission=message.submission,
                status=message.status,
                sent_at=message.sent_at,
            )
            row.effect = _effect(message)
            row.save(update_fields=["effect"])
            return row.effect
    except IntegrityError:
        if RecruiterMessage.objects.filter(event=message.event).exists():
            return "taken before"
        raise


@csrf_exempt
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """Where Prolific posts. The handshake of a new subscription is answered with its own secret; everything else must
    be signed."""
    offered = request.headers.get("X-Hook-Secret", "")
    if offered and "X-Prolific-Request-Signature" not in request.headers:
        if not HOOK_SECRET.fullmatch(offered):
            return _plain("The hook's secret is malformed.", 400)
        return HttpResponse(status=200, headers={"X-Hook-Secret": offered})
    if len(request.body) > LARGEST:
        return _plain("The message is too large.", 413)
    try:
        sent = verify(request.headers, request.body, settings.PROLIFIC_WEBHOOK_SECRET, timezone.now())
        effect = take(read(request.headers, request.body, sent))
    except MessageRefused as refusal:
        return _plain(str(refusal), refusal.status)
    return _plain(effect, 200)


def _effect(message: Message) -> str:
    if message.kind != STATUS_CHANGE:
        return "not about a submission"
    study = find_study(message.submission)
    if study is None:
        return "nobody came with it yet; the next poll asks"
    remote = Remote(key=message.submission, status=message.status, person=message.person)
    return hear(study, remote, message.sent_at)


def _event_time(headers: Mapping[str, str], sent: datetime) -> datetime:
    """X-Timestamp is when the event was sent first; a later delivery of it carries the same."""
    try:
        return min(datetime.fromtimestamp(float(headers.get("X-Timestamp", "")), UTC), sent)
    except (ValueError, OverflowError, OSError):
        return sent


def _plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
