"""Whether the municipality agrees: every combination of what is known."""

import pytest

from applications.rules.consent import ConsentStanding, Question, consent_standing

YES, NO, WAITING = (
    Question(is_about_this=True, agrees=True),
    Question(is_about_this=True, agrees=False),
    Question(is_about_this=True, agrees=None),
)
OLD_YES, OLD_WAITING = (
    Question(is_about_this=False, agrees=True),
    Question(is_about_this=False, agrees=None),
)
ALL = (None, YES, NO, WAITING, OLD_YES, OLD_WAITING)


@pytest.mark.parametrize(
    "question, without_paper, with_paper",
    [
        (None, "not_asked", "on_paper"),
        (YES, "given", "given"),
        (NO, "declined", "on_paper"),
        (WAITING, "asked", "on_paper"),
        (OLD_YES, "outdated", "on_paper"),
        (OLD_WAITING, "outdated", "on_paper"),
    ],
)
def test_where_the_consent_stands(
    question: Question | None, without_paper: str, with_paper: str
) -> None:
    found = [
        consent_standing(lead_is_municipal=False, on_paper=on_paper, question=question)
        for on_paper in (False, True)
    ]
    assert found == [without_paper, with_paper]


@pytest.mark.parametrize("question", ALL)
@pytest.mark.parametrize("on_paper", [True, False])
def test_a_municipality_needs_nobodys_consent(question: Question | None, on_paper: bool) -> None:
    found = consent_standing(lead_is_municipal=True, on_paper=on_paper, question=question)
    assert found == ConsentStanding.NOT_NEEDED
