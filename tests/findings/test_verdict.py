"""Verdicts on claims whose hits, offsets and luck are known, being made by hand."""

import pytest

from attention.claims.lines import MAX_EXAMPLES
from attention.claims.measure import judge, measure
from attention.claims.verdict import describe_best, describe_head
from attention.reading import Head
from tests.support.claiming import (
    ELSEWHERE,
    PAIRS,
    TARGETS,
    example,
    looking,
    many,
    three_sentences,
)

ROWS = list(zip(PAIRS, TARGETS, ELSEWHERE, strict=True))


@pytest.fixture
def result():
    return three_sentences()


def test_a_sentence_of_two_words_is_always_hit_by_luck():
    pair = example("dog -> ran", "dog ran")
    result = judge([measure(looking(2, text="dog ran"), pair)])
    assert result.family_p_value.tolist() == [[1]]
    assert verdict_on(result).startswith(
        "This may be chance: of two words it always hits the other. Test longer"
    )


def test_few_sentences_are_no_evidence_and_the_verdict_says_how_many_are(result):
    verdict = verdict_on(result)
    assert "hits 3 of 3 (100%; with 95% confidence 44% to 100%)" in verdict
    assert "with a probability of 7.3%" in verdict  # 1 - (26/27)^2
    assert verdict.startswith("This may be chance: ")
    # 1 - (1 - 3^-n)^2 is under 0.05 from n = 4 on.
    assert "with 4 such sentences" in verdict


def verdict_on(result) -> str:
    return " ".join(describe_best(result))


def verdict_on_head(result, layer: int, head: int) -> str:
    """Return the numbers and then what comes of them, as the command does."""
    return " ".join(reversed(describe_head(result, Head(layer, head))))


def test_a_head_that_always_hits_where_places_vary_is_evidence():
    verdict = verdict_on(many(TARGETS * 5, ELSEWHERE * 5, pairs=PAIRS * 5))
    assert "hits 20 of 20" in verdict
    assert verdict.startswith("The evidence holds up: ")
    assert "The head alone hits 15, the fixed guess alone 0: a clear lead" in verdict


def test_the_best_of_many_needs_a_greater_lead_than_a_head_named_beforehand():
    # Six sentences only the head hits: luck 1 in 64, but of 144 heads 90%.
    heads = [TARGETS * 2, *[ELSEWHERE * 2] * 143]
    result = many(*heads, pairs=PAIRS * 2)
    best, named = verdict_on(result), verdict_on_head(result, 0, 0)
    assert result.lead(Head(0, 0)) == (6, 0)
    assert best.startswith("Promising: now test this very head on new sentences. ")
    assert "for a head that was named beforehand, too few for the best of 144" in best
    assert "holds up" not in best
    assert "a clear lead for a named head. The evidence holds up: " in named


def test_the_best_of_many_holds_up_once_its_lead_is_great():
    # 1 - (1 - 2^-12)^144 is 3.5%.
    heads = [TARGETS * 4, *[ELSEWHERE * 4] * 143]
    verdict = verdict_on(many(*heads, pairs=PAIRS * 4))
    assert verdict.startswith("The evidence holds up: ")
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
    assert result.lead(Head(0, 0)) == (4, 2)  # at least 4 of 6: 22 of 64 ways
    verdict = verdict_on(result)
    assert verdict.startswith("Too few sentences to tell the head from the fixed guess")
    assert verdict.endswith(
        "alone hits 4, the fixed guess alone 2: so small a lead may be chance."
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
    assert verdict_on_head(result, 0, 1).endswith("Nothing here speaks for the claim.")


def test_hits_by_luck_in_many_sentences_speak_against_a_claim():
    # 7 hits of 24, where luck has 8; Wilson's interval is 14.9% to 49.2%.
    targets = [*TARGETS, *TARGETS[:3], *ELSEWHERE[3:], *ELSEWHERE * 4]
    result = many(targets, targets, pairs=PAIRS * 6)
    verdict, named = verdict_on(result), verdict_on_head(result, 0, 1)
    assert verdict.startswith("These sentences speak against the claim. ")
    assert "hits 7 of 24 (29%; with 95% confidence 15% to 49%)" in verdict
    assert "Words chosen at random hit 33% on average; the best fixed" in verdict
    assert verdict.endswith(
        "Even the best head misses more often than it hits, and chance may bring as "
        "many hits: a tendency may hide in them, but no rule."
    )
    assert "It misses more often than it hits, and chance may" in named
    assert named.endswith("These sentences speak against this head.")


def test_hits_by_luck_in_few_sentences_ask_for_more():
    # 3 hits of 8: Wilson's interval is 13.7% to 69.4%.
    result = many([*TARGETS[:3], *ELSEWHERE[3:], *ELSEWHERE], pairs=PAIRS * 2)
    assert verdict_on(result).startswith("This may be chance: test more sentences. ")


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
        "A tendency, no rule: better than chance and than the fixed"
    )
    assert "it misses more often than it hits. " in verdict


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
        (
            8,
            8,
            52,
            0,
            "Better than chance, but not than the fixed guess: test sentences",
        ),
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
    assert result.lead(Head(0, 0)) == (ahead, behind)
    assert says in verdict_on(result)
    assert says in f"{verdict_on_head(result, 0, 0)} "


def test_the_best_of_many_that_mostly_misses_is_a_tendency_at_most():
    # The guess, 1 on, hits 130; the head 170 of the others: 37.7% to 47.4% of 400.
    varied = [(pair, hit, miss) for pair, hit, miss in ROWS if pair != "the#1 -> dog"]
    rows = [("the#1 -> dog", 4, 4)] * 130
    rows += [(pair, hit, miss) for pair, hit, miss in varied * 90]
    pairs, hits, misses = zip(*rows, strict=True)
    best = [*misses[:130], *hits[130:300], *misses[300:]]
    result = many(best, *[misses] * 143, pairs=pairs)
    assert result.lead(Head(0, 0)) == (170, 130)
    verdict, named = verdict_on(result), verdict_on_head(result, 0, 0)
    assert verdict.startswith("A tendency at most: now test this very head on new ")
    assert "A tendency, no rule: better than chance and than the fixed guess" in named


def test_at_the_most_sentences_nobody_is_asked_for_more():
    # The guess, 1 back, hits the second thousand; the head the first, and one more.
    pairs = ["the#1 -> dog"] * 1000 + ["dog -> the#1"] * 1000
    lead = many([2] * 1000 + [1] + [4] * 999, pairs=pairs)
    assert (lead.n, lead.lead(Head(0, 0))) == (MAX_EXAMPLES, (1000, 999))
    assert verdict_on(lead).startswith("The fixed guess does about as well: test sent")
    # Of three words luck hits every other one, and so does the head: 47.8% to 52.2%.
    text = "dog ran home"
    pair = example("dog -> ran", text)
    half = [measure(looking(target, text=text), pair) for target in [2, 3] * 1000]
    assert verdict_on(judge(half)).startswith(
        "This may be chance: of so few words it often hits the right one. Test longer "
    )


def test_shares_near_none_and_all_are_not_rounded_away():
    pairs = ["dog -> cat"] * 2000
    none = verdict_on(many([1] * 2000, pairs=pairs))
    assert "hits 0 of 2000 (0%; with 95% confidence 0% to 0.2%)" in none
    one = verdict_on(many([4] + [1] * 1999, pairs=pairs))
    assert "hits 1 of 2000 (under 0.1%; with 95% confidence under 0.1% to 0.3%)" in one


def test_one_head_named_beforehand_is_judged_alone(result):
    verdict = verdict_on_head(result, 0, 1)
    assert "with a probability of 70%. This may be chance" in verdict  # 19 of 27
    # 3^-n is under 0.05 from n = 3 on, which is as many as there are.
    assert verdict.endswith("chance: test more sentences.")
    # 1 in 27 alone; two sentences that only the head hits are 1 in 4.
    assert verdict_on_head(result, 0, 0).endswith(
        "with a probability of 3.7%. The head alone hits 2, the fixed guess alone 0: "
        "so small a lead may be chance. Too few sentences to tell the head from the "
        "fixed guess: test more."
    )
