"""Harm done by services, as it is told in the synthetic study: invented sentences with their codes.

Lines are (voices, codes, text) as in `bank_practitioners` and `bank_records`; w is what young
people write of what is worse. Drawn apart from the others, for few documents.
"""

LINES = (
    ("rv", "Treated as older",
     "In the meeting they spoke of a grown man; he is a boy who {still sleeps with the light "
     "on|asks whether his mum knows where he is}"),
    ("sd", "Treated as older",
     "We would have asked who had bought the shoes if he had been {smaller|a different boy}; we "
     "asked him what he had sold"),
    ("rv", "Treated as older; Criminalising response",
     "She is the same age as my daughter, and the note says she made choices"),
    ("rsv", "Harmed by the response",
     "We moved him for his safety and he lost {the one teacher|the one friend} who knew; nobody "
     "had counted that"),
    ("sv", "Harmed by the response",
     "The word gang went into the file and every service after us read that word first"),
    ("d", "Harmed by the response",
     "The exclusion was meant to keep the others safe; it gave him to the people we wanted to keep "
     "him from"),
    ("w", "Harmed by the response",
     "they moved me far away and now i have {nobody|no friends} here"),
    ("w", "Treated as older",
     "they talk to me like im a man but i didnt even know what it was"),
    ("f", "Treated as older",
     "Entry says streetwise and mature for the age given; no assessment of understanding is on "
     "file"),
    ("f", "Harmed by the response; Sharing of information",
     "Relocation is recorded as the outcome; the loss of school and of contact with the family is "
     "not"),
    ("p", "Treated as older",
     "The young person was called by a surname throughout, the others on the list by a first name"),
    ("n", "Harmed by the response",
     "Each search is recorded as an action taken; none is recorded as something that was done to a "
     "child"),
)  # fmt: skip
PROMPTS = (
    "Did anything that was done to help also do harm?",
    "Was there anything about the response itself that troubled you?",
)
TOLD_IN_INTERVIEWS, TOLD_IN_NOTES, TOLD_BY_YOUNG_PEOPLE = 0.45, 0.30, 0.25
