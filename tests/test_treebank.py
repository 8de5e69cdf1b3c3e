"""Treebanks: the bundled examples."""

from collections import Counter
from pathlib import Path

import conllu
import pytest

from attention.relations import ENDS
from corpus.measure import dependencies
from corpus.treebank import Sentence, blocks, read_block
from tests.serving import ROOT

SMALL = ROOT / "corpus" / "small.conllu"
# The page shows these often: each needs examples near and far, left and right.
FREQUENT = (
    *("det", "nsubj", "obj", "case", "advmod.verb.near", "advmod.verb.far", "amod"),
    *("aux", "conj", "cc", "nmod", "obl", "compound", "nmod:poss", "cop", "mark"),
    *("xcomp", "iobj", "nsubj:pass", "aux:pass", "compound:prt", "acl:relcl", "flat"),
    "nummod",
)


def read(path: Path) -> list:
    return [one for block in blocks(path) for one in read_block(block)]


@pytest.fixture(scope="module")
def examples() -> list:
    return read(SMALL)


def test_the_bundled_examples_are_all_well_formed(examples):
    assert len(examples) == 85
    assert all(isinstance(one, Sentence) for one in examples)
    assert len({one.name for one in examples}) == len(examples)


def test_each_bundled_example_is_a_tree_with_one_root(examples):
    for sentence in examples:
        roots = [i for i, w in enumerate(sentence.words) if w.governor is None]
        assert len(roots) == 1, sentence.text
        assert sentence.words[roots[0]].relation == "root"
        for at in range(len(sentence.words)):
            steps = 0
            while (at := sentence.words[at].governor) is not None:
                steps += 1
                assert steps < len(sentence.words), sentence.text


def test_each_bundled_example_is_written_as_its_tokens_and_spaces_say():
    for sentence in conllu.parse(SMALL.read_text(encoding="utf-8")):
        written, covered = "", 0
        for row in sentence:
            id_ = row["id"]
            if isinstance(id_, int) and id_ <= covered:
                continue  # a part of a contraction
            covered = id_ if isinstance(id_, int) else id_[2]
            written += row["form"]
            written += "" if (row["misc"] or {}).get("SpaceAfter") == "No" else " "
        assert written.strip() == sentence.metadata["text"]


def test_the_bundled_examples_have_every_relation_that_the_page_names(examples):
    # No exception: English has all of them.
    counts = Counter(name for one in examples for name, *_ in dependencies(one))
    assert counts.keys() == ENDS.keys()
    assert {name for name in ENDS if counts[name] < 3} == set()
    assert {name for name in FREQUENT if counts[name] < 8} == set()


def test_no_fixed_offset_solves_a_frequent_relation_of_the_bundled_examples(examples):
    offsets: dict[str, Counter] = {name: Counter() for name in FREQUENT}
    for one in examples:
        for name, dependent, governor in dependencies(one):
            if name in offsets:
                offsets[name][governor - dependent] += 1
    for name in FREQUENT:
        ((_, most),) = offsets[name].most_common(1)
        assert most < offsets[name].total(), name
