"""Treebanks: what is read of them, what is told, and the bundled examples."""

from collections import Counter
from pathlib import Path

import conllu
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attention.atlas.relations import ENDS
from corpus import treebank
from corpus.measure import dependencies
from corpus.treebank import Malformed, NotATreebank, Sentence, blocks, read_block
from tests.support.serving import ROOT

TRAPS = ROOT / "tests" / "data" / "traps.conllu"
SMALL = ROOT / "corpus" / "small.conllu"
# The page shows these often: each needs examples near and far, left and right.
FREQUENT = (
    *("det", "nsubj", "obj", "case", "advmod.verb.near", "advmod.verb.far", "amod"),
    *("aux", "conj", "cc", "nmod", "obl", "compound", "nmod:poss", "cop", "mark"),
    *("xcomp", "iobj", "nsubj:pass", "aux:pass", "compound:prt", "acl:relcl", "flat"),
    "nummod",
)


# The line that is told of each malformed sentence of the traps, and of what.
TOLD = {
    64: "without words",
    67: "9 columns where CoNLL-U has 10",
    71: "'x' is not a valid value",
    75: "word 2 cannot depend on 3",
    79: "word 2 cannot depend on 2",
    83: "word 2 cannot depend on None",
    87: "word 2 has no relation",
    91: "word 3 where 2 is next",
    94: "'2-1' is not a valid ID",
    98: "2-3 is not a range from here on",
    104: "2-3 is not a range from here on",
    111: "a range reaches to word 3, not there",
    114: "empty",
    117: "not UTF-8",
}
ANY_FILE = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def read(path: Path) -> list:
    return [one for block in blocks(path) for one in read_block(block)]


@pytest.fixture(scope="module")
def examples() -> list:
    return read(SMALL)


@pytest.fixture
def write(tmp_path):
    def write(content: bytes) -> Path:
        path = tmp_path / "made.conllu"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(scope="module")
def traps() -> dict[str, Sentence]:
    return {one.name: one for one in read(TRAPS) if isinstance(one, Sentence)}


def row(**columns: str) -> bytes:
    """A well-formed line, but for these columns."""
    word = {"id": "1", "form": "Go", "lemma": "_", "upos": "VERB", "xpos": "_"}
    word |= {"feats": "_", "head": "0", "deprel": "root", "deps": "_", "misc": "_"}
    return "\t".join((word | columns).values()).encode() + b"\n"


def ends(sentence: Sentence) -> list[tuple]:
    """Each relation with the tokens at its ends."""
    return list(dependencies(sentence))


def test_every_malformed_sentence_is_told_with_its_line_and_the_others_are_read():
    found = read(TRAPS)
    told = [one for one in found if isinstance(one, Malformed)]
    assert [one.line for one in told] == list(TOLD)
    for one in told:
        assert TOLD[one.line] in one.reason
        assert str(one).startswith(f"traps.conllu, line {one.line}: ")
    assert [isinstance(one, Sentence) for one in found] == [True] * 9 + (
        [False] * len(TOLD) + [True]
    )


def test_the_first_sentence_keeps_its_name_behind_a_byte_order_mark(traps):
    assert next(iter(traps)) == "contraction first"


def test_the_parts_of_a_contraction_stand_in_one_token(traps):
    first, last = traps["contraction first"], traps["contraction last"]
    assert first.tokens == ("Let's", "all", "go")
    assert last.tokens == ("They", "can't")
    # Inside, from outside to the second part, from outside to the first part.
    assert ends(first) == [("obj", 0, 0), ("nmod:unmarked", 1, 0), ("xcomp", 2, 0)]
    assert ends(last) == [("nsubj", 0, 1), ("advmod", 1, 1)]


def test_a_word_that_is_not_written_counts_nowhere(traps):
    sentence = traps["word not written"]
    assert sentence.tokens == ("Tom", "likes", "tea", "and", "Ann", "milk")
    assert ends(sentence)[-1] == ("orphan", 5, 4)


def test_forms_are_kept_as_they_are_written(traps):
    assert traps["space inside"].tokens == ("Ann", "left", "New York")
    assert traps["specials as words"].tokens == ("[SEP]", "follows", "[MASK]")
    assert traps["nothing of a word"].tokens[2] == "\u200b\u200e"


def test_a_text_that_is_not_given_is_joined_as_the_spaces_are_told(traps):
    assert traps["glued"].text == "He said “no”."
    assert traps["contraction last"].text == "They can't"


def test_windows_line_ends_belong_to_no_word_and_no_name(traps):
    sentence = traps["Windows"]
    assert (sentence.tokens, sentence.text) == (("Go", "home", "."), "Go home.")
    assert [word.governor for word in sentence.words] == [None, 0, 0]


def test_the_last_sentence_needs_no_blank_line(traps):
    assert traps["last"].text == "Go home"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(row(head="-1"), id="head before the sentence"),
        pytest.param(row(head="9" * 5000), id="head of too many digits to count"),
        pytest.param(row(id="1" * 5000), id="number of too many digits"),
        pytest.param(row(id="_"), id="no number"),
        pytest.param(row(id="0"), id="number of the root"),
        pytest.param(row(id="1-1", form="Go"), id="range without its word"),
        pytest.param(row(misc="_\t_"), id="11 columns"),
        pytest.param(row(deprel="", deps="", misc=""), id="empty last columns"),
        pytest.param(row(id=""), id="empty first column"),
        pytest.param(row(id="", misc="\u00a0"), id="nothing at both ends"),
        pytest.param(row(id=" #"), id="almost a comment"),
        pytest.param("\u3000".encode() + b"\t" * 9 + b"\n", id="only spaces"),
        pytest.param(b"1 Go VERB\n", id="no columns at all"),
    ],
)
def test_an_odd_line_is_told_and_the_next_sentence_read(write, line):
    told, good = read(write(b"# a remark\n" + line + b"\n" + row()))
    assert isinstance(told, Malformed)
    assert told.line == 2
    assert good.tokens == ("Go",)


def test_what_is_told_of_a_line_is_short_however_long_the_line(write):
    (told,) = read(write(row(head="x" * 100_000)))
    assert len(str(told)) < 300


@ANY_FILE
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.lists(
                st.sampled_from(
                    ["1", "2", "1-2", "2.1", "_", "-1", "#", "\u00a0", "\r", "\ufeff"]
                )
                | st.text(max_size=3),
                min_size=9,
                max_size=11,
            ).map(lambda columns: "\t".join(columns).encode("utf-8", "replace")),
            st.just(b""),
        ),
        max_size=12,
    )
)
def test_whatever_a_file_holds_is_read_or_told(write, lines):
    content = b"\n".join(lines)
    for one in read(write(content)):
        assert isinstance(one, Sentence | Malformed)
        if isinstance(one, Malformed):
            assert content.split(b"\n")[one.line - 1].strip()


@ANY_FILE
@given(
    size=st.integers(1, 30),
    blanks=st.lists(st.sampled_from([b"\n", b"\r\n", b"\n\n\n", b" \n"]), max_size=12),
    is_ended=st.booleans(),
)
def test_blocks_of_any_size_hold_all_sentences_in_order(
    write, monkeypatch, size, blanks, is_ended
):
    # Sentence i has i % 3 remarks and, every fourth, a line of 9 columns.
    content, line, wanted = b"", 1, []
    for i, blank in enumerate(blanks):
        word = row(form=f"word{i}")
        content += b"# remark\n" * (i % 3)
        content += word.replace(b"\t_\n", b"\n") if i % 4 == 3 else word
        wanted.append(line + i % 3 if i % 4 == 3 else f"word{i}")
        content += blank if i < len(blanks) - 1 or is_ended else b""
        line += i % 3 + 1 + blank.count(b"\n")
    monkeypatch.setattr(treebank, "BLOCK_SENTENCES", size)
    path = write(content)
    divided = list(blocks(path))
    found, start = [], 0
    for block in divided:
        assert (block.sentence, block.start) == (len(found), start)
        ones = list(read_block(block))
        assert len(ones) <= size
        found += ones
        start += block.length
    assert start == len(content)
    assert [getattr(one, "line", None) or one.tokens[0] for one in found] == wanted
    assert len(divided) >= len(blanks) / size


def test_a_block_knows_the_line_that_it_begins_with(write, monkeypatch):
    monkeypatch.setattr(treebank, "BLOCK_SENTENCES", 2)
    found = list(blocks(write((row() + b"\n") * 5)))
    assert [(one.line, one.sentence) for one in found] == [(1, 0), (5, 2), (9, 4)]


@pytest.mark.parametrize("line", [row(), b"no end "])
def test_a_file_that_no_blank_line_divides_is_no_treebank(write, monkeypatch, line):
    monkeypatch.setattr(treebank, "MOST_BYTES", 1000)
    path = write(row() + b"\n" + line * 1000)
    with pytest.raises(NotATreebank, match="line 1: from here on.*a blank line ends"):
        list(blocks(path))


def test_a_file_of_many_megabytes_is_a_treebank_if_blank_lines_divide_it(
    write, monkeypatch
):
    monkeypatch.setattr(treebank, "MOST_BYTES", 1000)
    monkeypatch.setattr(treebank, "BLOCK_SENTENCES", 10)
    assert len(read(write((row() + b"\n") * 500))) == 500


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
