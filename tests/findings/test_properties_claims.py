"""What holds for the lines, files and verdicts of any claim, and for luck."""

import codecs
import csv
import io
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from attention.claims.files import NotLines, read_lines
from attention.claims.frames import claim_frame, sentences_frame
from attention.claims.lines import Example, parse, write_line
from attention.claims.measure import Measured, judge
from attention.claims.verdict import describe_best, describe_head
from attention.evidence import SURE, best_offset, sample_size, sidak, survival, wilson
from attention.reading import Head
from attention.report import file as report_file
from attention.report.findings import claim_finding
from attention.words import word_spans
from tests.support.strategies import (
    ANY_TEXTS,
    FILES,
    LINES,
    SHARES,
    TEXTS,
    WORDS,
    attempt,
    few,
    many,
    read,
    usual,
)


@given(TEXTS, st.data())
@many
def test_a_clicked_pair_of_words_is_found_again(engine, text, data):
    # A line cannot name a bar or an arrow, nor a "the" of a text that has "the#2", and
    # a typed [SEP] is no word.
    assume(not re.search(r"[|→]|[-–—]>|#[1-9]|\[CLS]|\[SEP]", text))
    reading = read(engine, " ".join(text.split()))
    spans = [(start, end) for start, end in word_spans(reading) if end > start]
    assume(len(spans) > 1)
    query, key = data.draw(st.permutations(spans))[:2]
    found, malformed = parse([write_line(reading.text, query, key)])
    assert not malformed
    assert (found[0].text, found[0].query, found[0].key) == (reading.text, query, key)


@given(TEXTS, st.data())
@many
def test_any_two_words_clicked_give_an_example_or_a_reason(engine, text, data):
    reading = read(engine, text)
    spans = st.sampled_from(word_spans(reading))
    line = write_line(text, data.draw(spans), data.draw(spans))
    found, malformed = parse(line.splitlines())
    assert found or malformed


@given(st.lists(LINES | ANY_TEXTS | st.just(" "), max_size=8))
@many
def test_each_line_of_a_claim_is_blank_an_example_or_told_why_not(lines):
    found, malformed = parse(lines)
    numbers = sorted(one.line for one in [*found, *malformed])
    assert numbers == [i for i, line in enumerate(lines, 1) if line.strip()]
    for one in found:
        (a, b), (c, d) = sorted([one.query, one.key])
        assert 0 <= a < b <= c < d <= len(one.text)


@st.composite
def measurements(draw) -> list[Measured]:
    shape = draw(st.sampled_from([(1, 1), (2, 3), (12, 12)]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))

    def measured(line: int) -> Measured:
        n = draw(st.integers(2, 30))
        query, key = map(int, rng.permutation(n)[:2])
        words = tuple(f"w{i}" for i in range(n))
        span = [(3 * i, 3 * i + 2) for i in (query, key)]
        return Measured(
            Example(line, " ".join(words), *span),
            words,
            query,
            key,
            rng.integers(0, n, shape).astype(np.uint16),
            rng.random(shape, np.float32),
        )

    return [measured(i) for i in range(1, draw(st.integers(1, 40)) + 1)]


@given(measurements())
@usual
def test_a_claim_is_judged_within_its_bounds(measured):
    result = judge(measured)
    assert ((result.hits >= 0) & (result.hits <= len(measured))).all()
    assert (result.low >= 0).all()
    assert (result.low <= result.rate).all()
    assert (result.rate <= result.high).all()
    assert (result.high <= 1).all()
    assert (result.family_p_value >= result.p_value * (1 - 1e-9)).all()
    assert (result.family_p_value <= 1).all()
    assert result.hits[result.best()] == result.hits.max()
    frame = claim_frame(result)
    assert frame["hits"].is_monotonic_decreasing
    assert len(frame) == result.hits.size
    assert sentences_frame(result, Head(0, 0))["hit"].sum() == result.hits[0, 0]
    assert all(says.endswith(".") for says in describe_best(result))
    assert all(says.endswith(".") for says in describe_head(result, result.best()))
    assert "nan" not in "".join(describe_head(result, result.best()))


@given(measurements(), TEXTS)
@few
def test_a_claim_of_any_name_becomes_a_finding(measured, claim):
    finding = claim_finding(judge(measured), "some-model", claim)
    assert report_file.load(report_file.save([finding], {}))[0]


@given(st.integers(1, 2000), st.data())
@usual
def test_wilsons_interval_of_hits_mirrors_that_of_misses(n, data):
    hits = data.draw(st.integers(0, n))
    (low, high), (low_of_misses, high_of_misses) = wilson(hits, n), wilson(n - hits, n)
    assert low == pytest.approx(1 - high_of_misses, abs=1e-12)
    assert high == pytest.approx(1 - low_of_misses, abs=1e-12)
    assert 0 <= low <= hits / n <= high <= 1


@given(st.lists(SHARES, max_size=60))
@usual
def test_luck_falls_from_certainty_and_expects_the_sum_of_its_chances(chances):
    at_least = survival(chances)
    assert at_least[0] == pytest.approx(1)
    assert (np.diff(at_least) <= 0).all()
    assert ((at_least >= 0) & (at_least <= 1)).all()
    assert at_least[1:].sum() == pytest.approx(sum(chances), abs=1e-9)
    assert at_least[-1] == pytest.approx(np.prod(chances), abs=1e-12)


@given(st.integers(2, 40), st.integers(1, 400))
@usual
def test_as_many_tries_as_are_needed_suffice_and_fewer_do_not(n_words, n_heads):
    n = sample_size([1 / n_words], n_heads)
    p_values = [1 - (1 - n_words**-tries) ** n_heads for tries in (n - 1, n)]
    assert p_values[0] >= SURE * (1 - 1e-9)
    assert p_values[1] <= SURE * (1 + 1e-9)
    assert sidak(np.array(1 / n_words) ** n, n_heads) == pytest.approx(p_values[1])


@given(st.lists(st.integers(-9, 9), min_size=1))
@usual
def test_the_best_offset_is_one_that_occurs_most(offsets):
    best = best_offset(Counter(offsets))
    assert offsets.count(best) == max(map(offsets.count, offsets))


@given(FILES, st.booleans())
@many
@example(codecs.BOM_UTF16_LE + b"a", False)
@example(b'a,"b\nc",d', True)
def test_any_file_of_a_claim_is_lines_or_refused_with_a_sentence(data, is_table):
    lines, message = attempt(NotLines, read_lines, data, is_table)
    assert lines is not None or message.startswith("This file ")
    assert not any("\n" in line for line in lines or [])


@given(
    st.lists(st.lists(WORDS, min_size=2, max_size=6, unique=True), min_size=1),
    st.sampled_from([", ", "; ", " "]),
    st.sampled_from(",;\t"),
    st.booleans(),
)
@usual
def test_a_spreadsheets_table_tests_what_lines_with_bars_would(
    sentences, comma, separator, has_header
):
    rows = [[comma.join(words), words[0], words[1]] for words in sentences]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator)
    writer.writerows([["sentence", "from", "to"]] * has_header + rows)
    typed = [f"{text} | {query} -> {key}" for text, query, key in rows]
    found, malformed = parse(read_lines(file.getvalue().encode(), True))
    wanted, unwanted = parse([""] * has_header + typed)
    assert (found, malformed) == (wanted, unwanted)
