"""Young people's own words in the synthetic survey, and notes of files, panels and reviews.

Lines are (voices, codes, text) as in `bank_practitioners`. Voices: b what is better, w what is
worse or the same, c what should change (young people); f case file, p panel, n case review (notes).
"""

LINES = (
    ("b", "Someone came",
     "{someone came for me|she came and got me} when I was stuck in {town}, {I thought nobody "
     "would|nobody else did}"),
    ("b", "A trusted adult; Feels safer with people",
     "i can tell my worker things i {dont|never} tell no one else"),
    ("b", "Feels safer with people",
     "i feel safe when im with my {mum|nan|brother} again, we talk now"),
    ("b", "Feels safer with people",
     "my {new friends|mates from boxing} are not in that life, im good with them 🙂"),
    ("b", "Practical help",
     "they helped me with {my college forms|a bed in a safe place|getting my id} and came with "
     "me"),
    ("b", "A trusted adult",
     "same worker the whole time, {she didnt give up on me|he kept turning up even when i was "
     "rude}"),
    ("b", "Feels safer with people; Someone came",
     "I used to sit in my room with the light off. Now there is somebody I can ring"),
    ("b", "A trusted adult; Practical help",
     "my worker helps my mum as well, so it is {calmer|quieter} at home"),
    ("b", "Someone came",
     "first person who asked if i was ok {before they asked what i did|and waited for the "
     "answer}"),
    ("b", "!A trusted adult; Turnover of workers",
     "it was ok but i had {three|two} workers so i dont really know who to trust"),
    ("b", "!Feels safer with people",
     "not much is better to be honest, they are nice but it is {the same people|still the same} "
     "round here"),
    ("w", "Feels no safer outside; Unsafe neighbourhood",
     "{my road is the same|outside is the same}, i still {look behind me|dont go past the shops}"),
    ("w", "Feels no safer outside",
     "I feel safe with people but not in places, {street} is still {street}"),
    ("w", "Unsafe neighbourhood; Pressure from peers",
     "the olders are still outside {school} every day waiting"),
    ("w", "Criminalising response",
     "i still get stopped {every week|all the time} like im the bad one"),
    ("w", "The eighteenth birthday",
     "when i turned 18 everyone {went|left} and i had to start again"),
    ("w", "Turnover of workers",
     "my worker left and {nobody told me|they told me on a text}"),
    ("w", "Low trust in services",
     "i dont talk to social workers, they {write it all down|just write}"),
    ("w", "Capacity and waiting",
     "i waited {ages|two months} to get someone and a lot happened in that time"),
    ("w", "!Feels no safer outside; Place made safer",
     "the {park|playground} by ours got lights and it is alright now, i play ball there"),
    ("c", "Criminalising response",
     "police should {ask|listen} before they search people"),
    ("c", "The eighteenth birthday",
     "dont stop it when you are 18, {thats when you need it|nothing changes on your birthday}"),
    ("c", "Unsafe neighbourhood",
     "do something about the {places|estates}, not only about us"),
    ("c", "Capacity and waiting",
     "more workers so nobody has to wait"),
    ("c", "A trusted adult",
     "let people keep the same worker"),
    ("c", "Practical help",
     "help with {money for travel|getting a job}, that is why people do it"),
    ("c", "Low trust in services",
     "talk to us straight and keep what you {promise|say}"),
    # case files
    ("f", "Criminalising response",
     "Entry describes {name} as a known drug dealer; exploitation is not mentioned until "
     "{three|five} weeks later"),
    ("f", "A trusted adult",
     "The worker's notes show {weekly|twice-weekly} contact over {eight|ten} months, also when "
     "{name} did not answer"),
    ("f", "Sharing of information",
     "A missing report from {town} reached the file {nine|twelve} days after the event"),
    ("f", "Thresholds",
     "Referral closed at the front door with the words no current risk identified; referred "
     "again within the month"),
    ("f", "Challenge changes the decision; Earlier response",
     "A letter from the R&R worker asks for the decision to be looked at again; a strategy "
     "discussion follows within {five|six} days"),
    ("f", "Practical help",
     "R&R arranged {a hotel room|travel home} and a first meeting with a housing officer"),
    ("f", "Turnover of workers",
     "{Three|Four} allocated workers in {ten|eleven} months; each assessment begins from the "
     "beginning"),
    ("f", "!Challenge changes the decision",
     "R&R asked for a review of the threshold; the reply repeats the first decision"),
    ("f", "Unsafe neighbourhood",
     "The plan names {street} as the place of harm but all actions are about the young person"),
    ("f", "It is my responsibility too; Lives across borders",
     "Emails show host and home borough agreeing on one plan after {name} was found in {town}"),
    ("f", "Seeing a pattern",
     "A mapping attached to the file links {name} to two other young people and one address"),
    ("f", "The eighteenth birthday",
     "Case closed on reaching adulthood; no hand-over is recorded"),
    # panels
    ("p", "A welfare voice at the table",
     "The voluntary worker described fear and debt; the chair changed the action from "
     "enforcement to support"),
    ("p", "!A welfare voice at the table",
     "The voluntary worker spoke once; the chair thanked and moved on, the action did not change"),
    ("p", "Knowing whom to call; Coordination",
     "The coordinator named the worker in {borough} who holds the linked case; they agreed a "
     "call during the meeting"),
    ("p", "Direct links",
     "Two teams reported a plan they had made between them before the meeting"),
    ("p", "Seeing a pattern; Timely sharing",
     "The analyst showed that {three|four} of the cases share one address near {street}"),
    ("p", "Criminalising response",
     "The young person was spoken of as an offender for most of the {ten|twelve} minutes"),
    ("p", "Thresholds",
     "Discussion of whether the threshold is met took longer than discussion of what to do"),
    ("p", "It is my responsibility too; Lives across borders",
     "Home and host borough both attended and shared out the actions"),
    ("p", "!It is my responsibility too",
     "Each borough held that the other should lead; the action was given to nobody"),
    ("p", "Place made safer",
     "An earlier action for the area around {school} was reported as done, with fewer incidents "
     "since"),
    ("p", "Lockdown",
     "The meeting was held on screen; {two|three} organisations that seldom came were present"),
    ("p", "Sharing of information",
     "The police could not say whether the address was known; action carried to the next meeting"),
    # case reviews
    ("n", "Pressure from peers",
     "The group of {six|seven|nine} young people held together through fear and through "
     "friendship; no plan treated them as a group"),
    ("n", "Unsafe neighbourhood",
     "The stairwell off {street} appears in {five|six} accounts and in no plan"),
    ("n", "Someone came; Earlier response",
     "The R&R worker's visit after the arrest is the first point at which the young person "
     "spoke of threats"),
    ("n", "!Someone came",
     "A worker came within a day, but the young person had been told not to talk and did not"),
    ("n", "Place made safer",
     "Guardianship around {school} was agreed and kept up; incidents fell and other pupils "
     "noticed"),
    ("n", "!Place made safer; Capacity and waiting",
     "Much was done with individuals; nothing in the record shows a change in the place itself"),
    ("n", "It is my responsibility too",
     "After information from {town} the borough opened enquiries on two brothers it had not "
     "known"),
    ("n", "Sharing of information",
     "Four agencies each held one part; the parts were first put together for this review"),
    ("n", "A welfare voice at the table; Challenge changes the decision",
     "The voluntary organisation's objection is minuted and the plan was rewritten"),
    ("n", "Feels no safer outside",
     "The young people describe their area in the same words at the start and at the end"),
    ("n", "Coordination",
     "One person kept the chronology for all agencies, and the review could rely on it"),
)  # fmt: skip

RECORD_FILLERS = {
    "f": (
        "Entries are regular and dated.",
        "The chronology has a gap of six weeks.",
        "The plan was signed by the parent.",
        "There is no record of the young person's own view here.",
        "The assessment is thorough on the home.",
        "School is mentioned once.",
    ),
    "p": (
        "Papers were sent in advance.",
        "Two apologies were read out.",
        "The chair kept to time.",
        "Actions from last time were gone through.",
        "The young person's wishes were read out.",
        "There was some laughter at the start, then silence.",
    ),
    "n": (
        "The review read files of three agencies.",
        "A meeting was held with practitioners.",
        "Sources agree on the order of events.",
        "The account of the family is missing.",
        "The period covers a school year and a half.",
        "The first referral was made by a neighbour.",
    ),
}

SURVEY_HEADINGS = {"text_better": "What is better", "text_worse": "What is worse or the same",
                   "text_change": "What should change"}  # fmt: skip

NAMES = {
    "name": ("Jaydon", "Kofi", "Marlon", "Ismael", "Tyrese", "Danyal", "Reuben", "Callum", "Ayo",
             "Shanice", "Leyla", "Zoë", "Destiny", "Mehdi", "Kwame", "Bartek"),
    "street": ("Halberd Street", "Penfold Rise", "Quillon Road", "Ostler Walk", "Tamber Close",
               "Lanyard Way", "Bodkin Lane"),
    "school": ("Thornmere Academy", "Ashlock School", "Wexcombe College", "Fairlode High"),
    "town": ("Great Wendle", "Marshcombe", "Saltbridge", "Nether Aldham", "Copperhythe"),
    "borough": ("Southmarch", "Eastley", "Northwold", "Westerham Vale"),
}  # fmt: skip
BRACKETS = {"name": "[young person]", "street": "[a street]", "school": "[a school]",
            "town": "[a town]", "borough": "[a borough]"}  # fmt: skip
