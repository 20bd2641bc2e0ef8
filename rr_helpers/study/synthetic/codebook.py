"""The codebook of the synthetic study, and the configurations its team proposes.

The mechanisms are seven candidate ways in which a team around the network may work (TN1 to TN7) and
one for the training; all wording is this project's own.
"""

import pandas as pd

from rr_helpers.study.synthetic.chance import finish

FOLDERS = ("Context", "Mechanism", "Outcome", "Barrier", "Enabler", "Process", "Harm")
CONTRARY = "Speaks against"

# label: (folder, questions, domain, when the code applies, wording for readers)
CODES = {
    "Lives across borders": (
        "Context", "Q1; Q3", "D1", "Young people, families or harm cross borough or county lines",
        "lives that cross borough borders"),
    "Pressure from peers": (
        "Context", "Q3; Q4", "D1", "A group of peers pulls a young person in, or shields them",
        "pressure within the peer group"),
    "Unsafe neighbourhood": (
        "Context", "Q4", "D1", "Streets, estates or routes are where the harm happens",
        "places that are not safe"),
    "Low trust in services": (
        "Context", "Q3; Q4", "D2", "Earlier dealings with services left people wary",
        "little trust in services"),
    "Lockdown": (
        "Context", "Q1; Q3", "D1", "The pandemic changed what people could do or see",
        "lockdown"),
    "Seeing a pattern": (
        "Mechanism", "Q1", "D1", "TN1: a picture across London shows a pattern, not an incident",
        "seeing a pattern, not an incident"),
    "Knowing whom to call": (
        "Mechanism", "Q1", "D3", "TN2: a coordinator's link lets people call one another",
        "knowing whom to call"),
    "A welfare voice at the table": (
        "Mechanism", "Q1; Q3", "D2", "TN3: the voluntary sector brings a welfare view that counts",
        "a welfare-led voice at the table"),
    "Someone came": (
        "Mechanism", "Q3; Q4", "D2", "TN4: somebody turns up when a young person can be reached",
        "somebody came when it mattered"),
    "Permission to hold risk": (
        "Mechanism", "Q3", "D3", "TN5: advice without a referral lets practitioners hold risk",
        "permission to hold risk"),
    "It is my responsibility too": (
        "Mechanism", "Q1; Q3", "D3", "TN6: information across borders makes others act",
        "responsibility shared across borders"),
    "Challenge changes the decision": (
        "Mechanism", "Q3", "D2", "TN7: challenge makes a service read its threshold again",
        "challenge that changes a decision"),
    "Seeing a child who is harmed": (
        "Mechanism", "Q2", "D2", "Training turns the view from an offender to a harmed child",
        "seeing a child who is harmed"),
    "Earlier response": (
        "Outcome", "Q3", "D2", "A safeguarding response came sooner than it would have",
        "an earlier response"),
    "Feels safer with people": (
        "Outcome", "Q4", "D4", "Safety that comes from relationships",
        "feeling safer with people"),
    "Feels no safer outside": (
        "Outcome", "Q4", "D4", "No change in safety in places",
        "feeling no safer outside"),
    "Direct links": (
        "Outcome", "Q1", "D3", "Organisations deal with one another without R&R between them",
        "organisations linked directly"),
    "Practice changed": (
        "Outcome", "Q2", "D2", "Somebody did something differently after the training",
        "practice that changed after the training"),
    "Place made safer": (
        "Outcome", "Q4", "D4", "A place or a peer group itself became safer",
        "a place made safer"),
    "Capacity and waiting": (
        "Barrier", "Q3", "NA", "Too few workers, waiting lists", "capacity and waiting"),
    "Thresholds": (
        "Barrier", "Q3", "D2", "A service says the case does not meet its threshold", "thresholds"),
    "Sharing of information": (
        "Barrier", "Q1; Q3", "D3", "Information is not shared, or too late",
        "information not shared in time"),
    "Turnover of workers": (
        "Barrier", "Q3; Q4", "NA", "Workers leave and the link is lost", "turnover of workers"),
    "Criminalising response": (
        "Barrier", "Q2; Q3", "D2", "The harmed child is treated as an offender",
        "a criminalising response"),
    "The eighteenth birthday": (
        "Barrier", "Q3", "NA", "Support changes or ends at eighteen", "the eighteenth birthday"),
    "Short funding": (
        "Barrier", "Q1; Q3", "NA", "Money is short or ends soon", "short funding"),
    "A trusted adult": (
        "Enabler", "Q3; Q4", "D2", "One adult stays and is trusted", "a trusted adult"),
    "Coordination": (
        "Enabler", "Q1; Q3", "D3", "Somebody holds the threads together", "coordination"),
    "Timely sharing": (
        "Enabler", "Q1; Q3", "D3", "Information came in time to act on", "timely sharing"),
    "Practical help": (
        "Enabler", "Q3; Q4", "D2", "Travel, housing, money, forms", "practical help"),
    CONTRARY: (
        "Process", "Q1; Q2; Q3; Q4", "NA",
        "Given beside a mechanism or an outcome that the passage speaks against; a barrier given "
        "too is the reason",
        "speaks against"),
    "Treated as older": (
        "Harm", None, "D2", "Adultification: seen as more grown-up, knowing or to blame than "
        "they are",
        "being treated as older than they are"),
    "Harmed by the response": (
        "Harm", None, "D2", "What a service did was itself a harm: a search, a move, a label that "
        "stays",
        "harm done by the response itself"),
}  # fmt: skip

# question, context, mechanism, outcome, statement, strength
CONFIGURATIONS = (
    ("Q1", "Lives across borders", "Seeing a pattern", "Earlier response",
     "Where lives cross borders, a shared picture lets people see a pattern and act sooner",
     "moderate"),
    ("Q1", "Lives across borders", "Knowing whom to call", "Direct links",
     "Where people did not know one another, a coordinator's link grows into direct links",
     "strong"),
    ("Q1", "Low trust in services", "A welfare voice at the table", "Earlier response",
     "Where services are not trusted, a voluntary voice at the panel brings a welfare response",
     "moderate"),
    ("Q2", None, "Seeing a child who is harmed", "Practice changed",
     "Delegates who come to see a harmed child change what they write and whom they call",
     "moderate"),
    ("Q3", "Lives across borders", "It is my responsibility too", "Earlier response",
     "Where a young person is found elsewhere, being told in time makes the home borough act",
     "weak"),
    ("Q3", "Low trust in services", "Challenge changes the decision", "Earlier response",
     "Where a threshold is read narrowly, challenge from outside opens it", "moderate"),
    ("Q4", "Low trust in services", "Someone came", "Feels safer with people",
     "Where services had let them down, somebody who came and stayed makes them feel safer",
     "strong"),
    ("Q4", "Unsafe neighbourhood", "Someone came", "Place made safer",
     "Where places are unsafe, support of one person alone does not make the place safer", "weak"),
)  # fmt: skip

# theme_id: (question, the claim in words for readers, codes that speak to it)
THEMES = {
    "Q1-broker": (
        "Q1", "Coordinators hand over: others come to deal with one another directly",
        "Knowing whom to call; Direct links"),
    "Q1-voice": (
        "Q1", "A voluntary voice at the panel counts",
        "A welfare voice at the table"),
    "Q2-judging": (
        "Q2", "Delegates come to see a child who is harmed",
        "Seeing a child who is harmed"),
    "Q2-lasting": (
        "Q2", "What was learnt lasts and reaches practice",
        "Practice changed"),
    "Q3-eighteen": (
        "Q3", "A response takes longer from the eighteenth birthday on",
        "The eighteenth birthday"),
    "Q3-engaging": (
        "Q3", "A trusted adult and practical help let young people engage",
        "A trusted adult; Practical help"),
    "Q4-home": (
        "Q4", "Young people feel safer with the people around them",
        "Feels safer with people"),
    "Q4-neighbourhood": (
        "Q4", "The places where harm happens become safer",
        "Place made safer"),
}  # fmt: skip

TYPES = {label: row[0].lower() for label, row in CODES.items()}


def make_codebook() -> dict[str, pd.DataFrame]:
    """Return the tables `code`, `configuration` and `theme`."""
    code = {
        "code_label": list(CODES),
        "type": list(TYPES.values()),
        "questions": [row[1] for row in CODES.values()],
        "domain": [row[2] for row in CODES.values()],
        "marks_contrary": ["yes" if label == CONTRARY else "no" for label in CODES],
        "definition": [row[3] for row in CODES.values()],
        "label_public": [row[4] for row in CODES.values()],
    }
    columns = ("question", "context_code", "mechanism_code", "outcome_code", "statement",
               "strength")  # fmt: skip
    configuration = dict(zip(columns, zip(*CONFIGURATIONS, strict=True), strict=True))
    number = range(1, len(CONFIGURATIONS) + 1)
    return {
        "code": finish("code", code),
        "configuration": finish(
            "configuration", {"cmo_id": [f"CMO-{n:02d}" for n in number], **configuration}
        ),
        "theme": finish(
            "theme",
            {
                "theme_id": list(THEMES),
                "question": [question for question, _, _ in THEMES.values()],
                "label_public": [label for _, label, _ in THEMES.values()],
                "codes": [codes for _, _, codes in THEMES.values()],
            },
        ),
    }
