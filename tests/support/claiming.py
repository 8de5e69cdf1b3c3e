"""Claims over readings made by hand, for tests of what is made of them."""

import numpy as np

from attention.claims.lines import Example, parse
from attention.claims.measure import Result, judge, measure
from attention.reading import Reading
from tests.support.making import make_reading

TEXT = "the dog the cat"  # four words: luck hits one time in three
# Four places by turns, so that no fixed guess hits more than one in four.
PAIRS = ["dog -> cat", "cat -> dog", "the#1 -> dog", "cat -> the#1"]
TARGETS = [4, 2, 2, 1]
ELSEWHERE = [3, 1, 4, 2]


def example(pair: str, text: str = TEXT, line: int = 1) -> Example:
    examples, malformed = parse([""] * (line - 1) + [f"{text} | {pair}"])
    assert not malformed
    return examples[0]


def looking(*targets: int, text: str = TEXT) -> Reading:
    """A reading with one head for each target: all attention goes to that token."""
    n = len(text.split()) + 2
    attention = np.zeros((1, len(targets), n, n))
    for head, target in enumerate(targets):
        attention[0, head, :, target] = 1
    return make_reading(attention, text)


def three_sentences() -> Result:
    """Three sentences, two heads: the first hits all, the second one of them."""
    pairs = ["dog -> cat", "cat -> dog", "the#1 -> dog"]
    examples = [example(pair, line=line) for line, pair in enumerate(pairs, start=1)]
    # Tokens: [CLS] the dog the cat [SEP]. The second head always looks at "cat".
    readings = [looking(4, 4), looking(2, 4), looking(2, 4)]
    return judge([measure(r, e) for r, e in zip(readings, examples, strict=True)])


def many(*heads: list[int], pairs: list[str]) -> Result:
    """Judge sentences in which each head looks at its list's tokens, one a sentence."""
    return judge(
        [
            measure(looking(*targets), example(pair, line=line))
            for line, (pair, *targets) in enumerate(
                zip(pairs, *heads, strict=True), start=1
            )
        ]
    )
