"""What a participant is told when something cannot be done: one sentence, and nothing lost."""

from __future__ import annotations


class Refused(Exception):
    """A post that changes nothing. `sentence` is for the participant; `status` is HTTP's name for the reason."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
