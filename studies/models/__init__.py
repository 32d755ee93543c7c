"""Who compares: studies and their design, participants, sittings, trials, ratings, and what was decided about them."""

from studies.models.decision import Exclusion, PayDecision
from studies.models.design import Block, BlockItem, Comparison, PracticeRound
from studies.models.participant import Consent, Participant, RecruiterIdentity
from studies.models.recruitment import RecruiterMessage, RecruiterPoll, RecruiterStudy, Submission
from studies.models.report import Import, Report
from studies.models.sitting import Sitting
from studies.models.study import CompletionCode, Dimension, Study
from studies.models.trial import Rating, Trial
from studies.models.verdict import Verdict

__all__ = [
    "Block",
    "BlockItem",
    "Comparison",
    "CompletionCode",
    "Consent",
    "Dimension",
    "Exclusion",
    "Import",
    "Participant",
    "PayDecision",
    "PracticeRound",
    "Rating",
    "RecruiterIdentity",
    "RecruiterMessage",
    "RecruiterPoll",
    "RecruiterStudy",
    "Report",
    "Sitting",
    "Study",
    "Submission",
    "Trial",
    "Verdict",
]
