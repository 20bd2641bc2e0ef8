import pytest

from rr_helpers.disclosure.tripwire import find_flags, read_waivers
from rr_helpers.disclosure.vocabulary import WORDS, is_usual

# Written for this test after the vocabulary was fixed: what could identify someone stands between
# stars. Names in small letters, nicknames, places of usual words, ages and dates in words.
HARD = (
    "me and *jaydee* used to link up behind the *morrisons* before *kezzy* got nicked",
    "my cousin *tiny* said the olders from *angel* *town* were looking for me",
    "they put me in a flat by *highbury* corner with a boy called *smokes*",
    "it was when I was in *year* *nine*, miss *okafor* was the only one who asked",
    "mum rang *shaniqua* at the *osborne* centre and she came on the *third* of *june*",
    "I was *fourteen*, he was *twenty* *two*, and everyone on *elm* *park* knew it",
    "we got the train to *margate* and stayed at *danny's* nan's",
    "he goes to *st* *marks* now, the one by the *seven* *sisters* road",
    "the worker from *newpath* told *abdi* about it before the *sunday*",
    "they call him *big* *mo* and his brother is *lil* *dee* from *woodberry* *down*",
    "I got stabbed outside *chicken* *cottage* in *august*",
    "my social worker *bev* left and then it was *karl*",
    "the *peckham* boys and the *gas* gang were both after us",
    "it was on my *snap*, my name on there is *yungreapz*",
)  # fmt: skip
USUAL = (
    "They sat with me and they listened until I was ready to talk.",
    "Nothing goes directly; if the coordinator is on leave the whole thing stops until then.",
    "I feel safe with people but not in places, [a street] is still [a street]",
    "We worked with every boy on that stairwell and the stairwell is exactly as it was before.",
    "There is nobody to hand over to: adult services have no form for someone who is exploited.",
    "my worker helps my mum as well, so it is quieter at home and in the park",
    "In our school we ask who gave it to him. London is big, and I'm not from here.",
    "She kept turning up even when I was rude, and that's why I trusted her in the end.",
)


def stars(text: str) -> tuple[str, list[str]]:
    marked = [word.strip(".,'") for word in text.split() if word.strip(".,").startswith("*")]
    return text.replace("*", ""), [word.replace("*", "") for word in marked]


def test_nearly_everything_that_could_identify_someone_is_flagged():
    found, hidden = 0, []
    for text in HARD:
        plain, marked = stars(text)
        flagged = {word for _, word, _ in find_flags(plain)}
        found += sum(word in flagged for word in marked)
        hidden += [word for word in marked if word not in flagged]
        assert flagged, text
    assert found >= 0.8 * (found + len(hidden)), hidden


@pytest.mark.parametrize("text", USUAL)
def test_usual_words_pass_untouched(text):
    assert list(find_flags(text)) == []


@pytest.mark.parametrize(
    ("text", "word", "why"),
    [
        (
            "we met Marlon there",
            "Marlon",
            "a word with a capital inside a sentence, perhaps a name",
        ),
        ("we met marlon there", "marlon", "a word outside the vocabulary, perhaps a name"),
        ("I waited nine days", "nine", "a number in words"),
        ("on a Tuesday", "Tuesday", "a day, a month or a feast"),
        ("by clock tower again", "tower", "perhaps the name of a place, in two words"),
        ("grace told me", "grace", "a word outside the vocabulary, perhaps a name"),
    ],
)
def test_each_kind_of_word_says_why_it_is_flagged(text, word, why):
    assert (word, why) in [(found, said) for _, found, said in find_flags(text)]


def test_a_waiver_names_word_reason_and_reviewer():
    assert read_waivers("nine: a usual wait (AB); Gran: no name (CD);") == {
        "nine": ("a usual wait", "AB"),
        "gran": ("no name", "CD"),
    }
    assert read_waivers(None) == read_waivers(float("nan")) == read_waivers(" ") == {}


@pytest.mark.parametrize("text", ["nine", "nine: fine (AB)", "nine: a usual wait", "(AB)", "a;b"])
def test_a_waiver_without_reason_or_reviewer_waives_nothing(text):
    with pytest.raises(ValueError, match="word: the reason"):
        read_waivers(text)


def test_the_vocabulary_holds_no_word_that_the_tripwire_takes_for_a_number_or_a_day():
    assert not [word for word in WORDS if list(find_flags(f"the {word}"))]
    assert is_usual("stopped") and is_usual("worker’s") and not is_usual("barking")
