"""What stops a quotation until a reviewer has looked at the very word: unusual words and the like.

No detector of names finds them all. On quotations written to be hard, the best found 91 in 100 with
the study's own names, and an allow-list of words touched 31 of 32 (measured for this project). So
what is not known to be harmless is flagged: words outside the vocabulary, numbers in words, days
and months, capitals inside a sentence, and places made of two usual words ("elm park").
"""

import re
from collections.abc import Iterator, Mapping

from rr_helpers.disclosure.vocabulary import is_usual

# Words that may stand with a capital inside a sentence; any other capital may be a name.
CAPITALISED = frozenset(
    "I I'm I've I'd I'll R&R RR NRM OK TV Rescue Response London Contextual Safeguarding "
    "Breaking Cycle St Giles Trust Abianda Safer MOPAC Met".split()
)
NUMBERS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "thousand dozen third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december christmas easter ramadan eid diwali".split()
)
_PLACES = frozenset(
    "road street lane avenue park estate court house green hill city town gate cross square common "
    "corner close gardens tower towers way bridge academy hall market station mews "
    "terrace heath wood fields grove crescent".split()
)
# What may stand before such a word and name no place.
_BEFORE_A_PLACE = frozenset(
    "a the my your his her our their its this that these those some any every each no one other "
    "another same new old next own whole wrong right different big small local main quiet busy "
    "safe first last back front in at on of to from by near and or long only all what which "
    "police bus train tube railway town open shopping council children's young care little good "
    "bad better best easy hard far half either".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*['’]?")
_BRACKET = re.compile(r"\[[^\[\]]*\]")
_SENTENCE_END = re.compile(r"""(?:^|[.!?…:\[\]]["'’”)]*\s+|["“‘(\[]\s*)$""")
_WAIVER = re.compile(r"\s*([^:;]+?)\s*:\s*([^;()]+?)\s*\(\s*([^()]+?)\s*\)\s*")


def find_flags(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (its number, the word, why) for each word of `text`, outside brackets, to look at."""
    words, before = list(_WORD.finditer(_BRACKET.sub(lambda b: "]" * len(b[0]), text))), ""
    for number, match in enumerate(words, 1):
        word = match[0].strip("'’").replace("’", "'")
        why = _why_flagged(word, before, text[: match.start()])
        if why:
            yield number, word, why
        gap = text[match.end() : match.end() + 1]
        before = "" if gap in {"", *".,;:!?…[]"} else word.casefold()


def _why_flagged(word: str, before: str, so_far: str) -> str:
    small = word.casefold()
    plain = small.removesuffix("'s")
    allowed = word in CAPITALISED or word.removesuffix("'s") in CAPITALISED
    if plain in NUMBERS or plain.removesuffix("s") in NUMBERS:
        return "a number in words"
    if plain in DAYS or plain.removesuffix("s") in DAYS:
        return "a day, a month or a feast"
    if word[:1].isupper() and not allowed and not _SENTENCE_END.search(so_far):
        return "a word with a capital inside a sentence, perhaps a name"
    if not allowed and not is_usual(word):
        return "a word outside the vocabulary, perhaps a name"
    if plain in _PLACES and before and before not in _BEFORE_A_PLACE and not before.endswith("ing"):
        return "perhaps the name of a place, in two words"
    return ""


def read_waivers(text) -> Mapping[str, tuple[str, str]]:
    """Return reason and reviewer by word, from ``"nine: a usual wait (AB); gran: no name (CD)"``.

    Raises ValueError for anything else: a waiver that cannot be read waives nothing.
    """
    if text is None or text != text or not str(text).strip():
        return {}
    waivers = {}
    for part in str(text).strip().rstrip(";").split(";"):
        found = _WAIVER.fullmatch(part)
        if not found or len(found[2].split()) < 2:
            raise ValueError("a waiver that is not 'word: the reason (reviewer)'")
        waivers[found[1].casefold().replace("’", "'")] = (found[2], found[3])
    return waivers
