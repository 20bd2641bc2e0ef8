"""What the invented team makes of each row of the joint displays, for its last window."""

import pandas as pd

from rr_helpers.study.synthetic.chance import finish

WINDOW, JUDGED = "eval_Y3", pd.Timestamp(2021, 6, 14)

# display_id: (call, inference, reason)
JUDGEMENTS = {
    "Q1-broker": (
        "agreement",
        "Ties and interviews fit together: people say they know whom to call, and fewer paths run "
        "through R&R than at the start.",
        "Both point the same way; neither excludes that people simply know each other longer.",
    ),
    "Q1-voice": (
        "partial",
        "The voluntary sector sits at the table more often; whether that changes decisions rests "
        "on few accounts.",
        "Attendance is counted everywhere, influence was heard in some interviews only.",
    ),
    "Q2-judging": (
        "partial",
        "Delegates judge a written case better, and say why; whether practice follows is not "
        "shown.",
        "The test and the accounts agree on understanding, and are silent on practice.",
    ),
    "Q2-lasting": (
        "silence",
        "The follow-up shows some of the confidence fading; interviews were too early to tell.",
        "Only one kind of evidence speaks.",
    ),
    "Q3-eighteen": (
        "agreement",
        "Dates and accounts agree that a response takes longer from eighteen on.",
        "The law, the thresholds and the services change at once, so no single barrier is named.",
    ),
    "Q3-engaging": (
        "partial",
        "A trusted adult is what people name; records show how many engage, not for what reason.",
        "Counts cannot separate who was offered what.",
    ),
    "Q4-home": (
        "agreement",
        "What young people rate and what they say point the same way: relationships feel safer.",
        "Ratings and words come from the same young people.",
    ),
    "Q4-neighbourhood": (
        "dissonance",
        "Support is praised while the places where harm happens feel as they did.",
        "Workers' accounts are more hopeful than young people's ratings.",
    ),
}


def make_judgements() -> pd.DataFrame:
    """Return the sheet of judgements: one row a row of a joint display."""
    rows = [
        (display, WINDOW, call, inference, reason, JUDGED)
        for display, (call, inference, reason) in JUDGEMENTS.items()
    ]
    columns = ["display_id", "window_id", "call", "inference", "reason", "judged_date"]
    return finish("judgement", pd.DataFrame(rows, columns=columns))
