"""Claims over readings made by hand, with known hits, offsets and luck."""

import numpy as np
import pytest

from attention.claim_frames import claim_frame, sentences_frame
from attention.claims import best_offset, judge, measure, measure_each
from attention.examples import MAX_EXAMPLES, Malformed, parse
from attention.verdict import describe_best, describe_head
from tests.making import make_reading

TEXT = "the dog the cat"  # four words: luck hits one time in three


def example(pair: str, text: str = TEXT, line: int = 1):
    examples, malformed = parse([""] * (line - 1) + [f"{text} | {pair}"])
    assert not malformed
    return examples[0]


def looking(*targets: int, text: str = TEXT):
    """A reading with one head for each target: all attention goes to that token."""
    n = len(text.split()) + 2
    attention = np.zeros((1, len(targets), n, n))
    for head, target in enumerate(targets):
        attention[0, head, :, target] = 1
    return make_reading(attention, text)


def test_a_head_hits_if_the_word_gets_most_of_all_other_words():
    # From "dog" (token 2) to "cat" (token 4): one head looks there, one elsewhere.
    measured = measure(looking(4, 1), example("dog -> cat"))
    assert measured.hits.tolist() == [[True, False]]
    assert measured.weight.tolist() == [[1, 0]]
    assert [measured.words[i] for i in measured.looked[0]] == ["cat", "the"]


def test_specials_and_the_word_itself_do_not_count():
    attention = np.zeros((1, 1, 6, 6))
    # From "dog": [CLS] .4, itself .3, [SEP] .15, "cat" .1, the first "the" .05.
    attention[0, 0, 2] = [0.4, 0.05, 0.3, 0, 0.1, 0.15]
    measured = measure(make_reading(attention), example("dog -> cat"))
    assert measured.hits.all()
    assert measured.weight[0, 0] == pytest.approx(0.1)
    assert measured.words == ("the", "dog", "the", "cat")


def test_a_special_that_somebody_typed_does_not_count_either():
    attention = np.zeros((1, 1, 6, 6))
    attention[0, 0, 1] = [0.2, 0, 0.25, 0.4, 0.15, 0]  # from "dog", most to "[SEP]"
    reading = make_reading(attention, "dog ran [SEP] home")
    assert reading.word_ids[3] is not None
    measured = measure(reading, example("dog -> ran", reading.text))
    assert measured.words == ("dog", "ran", "home")
    assert measured.hits.all()


def test_pieces_are_joined_sum_to_a_word_and_mean_from_it():
    text = "dogs ran slowly"
    attention = np.zeros((1, 1, 7, 7))
    # dog ##s ran slow ##ly: from both pieces of "slowly" to both of "dogs".
    attention[0, 0, 4] = [0, 0.2, 0.2, 0.3, 0.1, 0.1, 0.1]
    attention[0, 0, 5] = [0, 0.4, 0.2, 0.1, 0.1, 0.1, 0.1]
    reading = make_reading(attention, "dog s ran slow ly")
    pieces = {
        "text": text,
        "tokens": ("[CLS]", "dog", "##s", "ran", "slow", "##ly", "[SEP]"),
        "word_ids": (None, 0, 0, 1, 2, 2, None),
        "spans": ((0, 0), (0, 3), (3, 4), (5, 8), (9, 13), (13, 15), (0, 0)),
    }
    reading = type(reading)(**vars(reading) | pieces)
    measured = measure(reading, example("slowly -> dogs", text))
    assert measured.weight[0, 0] == pytest.approx((0.4 + 0.6) / 2)
    assert measured.words == ("dogs", "ran", "slowly")
    assert measured.offset == -2


def test_a_students_word_of_several_words_is_one_word(bundled_engine):
    text = "I don't like New York."
    reading = bundled_engine.read(text)
    measured = measure(reading, example("New York -> don't", text))
    assert measured.words == ("I", "don't", "like", "New York", ".")
    assert measured.offset == -2
    tokens = list(reading.tokens)
    new, don = tokens.index("new"), tokens.index("don")
    expected = reading.attention[:, :, new : new + 2, don : don + 3]
    np.testing.assert_allclose(
        measured.weight, expected.mean(axis=2).sum(axis=-1), rtol=1e-5
    )


@pytest.fixture
def result():
    """Three sentences, two heads: the first hits all, the second one of them."""
    pairs = ["dog -> cat", "cat -> dog", "the#1 -> dog"]
    examples = [example(pair, line=line) for line, pair in enumerate(pairs, start=1)]
    # Tokens: [CLS] the dog the cat [SEP]. The second head always looks at "cat".
    readings = [looking(4, 4), looking(2, 4), looking(2, 4)]
    return judge([measure(r, e) for r, e in zip(readings, examples, strict=True)])


def test_hits_rates_and_weights_are_counted_for_every_head(result):
    assert result.hits.tolist() == [[3, 1]]
    assert result.rate.tolist() == [[1, pytest.approx(1 / 3)]]
    assert result.mean_weight.tolist() == [[1, pytest.approx(1 / 3)]]
    assert result.best() == (0, 0)


def test_the_best_fixed_offset_is_found_on_the_same_sentences(result):
    # The pairs are 2 on, 2 back and 1 on: each offset hits once, the nearest wins.
    assert (result.offset, result.offset_hits) == (1, 1)


@pytest.mark.parametrize(
    ("offsets", "best"),
    [([1, 1, -1], (1, 2)), ([3, -3], (-3, 1)), ([2, -1, 2, -1], (-1, 2))],
)
def test_the_offset_that_hits_most_wins_and_of_equals_the_nearest(offsets, best):
    assert best_offset(offsets) == best


def test_luck_is_a_random_choice_among_the_other_words(result):
    # Three words to choose from each time: all three right in 1 of 27 cases; at
    # least one of three in 19 of 27. Of two heads, either may be the lucky one.
    assert result.alone.tolist() == [[pytest.approx(1 / 27), pytest.approx(19 / 27)]]
    assert result.chance[0, 0] == pytest.approx(1 - (26 / 27) ** 2)


def test_only_one_of_head_and_guess_is_counted_where_they_differ(result):
    # The guess, 1 on, is right in the third sentence; the second head in the first.
    assert result.lead(0, 0) == (2, 0)
    assert result.lead(0, 1) == (1, 1)


def test_a_sentence_of_two_words_is_always_hit_by_luck():
    pair = example("dog -> ran", "dog ran")
    result = judge([measure(looking(2, text="dog ran"), pair)])
    assert result.chance.tolist() == [[1]]
    assert verdict_on(result).startswith(
        "This may be luck: of two words it always hits the other. Test longer"
    )


def test_few_sentences_are_no_evidence_and_the_verdict_says_how_many_are(result):
    verdict = verdict_on(result)
    assert "hits 3 of 3 (100%; with 95% confidence 44% to 100%)" in verdict
    assert "with a probability of 7.3%" in verdict  # 1 - (26/27)^2
    assert verdict.startswith("This may be luck: ")
    # 1 - (1 - 3^-n)^2 is under 0.05 from n = 4 on.
    assert "with 4 such sentences" in verdict


def verdict_on(result) -> str:
    return " ".join(describe_best(result))


# Verdicts. Four places by turns, so that no fixed guess hits more than one in four.
PAIRS = ["dog -> cat", "cat -> dog", "the#1 -> dog", "cat -> the#1"]
TARGETS = [4, 2, 2, 1]
ELSEWHERE = [3, 1, 4, 2]
ROWS = list(zip(PAIRS, TARGETS, ELSEWHERE, strict=True))


def many(*heads: list[int], pairs: list[str]):
    """Judge sentences in which each head looks at its list's tokens, one a sentence."""
    return judge(
        [
            measure(looking(*targets), example(pair, line=line))
            for line, (pair, *targets) in enumerate(
                zip(pairs, *heads, strict=True), start=1
            )
        ]
    )


def test_a_head_that_always_hits_where_places_vary_is_evidence():
    verdict = verdict_on(many(TARGETS * 5, ELSEWHERE * 5, pairs=PAIRS * 5))
    assert "hits 20 of 20" in verdict
    assert verdict.startswith("The evidence carries: ")
    assert "The head alone hits 15, the fixed guess alone 0: a clear lead" in verdict


def test_the_best_of_many_needs_a_greater_lead_than_a_head_named_beforehand():
    # Six sentences only the head hits: luck 1 in 64, but of 144 heads 90%.
    heads = [TARGETS * 2, *[ELSEWHERE * 2] * 143]
    result = many(*heads, pairs=PAIRS * 2)
    best, named = verdict_on(result), describe_head(result, 0, 0)
    assert result.lead(0, 0) == (6, 0)
    assert best.startswith("Promising: now test this very head on new sentences. ")
    assert "for a head that was named beforehand, too few for the best of 144" in best
    assert "carries" not in best
    assert "a clear lead for a named head. The evidence carries: " in named


def test_the_best_of_many_carries_once_its_lead_is_great():
    # 1 - (1 - 2^-12)^144 is 3.5%.
    heads = [TARGETS * 4, *[ELSEWHERE * 4] * 143]
    verdict = verdict_on(many(*heads, pairs=PAIRS * 4))
    assert verdict.startswith("The evidence carries: ")
    assert verdict.endswith(
        "The head alone hits 12, the fixed guess alone 0: a clear lead, even for the "
        "best of 144."
    )


def test_a_small_lead_over_the_fixed_guess_is_too_few_to_tell():
    # The guess hits all of the first kind; the head all but two, and five others.
    pairs = ["the#2 -> cat"] * 9 + PAIRS + PAIRS[:1]
    targets = [1] * 2 + [4] * 7 + TARGETS + TARGETS[:1]
    result = many(targets, pairs=pairs)
    # "the#1 -> dog", 1 on as well, is hit by both.
    assert (result.hits[0, 0], result.offset_hits) == (12, 10)
    assert result.lead(0, 0) == (4, 2)  # at least 4 of 6: 22 of 64 ways
    verdict = verdict_on(result)
    assert verdict.startswith("Too few sentences to tell the head from the fixed guess")
    assert verdict.endswith(
        "alone hits 4, the fixed guess alone 2: so small a lead may be luck."
    )


def test_a_head_no_better_than_a_fixed_place_is_told_so():
    verdict = verdict_on(many([4] * 10, pairs=["the#2 -> cat"] * 10))
    assert "the word just after, hits 10 (100%)" in verdict
    assert verdict.startswith("The head may know the place and not the word: ")
    assert verdict.endswith(
        "The fixed guess does at least as well, on mostly the same sentences."
    )


def test_heads_that_hit_as_often_as_the_best_are_counted():
    def verdict(*heads):
        return verdict_on(many(*heads, pairs=PAIRS))

    assert "as often" not in verdict(TARGETS, ELSEWHERE)
    assert ". 1 other hits as often. " in verdict(TARGETS, TARGETS, ELSEWHERE)
    assert ". 2 others hit as often. " in verdict(TARGETS, TARGETS, TARGETS)


def test_without_a_hit_nothing_speaks_for_a_claim():
    result = many(ELSEWHERE[:1], ELSEWHERE[:1], pairs=PAIRS[:1])
    assert verdict_on(result).startswith("Nothing here speaks for the claim. ")
    assert verdict_on(result).endswith("with a probability of 100%.")
    assert describe_head(result, 0, 1).endswith("Nothing here speaks for the claim.")


def test_hits_by_luck_in_many_sentences_speak_against_a_claim():
    # 7 hits of 24, where luck has 8; Wilson's interval is 14.9% to 49.2%.
    targets = [*TARGETS, *TARGETS[:3], *ELSEWHERE[3:], *ELSEWHERE * 4]
    result = many(targets, targets, pairs=PAIRS * 6)
    verdict, named = verdict_on(result), describe_head(result, 0, 1)
    assert verdict.startswith("These sentences speak against the claim. ")
    assert "hits 7 of 24 (29%; with 95% confidence 15% to 49%)" in verdict
    assert "Words chosen at random hit 33% on average; the best fixed" in verdict
    assert verdict.endswith(
        "Even the best head misses more often than it hits, and luck may bring as many "
        "hits: a tendency may hide in them, but no rule."
    )
    assert "It misses more often than it hits, and luck may" in named
    assert named.endswith("These sentences speak against this head.")


def test_hits_by_luck_in_few_sentences_ask_for_more():
    # 3 hits of 8: Wilson's interval is 13.7% to 69.4%.
    result = many([*TARGETS[:3], *ELSEWHERE[3:], *ELSEWHERE], pairs=PAIRS * 2)
    assert verdict_on(result).startswith("This may be luck: test more sentences. ")


def test_a_head_that_mostly_misses_is_a_tendency_however_sure_it_is():
    # One word of seven each time: 84 of 200 hits are not luck, nor a rule (35% to 49%).
    words = [f"w{i}" for i in range(8)]
    measured = []
    for line in range(200):
        query, step = line % 8, 1 + line // 8 % 7  # the places vary evenly
        key = (query + step) % 8
        target = (
            key if line < 84 else next(i for i in range(8) if i not in (query, key))
        )
        reading = looking(target + 1, text=" ".join(words))
        pair = example(f"w{query} -> w{key}", " ".join(words), line + 1)
        measured.append(measure(reading, pair))
    verdict = verdict_on(judge(measured))
    assert "hits 84 of 200 (42%; with 95% confidence 35% to 49%)" in verdict
    assert verdict.startswith(
        "A tendency, no rule: better than luck and than the fixed"
    )
    assert "it misses more often than it hits. " in verdict


def test_a_head_whose_hits_the_fixed_guess_misses_does_not_know_its_place():
    # The guess, 1 on, hits ten; the head hits eight others and none of those.
    targets = [1] * 10 + TARGETS[:2] * 4
    pairs = ["the#2 -> cat"] * 10 + PAIRS[:2] * 4
    result = many(targets, pairs=pairs)
    assert (result.hits[0, 0], result.lead(0, 0)) == (8, (8, 10))
    # At random one hits 6 of 18, so that 8 are luck; of eight other words they are not.
    assert verdict_on(result).startswith("This may be luck")


def among_nine(*groups: tuple[int, bool, bool]):
    """Judge one head on sentences of nine words, of which luck hits one in eight.

    groups: how many sentences, whether the head hits, whether the fixed guess does.
    """
    text = "a b c d e f g h i"
    measured = []
    for n, is_hit, is_guess in groups:
        for _ in range(n):
            line = len(measured) + 1
            # The guess is 1 on; other pairs are of as many other places as there are.
            key = 1 if is_guess else 2 + line % 7
            target = key if is_hit else (8 if key < 8 else 7)
            pair = example(f"a -> {text.split()[key]}", text, line)
            measured.append(measure(looking(target + 1, text=text), pair))
    return judge(measured)


@pytest.mark.parametrize(
    ("shared", "ahead", "behind", "neither", "says"),
    [
        (8, 8, 52, 0, "Better than luck, but not than the fixed guess: test sentences"),
        (8, 8, 52, 0, "fixed guess alone 52: it does worse, on other sentences."),
        (5, 40, 120, 50, "fixed guess alone 120: it does worse, on other sentences."),
        (0, 20, 22, 0, "fixed guess alone 22: it does as well, on other sentences."),
        (30, 5, 8, 10, "The head may know the place and not the word: "),
    ],
)
def test_a_head_behind_the_fixed_guess_is_told_what_it_shares_with_it(
    shared, ahead, behind, neither, says
):
    result = among_nine(
        (shared, True, True),
        (ahead, True, False),
        (behind, False, True),
        (neither, False, False),
    )
    assert (result.offset, result.offset_hits) == (1, shared + behind)
    assert result.lead(0, 0) == (ahead, behind)
    assert says in verdict_on(result)
    assert says in f"{describe_head(result, 0, 0)} "


def test_the_best_of_many_that_mostly_misses_is_a_tendency_at_most():
    # The guess, 1 on, hits 130; the head 170 of the others: 37.7% to 47.4% of 400.
    varied = [(pair, hit, miss) for pair, hit, miss in ROWS if pair != "the#1 -> dog"]
    rows = [("the#1 -> dog", 4, 4)] * 130
    rows += [(pair, hit, miss) for pair, hit, miss in varied * 90]
    pairs, hits, misses = zip(*rows, strict=True)
    best = [*misses[:130], *hits[130:300], *misses[300:]]
    result = many(best, *[misses] * 143, pairs=pairs)
    assert result.lead(0, 0) == (170, 130)
    verdict, named = verdict_on(result), describe_head(result, 0, 0)
    assert verdict.startswith("A tendency at most: now test this very head on new ")
    assert "A tendency, no rule: better than luck and than the fixed guess" in named


def test_at_the_most_sentences_nobody_is_asked_for_more():
    pairs = ["the#1 -> dog", "dog -> the#1"] * 1000
    few = many([2, 4] * 999 + [4, 4], pairs=pairs)
    assert few.n == MAX_EXAMPLES
    assert "more sentences" not in verdict_on(few)
    assert "test more" not in verdict_on(few).lower()


def test_shares_near_none_and_all_are_not_rounded_away():
    pairs = ["dog -> cat"] * 2000
    none = verdict_on(many([1] * 2000, pairs=pairs))
    assert "hits 0 of 2000 (0%; with 95% confidence 0% to 0.2%)" in none
    one = verdict_on(many([4] + [1] * 1999, pairs=pairs))
    assert "hits 1 of 2000 (under 0.1%; with 95% confidence under 0.1% to 0.3%)" in one


def test_of_equal_weights_the_key_is_no_hit():
    attention = np.full((1, 1, 6, 6), 1 / 6)
    measured = measure(make_reading(attention), example("dog -> the#1"))
    assert not measured.hits.any()
    assert measured.words[measured.looked[0, 0]] != "dog"


def test_one_head_named_beforehand_is_judged_alone(result):
    verdict = describe_head(result, 0, 1)
    assert "with a probability of 70%. This may be luck" in verdict  # 19 of 27
    # 3^-n is under 0.05 from n = 3 on, which is as many as there are.
    assert verdict.endswith("luck: test more sentences.")
    # 1 in 27 alone; two sentences that only the head hits are 1 in 4.
    assert describe_head(result, 0, 0).endswith(
        "with a probability of 3.7%. The head alone hits 2, the fixed guess alone 0: "
        "so small a lead may be luck. Too few sentences to tell the head from the "
        "fixed guess: test more."
    )


def test_the_ranked_table_has_each_heads_own_numbers():
    # Two layers of three heads; each row of targets is one head's, a token a sentence.
    miss = ELSEWHERE
    heads = [
        [TARGETS[0], *miss[1:]],
        TARGETS,
        miss,
        [*TARGETS[:2], *miss[2:]],
        [*miss[:2], *TARGETS[2:]],
        miss,
    ]
    attention = np.zeros((4, 2, 3, 6, 6))
    for number, targets in enumerate(heads):
        for sentence, target in enumerate(targets):
            # The fifth head is surer than the fourth, which hits as often.
            sure = 0.9 if number == 4 else 0.8
            attention[(sentence, *divmod(number, 3))][:, target] = sure
    measured = [
        measure(make_reading(one, TEXT), example(pair, line=line))
        for line, (one, pair) in enumerate(zip(attention, PAIRS, strict=True), start=1)
    ]
    # At least k hits in four choices of one from three: so many of 81 ways.
    any_of_six = {k: 1 - (1 - n / 81) ** 6 for k, n in enumerate((81, 65, 33, 9, 1))}
    # Wilson's intervals, solved for p in (p - k/4)^2 = 1.96^2 p (1 - p) / 4.
    ends = {0: (0, 0.4899), 1: (0.0456, 0.6994), 2: (0.15, 0.85), 4: (0.5101, 1)}
    rows = [(1, 2, 4, 0.8), (2, 2, 2, 0.45), (2, 1, 2, 0.4), (1, 1, 1, 0.2)]
    rows += [(1, 3, 0, 0), (2, 3, 0, 0)]
    frame = claim_frame(judge(measured))
    assert list(frame) == [
        *("layer", "head", "sentences", "hits", "rate", "low", "high"),
        *("mean_weight", "offset", "offset_rate", "chance"),
    ]
    np.testing.assert_allclose(
        frame,
        [
            [layer, head, 4, k, k / 4, *ends[k], weight, 1, 0.25, any_of_six[k]]
            for layer, head, k, weight in rows
        ],
        atol=5e-5,
    )


def test_a_heads_sentences_stand_with_its_misses_first(result):
    frame = sentences_frame(result, 0, 1)
    assert frame["hit"].tolist() == [False, False, True]
    assert frame["line"].tolist() == [2, 3, 1]
    assert frame["looked_at"].tolist() == ["the", "cat", "cat"]


def test_a_text_that_cannot_be_read_is_reported_and_the_rest_measured():
    def read_many(texts):
        if any(text.startswith("long") for text in texts):
            raise ValueError("This text is too long.")
        return [looking(4) for _ in texts]

    examples = [
        example("dog -> cat"),
        example("long -> text", "long text", line=2),
        example("cat -> dog", line=3),
    ]
    first, second, third = measure_each(read_many, examples)
    assert second == Malformed(2, "This text is too long.")
    assert first.hits.all()
    assert third.example.line == 3


def test_a_word_that_the_tokenizer_drops_is_reported(bundled_engine):
    text = "The \u200b\u200e ran."  # nothing but characters that BERT removes
    found = list(
        measure_each(bundled_engine.read_many, [example("\u200b\u200e -> ran", text)])
    )
    assert "leaves nothing of one of the two words" in found[0].reason


def test_two_words_that_the_model_reads_as_one_are_reported(bundled_engine):
    pair = example("☃ -> ☂", "a ☃☂ b.")
    (found,) = measure_each(bundled_engine.read_many, [pair])
    assert "reads the two words as one" in found.reason
