"""What the judging page asks of the server. Every answer is JSON; every refusal is one sentence and the round that
stands, so that a page which lost step finds its way back by itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies.models import Participant, Rating, Sitting, Study
from studies.sitting import identity
from studies.sitting.answering import Answer, take_answer
from studies.sitting.assignment import find_sitting, renew, resume
from studies.sitting.clips import ROLES
from studies.sitting.practice import try_practice
from studies.sitting.refusal import Refused
from studies.sitting.replacement import pass_broken_practice, replace_trial
from studies.sitting.rounds import next_state, practice_ticket
from studies.wording import render

LONGEST_MS = 24 * 3600 * 1000


class ByCookie(SessionAuthentication):
    """The signed cookie says who it is; posts are checked for forgery as those of a signed-in user are."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Participant] | None:
        slug = request.parser_context["kwargs"]["slug"]
        study = get_object_or_404(Study, slug=slug)
        translation.activate(study.language)
        participant = identity.find_participant(request._request, study)
        if participant is None:
            raise Lost(_("This browser is not known here: please open the study from your link again."), 403)
        self.enforce_csrf(request)
        return AnonymousUser(), participant


class Lost(APIException):
    """Nobody to show a round to."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__({"sentence": sentence})
        self.status_code = status


def bounded(most: int) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, required=False)


class Evidence(serializers.Serializer[Any]):
    """What the page measured while it was watched; docs/sitting.md says what each figure means."""

    response_ms = bounded(LONGEST_MS)
    watched_ms = bounded(LONGEST_MS)
    hidden_ms = bounded(LONGEST_MS)
    loading_ms = bounded(LONGEST_MS)
    plays = bounded(10_000)
    pauses = bounded(10_000)
    steps = bounded(100_000)
    seeks = bounded(100_000)
    stalls = bounded(10_000)
    realigned = bounded(10_000)
    frames_measured = bounded(10_000_000)
    frames_within_one = bounded(10_000_000)
    median_frame_error = serializers.FloatField(
        min_value=0, max_value=10_000, required=False, allow_null=True
    )
    worst_frame_error = serializers.FloatField(min_value=0, max_value=10_000, required=False, allow_null=True)
    slowest_speed = serializers.FloatField(min_value=0, max_value=4, required=False)
    enlarged = bounded(10_000)
    retries = bounded(1_000)
    width = bounded(20_000)
    height = bounded(20_000)
    window_width = bounded(20_000)
    window_height = bounded(20_000)
    pixel_ratio = serializers.FloatField(min_value=0, max_value=20, required=False)
    measured_by = serializers.ChoiceField(["requestVideoFrameCallback", "currentTime"], required=False)
    reduced_motion = serializers.BooleanField(required=False)
    offline_ms = bounded(LONGEST_MS)


class AnswerFields(serializers.Serializer[Any]):
    key = serializers.UUIDField()
    position = serializers.IntegerField(min_value=1, max_value=10_000)
    ticket = serializers.CharField(max_length=64)
    answers = serializers.DictField(child=serializers.ChoiceField(Rating.Answer.choices), allow_empty=False)
    changes = serializers.DictField(child=bounded(10_000), required=False)
    answered_ms = serializers.DictField(child=bounded(LONGEST_MS), required=False)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    sure = serializers.BooleanField(required=False)
    amend = serializers.BooleanField(required=False)
    evidence = Evidence(required=False)


class PracticeFields(serializers.Serializer[Any]):
    key = serializers.UUIDField()
    ticket = serializers.CharField(max_length=64)
    answers = serializers.DictField(child=serializers.ChoiceField(Rating.Answer.choices), allow_empty=False)


class FailureFields(serializers.Serializer[Any]):
    step = serializers.ChoiceField(["practice", "rate"])
    position = serializers.IntegerField(min_value=1, max_value=10_000)
    ticket = serializers.CharField(max_length=64)
    role = serializers.ChoiceField(ROLES)
    why = serializers.CharField(max_length=200, allow_blank=True)


class SittingView(APIView):
    """A door for the participant whose cookie came along."""

    authentication_classes = [ByCookie]
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        participant: Participant = request.auth  # type: ignore[assignment]
        sitting = find_sitting(participant)
        if sitting is None:
            raise Lost(_("You have no place in this study yet: please open your link again."), 403)
        self.sitting: Sitting = sitting

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, Refused):
            return super().handle_exception(exc)
        return Response({"sentence": exc.sentence} | self.state(), status=exc.status)

    def state(self, *, back: bool = False) -> dict[str, Any]:
        """What stands now, read afresh."""
        sitting = Sitting.objects.select_related("participant__study", "block").get(pk=self.sitting.pk)
        if sitting.state == Sitting.State.EXPIRED:
            resume(sitting)
        return next_state(sitting, back=back) | {"csrf": get_token(self.request._request)}

    def read(self, fields: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        posted = fields(data=self.request.data)
        if not posted.is_valid():
            where = ", ".join(str(name) for name in posted.errors)
            raise Refused(
                _("The page sent something unusable (%(where)s); please reload it.") % {"where": where}, 400
            )
        return posted.validated_data


class StateView(SittingView):
    """The round that stands; `?back=1` the one before it, where it may be changed."""

    def get(self, request: Request, slug: str) -> Response:
        back = request.query_params.get("back") == "1"
        renew(self.sitting)
        return Response(self.state(back=back))


class AnswerView(SittingView):
    def post(self, request: Request, slug: str) -> Response:
        answer = Answer(**self.read(AnswerFields))
        verdict = take_answer(self.sitting, answer)
        if verdict.ask_sure:
            return Response({"saved": False, "ask_sure": True})
        return Response({"saved": True, "repeated": verdict.repeated} | self.state())


class PracticeView(SittingView):
    def post(self, request: Request, slug: str) -> Response:
        fields = self.read(PracticeFields)
        study = self.sitting.participant.study
        if set(fields["answers"]) != set(study.dimensions.values_list("key", flat=True)):
            raise Refused(_("Please answer every question of this round."), status=400)
        rounds = {practice_ticket(self.sitting, one): one for one in study.practice_rounds.all()}
        practice = rounds.get(fields["ticket"])
        if practice is None:
            raise Refused(_("This practice round is not yours; here is what stands."), status=400)
        feedback = try_practice(self.sitting, practice, str(fields["key"]), fields["answers"])
        told = asdict(feedback) | {"explanation": render(feedback.explanation)}
        return Response({"saved": True, "feedback": told} | self.state())


class FailureView(SittingView):
    """A clip will not play."""

    def post(self, request: Request, slug: str) -> Response:
        fields = self.read(FailureFields)
        if fields["step"] == "practice":
            pass_broken_practice(self.sitting, fields["ticket"], fields["role"], fields["why"])
        else:
            replace_trial(self.sitting, fields["position"], fields["ticket"], fields["role"], fields["why"])
        return Response(self.state())
