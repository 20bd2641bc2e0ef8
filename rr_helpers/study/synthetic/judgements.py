"""What the invented team makes of each row of the joint displays, for its last window."""

import pandas as pd

from rr_helpers.study.synthetic.chance import finish

WINDOW, JUDGED = "eval_Y3", pd.Timestamp(2021, 6, 14)

# display_id: (call, inference, reason, confidence); numbers beside words
JUDGEMENTS = {
    "Q1-broker": (
        "agreement",
        "Ties and interviews fit together: people say they know whom to call, and fewer paths run "
        "through R&R than at the start.",
        "Both point the same way; neither excludes that people simply know each other longer.",
        "moderate",
    ),
    "Q1-voice": (
        "partial",
        "The voluntary sector sits at the table more often; whether that changes decisions rests "
        "on few accounts.",
        "Attendance is counted everywhere, influence was heard in some interviews only.",
        "low",
    ),
    "Q2-judging": (
        "partial",
        "Delegates judge a written case better, and say why; whether practice follows is not "
        "shown.",
        "The test and the accounts agree on understanding, and are silent on practice.",
        "moderate",
    ),
    "Q2-lasting": (
        "partial",
        "Some of the confidence is still there three months on, and some delegates tell of changed "
        "practice; others could not use what they learnt.",
        "Those who answer late may be the keener ones, and practice is told, not seen.",
        "low",
    ),
    "Q3-eighteen": (
        "agreement",
        "Dates and accounts agree that a response takes longer from eighteen on.",
        "The law, the thresholds and the services change at once, so no single barrier is named.",
        "moderate",
    ),
    "Q3-engaging": (
        "partial",
        "A trusted adult is what people name; records show how many engage, not for what reason.",
        "The records cannot speak to the reason, yet what they count does not go against it.",
        "low",
    ),
    "Q4-home": (
        "agreement",
        "What young people rate and what they say point the same way: relationships feel safer.",
        "Ratings and words come from the same young people.",
        "moderate",
    ),
    "Q4-neighbourhood": (
        "dissonance",
        "Support is praised while the places where harm happens feel as they did.",
        "Workers' accounts are more hopeful than young people's ratings.",
        "moderate",
    ),
}
# the same for the triangulation over all methods: every theme but the last has been judged
TRIANGULATION = {
    "Q1-broker": (
        "agreement",
        "Ties, interviews and notes of panels tell one story: links made without R&R.",
        "The accounts that go against it are about absent coordinators, not about direct links.",
        "moderate",
    ),
    "Q1-voice": (
        "dissonance",
        "More seats, and no agreed sign that they changed decisions.",
        "Voluntary and statutory partners describe the same panels differently.",
        "low",
    ),
    "Q2-judging": (
        "partial",
        "The written test and the interviews agree on understanding; no other method speaks to it.",
        "Only methods that ask delegates cover it.",
        "moderate",
    ),
    "Q2-lasting": (
        "partial",
        "Something lasts; how much of it reaches practice stays open.",
        "Delegates' own reports are the only evidence of practice.",
        "low",
    ),
    "Q3-eighteen": (
        "agreement",
        "Dates, interviews and young people's words agree on where the wait grows.",
        "Records and accounts that do not depend on one another point the same way.",
        "moderate",
    ),
    "Q3-engaging": (
        "partial",
        "Staff, partners and young people name the same adult; records are silent on the reason.",
        "Those who did not engage were rarely asked.",
        "low",
    ),
    "Q4-home": (
        "agreement",
        "Young people's ratings and words agree, and workers saw the same.",
        "Young people's own view is weighed most.",
        "moderate",
    ),
}
COLUMNS = ["display_id", "window_id", "call", "inference", "reason", "confidence", "judged_date"]


def make_judgements() -> pd.DataFrame:
    """Return the sheet of judgements: one row a row of a joint display or of the triangulation."""
    judged = JUDGEMENTS | {f"{theme}-methods": row for theme, row in TRIANGULATION.items()}
    rows = [(display, WINDOW, *row, JUDGED) for display, row in judged.items()]
    return finish("judgement", pd.DataFrame(rows, columns=COLUMNS))
