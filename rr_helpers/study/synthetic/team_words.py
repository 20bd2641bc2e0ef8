"""What an invented team says to its boards: an example of the file that a real team writes."""

FOLDER, WINDOW = "briefings", "eval_Y3"
TEXT = '''\
# What the team says to the boards, in its own words, beside the findings it rests on. No number is
# typed here: {latest} is a number of the message's own finding, {Q1-direct.latest} of another.
# `only_if` names the sign that the whole interval must have; otherwise the words are left out and
# the finding stands by itself.

[[message]]
boards = ["operational"]
finding = "Q3-time"
means = """Plan early for the eighteenth birthday: the law changes then, and the two ranges below
say how far the response does."""

[[message]]
boards = ["operational"]
finding = "Q1-handover"
means = """Partners deal with one another more directly, so coordinators can turn to where ties are
still missing."""
only_if = ["change below 0"]

[[message]]
boards = ["operational"]
finding = "Q2-decay"
means = "A course alone does not hold: follow it up before what was learnt fades."
only_if = ["decay below 0"]

[[message]]
boards = ["strategic"]
finding = "Q4-home"
means = "Young people feel safer with the people around them; this rests on those who answered."
only_if = ["home above 0"]

[[message]]
boards = ["strategic"]
finding = "Q4-neighbourhood"
means = "The survey says more of people than of places: places need a plan of their own."

[[message]]
boards = ["strategic"]
finding = "Q1-handover"
means = """The network depends less on one team than at the start; whether it would hold without
it is not tested."""
only_if = ["change below 0"]

[[message]]
boards = ["strategic"]
finding = "Q3-ladder"
means = """Judge the pilot by everyone who was referred, and not only by those who stayed to an
outcome."""

[[decision]]
boards = ["operational"]
ask = "Name, in each borough, who leads on the response to young adults."
because = ["Q3-time"]

[[decision]]
boards = ["strategic"]
ask = "Fund a follow-up to the course for those who were trained this year."
because = ["Q2-decay"]

[[decision]]
boards = ["strategic"]
ask = "Ask for a plan for places, with an owner, beside every plan for a young person."
because = ["Q4-neighbourhood"]

[[cannot_say]]
says = "Whether what changed came from the pilot: no young people without it were compared."

[[cannot_say]]
says = "How those fare who could not be reached or did not answer."
'''
