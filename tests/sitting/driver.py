"""A participant without a browser: posts what the judging page would post."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.test import Client

from studies.models import Sitting, Study
from studies.sitting.rounds import practice_ticket


class Sitter:
    """Drives the API of one study with one browser's cookies."""

    def __init__(self, study: Study, client: Client) -> None:
        self.study, self.client = study, client
        self.base = f"/s/{study.slug}/"

    @property
    def sitting(self) -> Sitting:
        cookie = next(
            value for name, value in self.client.cookies.items() if name.startswith("diptych_sitting_")
        )
        return Sitting.objects.filter(participant__key=cookie.value.split(":")[0]).latest("pk")

    def page(self, path: str = "", **query: str) -> Any:
        return self.client.get(self.base + path, query, follow=True)

    def state(self, **query: str) -> dict[str, Any]:
        return self.client.get(self.base + "api/state", query).json()

    def post(self, name: str, body: Mapping[str, Any]) -> Any:
        return self.client.post(self.base + f"api/{name}", body, content_type="application/json")

    def practise(self, **answers: str) -> Any:
        """One try at the practice round that stands; without answers, the expected ones."""
        practice = self.study.practice_rounds.order_by("position").first()
        assert practice is not None
        meant = {"overall": "left", "appearance": "left", "motion": "right"} | answers
        ticket = practice_ticket(self.sitting, practice)
        return self.post("practice", {"key": str(uuid.uuid4()), "ticket": ticket, "answers": meant})

    def body(self, round_: Mapping[str, Any], answer: str = "left", **more: Any) -> dict[str, Any]:
        """The post for the round as shown, every question answered alike."""
        answers = dict.fromkeys(self.study.dimensions.values_list("key", flat=True), answer)
        return {
            "key": str(uuid.uuid4()),
            "position": round_["position"],
            "ticket": round_["ticket"],
            "answers": answers,
            "evidence": {"response_ms": 8000, "plays": 1},
        } | more

    def answer(self, answer: str = "left", **more: Any) -> Any:
        """Answers the round that stands."""
        return self.post("answer", self.body(self.state()["round"], answer, sure=True, **more))

    def attend(self) -> Any:
        """Answers the round that stands as an attentive person would."""
        round_ = self.state()["round"]
        trial = self.sitting.trials.get(position=round_["position"])
        return self.post(
            "answer", self.body(round_, sure=True) | ({"answers": trial.expected} if trial.expected else {})
        )

    def finish(self) -> None:
        while self.state()["step"] == "rate":
            assert self.attend().status_code == 200
