"""The ready claims: their sentences, and that no fixed distance explains them."""

import re
from collections import Counter
from itertools import chain

import pytest

from attention.claims.ready import ready_claims

ALL_CLAIMS = pytest.mark.parametrize("title", ready_claims())


def claim_lines(title: str) -> list[tuple[str, str, str]]:
    """Return (sentence, from, to) of each line."""
    lines = ready_claims()[title].splitlines()
    return [
        re.fullmatch(r"([^|]+[.?!]) \| (\S+) -> (\S+)", line).groups() for line in lines
    ]


def place(word: str, sentence: str) -> int:
    """Return the word's place; its number is there if and only if it is needed."""
    name, numbered, number = word.partition("#")
    words = [w.lower() for w in re.findall(r"\w+", sentence)]
    found = [i for i, w in enumerate(words) if w == name.lower()]
    assert len(found) > 1 if numbered else len(found) == 1, (word, sentence)
    return found[int(number or 1) - 1]


@ALL_CLAIMS
def test_each_pair_is_in_its_sentence_and_no_distance_explains_half(title):
    lines = claim_lines(title)
    assert len(lines) >= 12
    offsets = Counter(place(to, text) - place(from_, text) for text, from_, to in lines)
    assert 0 not in offsets
    assert max(offsets.values()) < len(lines) / 2


@ALL_CLAIMS
def test_few_sentences_have_a_mask_and_all_are_short(title):
    texts = [text for text, _, _ in claim_lines(title)]
    assert 1 <= sum("[MASK]" in text for text in texts) < len(texts) / 2
    assert all(6 <= len(re.findall(r"\w+", text)) <= 14 for text in texts)


def test_no_sentence_is_in_the_claims_twice():
    texts = [text for text, _, _ in chain(*map(claim_lines, ready_claims()))]
    assert len(texts) == len(set(texts))


def test_claims_are_named_by_their_words():
    assert list(ready_claims()) == [
        "adverb -> verb",
        "determiner -> noun",
        "object -> verb",
        "preposition -> object",
        "pronoun -> noun",
    ]
