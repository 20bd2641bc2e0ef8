"""What practitioners say in the synthetic interviews: invented sentences with their codes.

A line is (voices, codes, text). Voices: r R&R staff, s statutory partner, v voluntary-sector
partner, d training delegate. In a text, ``{one|other}`` is a choice and ``{name}``, ``{street}``,
``{school}``, ``{town}``, ``{borough}`` are filled with invented names. Codes are keys of `CODES`,
``!`` in front means that the passage speaks against the code that follows.
"""

LINES = (
    # TN1
    ("rsv", "Seeing a pattern",
     "When the analyst put the {three|four|five} cases side by side we saw that it was one "
     "line, not {three|four|five} boys who go missing"),
    ("rs", "Seeing a pattern; Timely sharing",
     "The map they brought to us showed the same {station|car park|address} turning up in cases "
     "from {two|three} boroughs, and that changed the whole conversation"),
    ("rv", "Seeing a pattern",
     "Before, each of us had {a piece|one corner} of it; with the picture from R&R you could "
     "see who was {moving|running} the younger ones"),
    ("s", "Seeing a pattern; Earlier response",
     "Because the profile came before the meeting we {opened|started} the enquiry that week and "
     "not after the next arrest"),
    ("s", "!Seeing a pattern",
     "To be honest the analyst's product {arrived|came} after we had already {worked it "
     "out|acted}, so it told us nothing we did not know"),
    ("sv", "!Seeing a pattern; Sharing of information",
     "Since the intelligence went over to the police we hardly see the picture any more, we are "
     "{guessing|back to guessing} again"),
    # TN2
    ("sv", "Knowing whom to call; Coordination",
     "I used to ring {five|six|seven} numbers before {anyone|somebody} picked up; now I ring "
     "the coordinator and she {knows|tells me} who has the case"),
    ("rsv", "Knowing whom to call",
     "What she gave me was not a service, it was a {name and a number|person to ask}"),
    ("sv", "Knowing whom to call; Direct links",
     "The first time she introduced us, and since then I {simply call|just ring} the worker in "
     "{borough} myself"),
    ("r", "Direct links; Coordination",
     "My aim was always to become {unnecessary|less needed}: they should {talk|speak} to each "
     "other and not through me"),
    ("s", "Direct links",
     "We set up our own weekly call with the youth team {across the border|next door}, nobody "
     "from R&R has to be in it"),
    ("v", "!Direct links",
     "Nothing goes directly; if the coordinator is on leave the whole thing {stops|goes quiet} "
     "until she is back"),
    ("s", "!Knowing whom to call; Turnover of workers",
     "The coordinator changed {twice|three times} in a year, so in the end I went back to "
     "{calling round|my old contacts}"),
    # TN3
    ("v", "A welfare voice at the table",
     "We were asked to the panel as {guests|visitors} at first; by the second year they "
     "{waited|would wait} for us to speak before they decided"),
    ("rs", "A welfare voice at the table; Earlier response",
     "It was the voluntary worker who said this is a frightened child, and after that the talk "
     "was about {safety|protection} and not about charges"),
    ("sv", "A welfare voice at the table",
     "When {name}'s worker described what home was like, the {sergeant|officer} next to me put "
     "his pen down"),
    ("v", "!A welfare voice at the table",
     "We have a chair at that table but not a vote; they {thank|nod at} us and then do what "
     "they had planned"),
    ("s", "!A welfare voice at the table",
     "With respect, the charities talk about feelings while we have to {manage risk|carry the "
     "risk}, and I do not think it changed a single plan"),
    # TN4
    ("r", "Someone came",
     "We drove to {town} that same night; he did not say a word for an hour and then he {told "
     "me everything|asked whether I would come again}"),
    ("rv", "Someone came; A trusted adult",
     "It is the moment in the custody suite that counts: {somebody|a person} who is not police "
     "sits down and has time"),
    ("s", "Someone came",
     "The R&R worker was at the station before our own duty worker had {found|even found} the "
     "file"),
    ("r", "Someone came; Practical help",
     "I brought a phone charger and a sandwich, and that did more than any {leaflet|assessment}"),
    ("r", "!Someone came; Capacity and waiting",
     "By the time we had a worker free it was {eleven|nine} days later and {name} was gone again"),
    ("s", "!Someone came",
     "He was collected and brought home and two days later he was back {up the line|on the "
     "train}, so fetching somebody is not enough"),
    # TN5
    ("s", "Permission to hold risk",
     "I rang for advice, not to refer, and she said you are doing the right thing, keep "
     "{going|seeing her}; that let me sleep"),
    ("sv", "Permission to hold risk; Earlier response",
     "After the consultation I felt able to {name it|write it down} as exploitation without "
     "waiting for proof"),
    ("rd", "Permission to hold risk",
     "Half of my calls are people who only want to {think aloud|hear that they are not mad}"),
    ("s", "!Permission to hold risk",
     "Advice on the telephone is kind but when it goes wrong it is my name {on the file|in the "
     "review}, not theirs"),
    # TN6
    ("rs", "It is my responsibility too; Lives across borders",
     "When he was found in {town} both boroughs came to the call, {for the first time|which "
     "never happened before}, and nobody said he is yours"),
    ("s", "It is my responsibility too; Timely sharing",
     "We were told within {a day|hours} that our girl had been {picked up|seen} there, so I "
     "could not say I did not know"),
    ("v", "It is my responsibility too",
     "Once the host borough had heard the story from us they {opened|kept} their own case as "
     "well"),
    ("rsv", "!It is my responsibility too; Lives across borders",
     "As soon as a child is placed outside {borough} it is a tennis match: {your case|your "
     "child}, no, your {case|child}"),
    # TN7
    ("rv", "Challenge changes the decision; Thresholds",
     "They closed it at the front door; we wrote back with the {history|chronology} and a week "
     "later there was a strategy meeting"),
    ("s", "Challenge changes the decision",
     "I did not like being challenged, but when I read our own decision again I could not "
     "{defend|stand by} it"),
    ("r", "Challenge changes the decision; Earlier response",
     "Asking what would you do if this was a girl of {twelve|thirteen} usually {opens|moves} "
     "the threshold"),
    ("v", "!Challenge changes the decision; Thresholds",
     "We challenged {three|four} times in writing and got the same {sentence|letter} back each "
     "time"),
    ("s", "!Challenge changes the decision",
     "All that the challenge did was to make people {defensive|cross}; the decision stood"),
    # training
    ("d", "Seeing a child who is harmed; Practice changed",
     "I used to write that he associates with a gang; now I {write|put down} that he is being "
     "{harmed|used} by adults"),
    ("d", "Seeing a child who is harmed",
     "The {film|story} of the girl who carried the bag has {stayed with me|not left me}; I had "
     "met her, I mean a girl like her, and I told her off"),
    ("d", "Practice changed; Knowing whom to call",
     "The Monday after the course I {rang|called} the number on the slide, and we {held|had} a "
     "meeting about her by Thursday"),
    ("d", "Practice changed",
     "In our school we {stopped|no longer start} with an exclusion when something is found in a "
     "bag; we ask who {gave|handed} it to him"),
    ("d", "Seeing a child who is harmed",
     "What changed was the question: not what has he done but what is being done to him"),
    ("d", "!Practice changed",
     "It was a good day, but back at the desk nothing {has changed|changed}; we still have the "
     "same form with the same {boxes|questions}"),
    ("d", "!Practice changed; Capacity and waiting",
     "I know now what I should do and I have {thirty|twenty-eight} cases, so I do not do it"),
    ("d", "!Seeing a child who is harmed; Criminalising response",
     "Some of my colleagues sat through it and said afterwards that a dealer is a dealer"),
    ("d", "Seeing a child who is harmed; Pressure from peers",
     "I had never thought about the friends as people who keep each other {safe|out of it} as "
     "well"),
    # outcomes
    ("sv", "Earlier response; Coordination",
     "From the call to the strategy meeting it was {six|four|five} days; the year before it "
     "would have been a month"),
    ("r", "Feels safer with people; A trusted adult",
     "{name} told me he sleeps now, because there is one person who {answers|picks up}"),
    ("v", "Feels safer with people",
     "They do not say I am safe, they say I am safe with you; that is {something else|not the "
     "same}"),
    ("rv", "Feels no safer outside; Unsafe neighbourhood",
     "She will not walk down {street} even at noon; nothing we did has {changed|touched} that"),
    ("sv", "Place made safer",
     "The {shop|takeaway} opposite {school} put two staff outside at half past three, and the "
     "older lads stopped coming"),
    ("s", "Place made safer; Coordination",
     "Lighting, a warden and a youth worker on {street}: none of it is our service and all of "
     "it {helped|made a difference}"),
    ("rs", "!Place made safer; Unsafe neighbourhood",
     "We worked with every boy on that stairwell and the stairwell is exactly as it {was|was "
     "before}"),
    ("v", "!Feels safer with people; Turnover of workers",
     "She had opened up to one of us, then that worker {left|moved on}, and she said she would "
     "not do it twice"),
    # barriers
    ("rsv", "Capacity and waiting",
     "We had {fourteen|eleven|nine} young people on the list in the autumn and you cannot ask a "
     "child to be in danger again in {spring|January}"),
    ("rs", "Capacity and waiting; Short funding",
     "One worker for {four|five} boroughs is not a service, it is a {promise|gesture}"),
    ("rv", "Thresholds",
     "No injury, no arrest, no missing episode this month: so it did not {meet|reach} the "
     "threshold, although everyone in the room was {worried|afraid for him}"),
    ("s", "Thresholds; Criminalising response",
     "If it comes in as an offence it goes to one door and if it comes in as harm it goes to "
     "another, and it is the same child"),
    ("rsv", "Sharing of information",
     "The police knew {on Friday|for a week}, we heard it {on Wednesday|from his mother}"),
    ("v", "Sharing of information; Low trust in services",
     "We are asked to share everything and we are told nothing; after a while you {stop|hold "
     "back}"),
    ("rsv", "Turnover of workers",
     "He has had {four|five|three} social workers in a year and each of them read the file "
     "{from the start|again}, with him sitting there"),
    ("rv", "Criminalising response",
     "They searched {name} {at the gate|in front of his class} at {school}, and the next day he "
     "was back with the only people who do not search him"),
    ("s", "Criminalising response",
     "The charge came through before the {referral|decision} on whether he was a victim, and "
     "after that it is very hard to turn it round"),
    ("rsv", "The eighteenth birthday",
     "On the Tuesday he is a child at risk and on the Wednesday he is an adult who makes "
     "{choices|his own choices}"),
    ("rv", "The eighteenth birthday; Capacity and waiting",
     "There is nothing to hand over to: adult services have no {place|form} for somebody who is "
     "exploited and does not ask for help"),
    ("rv", "Short funding",
     "We get the letter about next year's money in {March|the last week of March}; by then half "
     "of the team has {applied elsewhere|looked for other jobs}"),
    # enablers
    ("rsv", "A trusted adult",
     "It was the same worker for {eleven|ten|fourteen} months, that is the whole secret"),
    ("sv", "Coordination",
     "Somebody has to hold the threads, and it cannot be the mother"),
    ("rs", "Timely sharing",
     "The railway police rang while he was still on the train; that call {bought|gave} us two "
     "hours"),
    ("rv", "Practical help",
     "We went with her to the housing office and {waited|sat} there until they gave us a "
     "{key|bed}"),
    ("v", "Practical help; Lockdown",
     "In lockdown we left a food bag and a telephone card at the door on {street} every week; "
     "that kept the line open"),
    # contexts
    ("rsv", "Lives across borders",
     "He lives with his aunt in {borough}, his school is in the next borough and his friends "
     "are in a third; nobody's map fits him"),
    ("sv", "Pressure from peers",
     "It is never one boy; if you move him the next one {takes|gets} the phone"),
    ("rv", "Low trust in services",
     "The family had been {let down|promised help} before, so for two months we talked through "
     "the {letterbox|door}"),
    ("rsv", "Lockdown; Sharing of information",
     "When the schools closed we lost our eyes; the {numbers|referrals} went down and I do not "
     "believe the harm did"),
    ("s", "Lockdown; Direct links",
     "Meeting on a screen meant that the people from {borough} could come every time, and they "
     "did"),
)  # fmt: skip

PROMPTS = {
    "Context": ("What was going on around the young people at that time?",
                "Can you tell me about the setting in which this happened?",
                "How did things look from where you work?"),
    "Mechanism": ("What was it about R&R that made a difference, if anything did?",
                  "Why do you think that happened?",
                  "Can you think of one time when it worked, or did not?",
                  "What did you do differently because of it?"),
    "Outcome": ("What came of it in the end?",
                "And for the young person, what changed?",
                "How do you know that things are different now?"),
    "Barrier": ("What got in the way?",
                "Where does it get stuck?",
                "If you could change one thing about how it works, what would it be?"),
    "Enabler": ("What helped?", "What made that possible?"),
}  # fmt: skip

OPENERS = (
    "Well, it depends on whom you ask.",
    "That is a good question.",
    "I have thought about that a lot.",
    "Let me give you an example.",
    "Yes and no.",
    "It is hard to say.",
    "I can only speak for our team.",
    "People do not like to hear this.",
    "At the beginning I was not sure about any of it.",
    "It took a while.",
    "There was one case last winter.",
    "We talked about this only last week.",
    "From where I sit it looks like this.",
    "I would put it in this way.",
    "You will hear other things from others.",
    "I remember it very well.",
)

CLOSERS = (
    "That is how it was for us, at least.",
    "I do not know whether others would say the same.",
    "It is not the same everywhere, I should add.",
    "Nobody had written that down anywhere.",
    "And that was before the offices closed.",
    "We still talk about it in the team.",
    "I would do it in the same way again.",
    "I have not found a better word for it.",
    "You would have to ask the others about that.",
    "That sounds small, but it was not small.",
    "Some weeks are better than others.",
    "I said so at the time.",
    "We wrote to {school} about it and they wrote back.",
    "His mother, in {street}, could tell you more.",
    "That was the case of {name}, which you may have read.",
    "The people in {town} were helpful, I must say.",
    "I was new in {borough} then.",
    "It stays with you when you drive home.",
)

GREETINGS = (
    (
        "Thank you for making the time. Could you begin by telling me what you do?",
        "I have been in this post for {two|three|four|six} years and most of my week is "
        "{visits|meetings and calls|visits and writing}.",
    ),
    (
        "Before we begin: you can stop whenever you like. What does a usual week look like for "
        "you?",
        "There is no usual week. {Mondays are the panel|I keep Fridays for writing}, the rest "
        "is what comes in.",
    ),
    (
        "Shall we start with how you came to work with R&R?",
        "Somebody from R&R came to our team meeting {in the first autumn|two years ago}, and I "
        "was the one who took the leaflet.",
    ),
)

FAREWELLS = (
    (
        "Is there anything I should have asked?",
        "Ask the young people. {They will tell you|They know it best}.",
    ),
    (
        "Is there anything you would like to add?",
        "Only that it takes longer than a year to see anything.",
    ),
    (
        "Thank you. Anything to add before I switch this off?",
        "No, I think that was it. Thank you for listening.",
    ),
)
