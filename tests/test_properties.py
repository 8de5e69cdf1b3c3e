"""What holds for every text, claim, report and file, on examples of Hypothesis.

Texts are read by a random BERT of two layers that has the bundled model's words.
"""

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import assume, example, given, reject, settings
from hypothesis import strategies as st
from PIL import Image

from attention import report_file
from attention.claim_files import NotLines, read_lines
from attention.claim_frames import claim_frame, sentences_frame
from attention.claims import Measured, best_offset, judge
from attention.combine import mean_of_heads, rollout
from attention.compare import changed_heads, difference_frame, role_change
from attention.cs50 import diagram_png
from attention.diagrams import overview_png
from attention.effects import LOST, compare_words, effects_frame
from attention.evidence import SURE, chance_of_any, tails, tries_needed, wilson
from attention.examples import Example, parse, write_line
from attention.exports import (
    all_heads,
    all_heads_csv,
    diagrams_zip,
    file_name,
    head_csv,
    original_cell,
    quoted,
    safe_cell,
    slug,
)
from attention.frames import head_frame, head_table, read_csv, roles_frame
from attention.reading import MASK, Prediction, Reading
from attention.report import Figure, Finding, markdown, report_html, report_zip
from attention.roles import NAMES, head_roles, is_punctuation
from attention.search import heads_for_pair
from attention.sheet import sheet_png
from attention.silence import divergence
from attention.summary import describe_role, describe_strongest
from attention.verdict import describe_best, describe_head
from attention.views import RENORMALISED, SHOWN, SPECIALS, NothingLeft, view
from attention.words import hide_word, word_spans
from components import links, state
from components.downloads import draw_head
from components.findings import (
    claim_finding,
    comparison_finding,
    head_finding,
    what_if_finding,
)
from components.predictions import predictions_data
from components.sentence import correct_mask
from components.view_picker import seen_as
from model_cache.unreadable import TooManyTokens, UnreadableText
from tests.making import make_reading
from tests.random_bert import write_random_bert
from tests.serving import ROOT

# The same examples every time, however slow the machine. A profile of its own, since
# a loaded one would hold for whatever else uses Hypothesis.
settings.register_profile("attention", derandomize=True, deadline=None, max_examples=50)
many = settings(settings.get_profile("attention"), max_examples=200)
usual = settings(settings.get_profile("attention"))
few = settings(settings.get_profile("attention"), max_examples=12)

NASTY = (
    *("[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[mask]", "##ly", "##", "slowly"),
    *("the", "don't", ".", "=1+1", '"', "'", "|", "->", "#2", "<b>&amp;", "$x$", "\\"),
    # An emoji of three, a flag, combining marks, letters in pieces, no letter at all.
    *(
        "👩\u200d👩\u200d👧",
        "🇫🇷",
        "e\u0301",
        "\u0301\u0302",
        "한국",
        "ﬁ",
        "²",
        "ſ",
        "İ",
    ),
    # Written leftwards, without spaces, beyond 16 bits.
    *("שלום", "مرحبا", "\u202etable", "中国", "\U00020000\U00020001"),
    *("\x00", "\x1b[31m", "\n", "\r\n", "\t", "\x85", "\u2028", "\ufeff", "\ufffd"),
)
PIECES = st.sampled_from(NASTY) | st.text(max_size=6)
TEXTS = st.builds(
    str.join, st.sampled_from(["", " "]), st.lists(PIECES, min_size=1, max_size=20)
)
MASKED_TEXTS = st.builds(f"{{}}{MASK}{{}}".format, TEXTS, TEXTS)
# With halves of surrogate pairs, which a Python string can hold and UTF-8 cannot.
ANY_TEXTS = TEXTS | st.text(st.characters(), max_size=20)
WORDS = st.text(st.characters(categories=["L", "N"], codec="utf-8"), min_size=1)
VIEWS = st.tuples(st.booleans(), st.sampled_from(SPECIALS))
SHARES = st.floats(0, 1)
HEAD = 1, 2  # of 2 layers of 4 heads
ROUNDING = 1e-5  # float32's, over a row


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    from model_cache.checkpoint import read_checkpoint
    from model_cache.engine import Engine

    words = (ROOT / "model_cache" / "bundled" / "vocab.txt").read_text("utf-8")
    folder = tmp_path_factory.mktemp("random") / "bert"
    write_random_bert(folder, vocabulary=words.rstrip("\n").split("\n"))
    return Engine("random-2x4", read_checkpoint(folder))


def attempt(refusal: type[ValueError], do: Callable, *given) -> tuple:
    """Return the result and "", or None and the sentence of a refusal."""
    try:
        return do(*given), ""
    except refusal as error:
        return None, str(error)


def read(engine, text: str) -> Reading:
    """Return a text's reading; a text that has none is no example."""
    try:
        return engine.read(text)
    except UnreadableText:
        reject()


def size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as picture:
        picture.load()
        return picture.size


# A reading, and what the page and the command make of it.


@given(ANY_TEXTS)
@many
@example("\ud800")
def test_any_text_is_read_or_refused_with_a_sentence(engine, text):
    reading, message = attempt(UnreadableText, engine.read, text)
    if reading is None:
        assert re.fullmatch(r"[A-Z].+[.]", message)
        return
    attention = reading.attention
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=ROUNDING)
    assert attention.min() >= 0
    assert attention.max() <= 1 + ROUNDING
    assert all(0 <= start <= end <= len(text) for start, end in reading.spans)
    found = [text[slice(*reading.spans[i])] for i in reading.mask_positions]
    assert found == [MASK] * text.count(MASK)


@given(st.integers(1, 600))
@few
@example(510)
@example(511)
def test_a_text_is_read_up_to_512_tokens_and_its_length_told_beyond(engine, n_words):
    text = "turtle " * n_words
    if n_words <= 510:
        assert engine.read(text).n_tokens == n_words + 2
    else:
        with pytest.raises(
            TooManyTokens, match=f" {n_words + 2} .* {n_words - 510}[.]"
        ):
            engine.read(text)


@given(TEXTS)
@usual
def test_probabilities_fall_and_fill_the_mask(engine, text):
    reading = read(engine, f"{text} {MASK}")
    for at, found in zip(reading.mask_positions, reading.predictions, strict=True):
        chances = [p.probability for p in found]
        assert chances == sorted(chances, reverse=True)
        assert 0 <= sum(chances) <= 1 + ROUNDING
        start, end = reading.spans[at]
        for p in found:
            word = p.token.removeprefix("##")
            before = reading.text[:start]
            before = before.rstrip() if p.is_continuation else before
            assert p.sentence == before + word + reading.text[end:]


@given(TEXTS, st.integers(1, 20))
@usual
def test_rows_of_predictions_are_json_for_the_first_eight_masks(engine, text, k):
    reading = read(engine, text)
    masks = json.loads(json.dumps(predictions_data(reading, k)))["masks"]
    assert len(masks) == min(text.count(MASK), 8)
    assert all(len(mask["rows"]) == min(k, 3) for mask in masks)


@given(TEXTS)
@usual
def test_words_are_in_order_and_each_can_be_hidden(engine, text):
    reading = read(engine, text)
    spans = word_spans(reading)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    start, end = spans[len(spans) // 2]
    hidden = read(engine, hide_word(text, (start, end)))
    assert (start, start + len(MASK)) in [
        hidden.spans[mask] for mask in hidden.mask_positions
    ]


@given(TEXTS)
@usual
def test_joined_words_cover_the_same_text_and_share_all_attention(engine, text):
    reading = read(engine, text)
    joined = view(reading, True, SHOWN)
    inner = [span for span in joined.spans if span != (0, 0)]
    assert inner == [span for span in word_spans(reading) if span != (0, 0)]
    np.testing.assert_allclose(joined.attention.sum(axis=-1), 1, atol=ROUNDING)
    # From a word the mean of its pieces: the column sums keep their weighted total.
    sizes = [reading.word_ids.count(w) if w is not None else 1 for w in joined.word_ids]
    sent = np.einsum("lhqk,q->lhk", joined.attention, sizes)
    received = reading.attention.sum(axis=-2)
    starts = np.cumsum([0, *sizes[:-1]])
    np.testing.assert_allclose(
        sent, np.add.reduceat(received, starts, axis=-1), atol=10 * ROUNDING
    )


@given(TEXTS, VIEWS)
@usual
def test_every_view_has_rows_that_sum_as_it_says(engine, text, how):
    reading = read(engine, text)
    seen, _ = attempt(NothingLeft, view, reading, *how)
    if seen is None:
        words = [t for t in reading.tokens if t not in ("[CLS]", "[SEP]")]
        assert all(map(is_punctuation, words))
        return
    sums = seen.attention.sum(axis=-1)
    assert (sums <= 1 + ROUNDING).all()
    assert (seen.attention >= 0).all()
    if how[1] in (SHOWN, RENORMALISED):
        np.testing.assert_allclose(sums, 1, atol=ROUNDING)
    if how[1] != SHOWN:
        assert not {"[CLS]", "[SEP]", "."} & set(seen.tokens)
    seen_masks = [seen.tokens[i] for i in seen.mask_positions]
    assert len(seen_masks) == text.count(MASK)


@given(TEXTS, VIEWS)
@usual
def test_scores_of_roles_are_shares(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    roles = head_roles(seen)
    scores = roles.scores[~np.isnan(roles.scores)]
    assert ((scores >= 0) & (scores <= 1 + ROUNDING)).all()
    assert ((roles.entropy >= -ROUNDING) & (roles.entropy <= 1 + ROUNDING)).all()
    assert set(roles.labels.ravel()) <= {*NAMES, "broad", "mixed"}
    frame = roles_frame(seen, roles)
    assert list(zip(frame["layer"], frame["head"], strict=True)) == [
        (layer + 1, head + 1) for layer in range(2) for head in range(4)
    ]


@given(TEXTS, VIEWS)
@usual
def test_every_head_is_told_in_words_without_a_missing_number(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    roles = head_roles(seen)
    names = "".join(seen.tokens).lower()
    for head in all_heads(seen):
        said = describe_role(roles, *head) + describe_strongest(seen, *head)
        assert "nan" in names or "nan%" not in said
        assert "inf%" not in said


@given(TEXTS, VIEWS, st.data())
@usual
def test_heads_ranked_for_a_token_share_out_its_row(engine, text, how, data):
    seen, _ = seen_as(read(engine, text), *how)
    query = data.draw(st.integers(0, seen.n_tokens - 1))
    ranked = [heads_for_pair(seen, query, key) for key in range(seen.n_tokens)]
    assert all(len(frame) == 8 for frame in ranked)
    assert all(frame["weight"].is_monotonic_decreasing for frame in ranked)
    total = sum(frame["weight"].sum() for frame in ranked)
    np.testing.assert_allclose(total, seen.attention[:, :, query].sum(), rtol=ROUNDING)
    assert sum(frame["is_most"].sum() for frame in ranked) >= 8


@given(TEXTS, VIEWS)
@usual
def test_a_head_as_a_frame_and_as_a_table_has_every_weight_once(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    frame, table = head_frame(seen, *HEAD), head_table(seen, *HEAD)
    assert len(frame) == seen.n_tokens**2
    assert table.columns.is_unique
    for sums in (frame.groupby("query")["score"].sum(), table.sum(axis=1)):
        np.testing.assert_allclose(sums, seen.attention[HEAD].sum(axis=-1), ROUNDING)


@given(TEXTS, TEXTS, VIEWS)
@usual
def test_two_sentences_differ_by_shares_and_one_from_itself_by_nothing(
    engine, one, other, how
):
    pair = [seen_as(read(engine, text), *how)[0] for text in (one, other)]
    roles = [head_roles(reading) for reading in pair]
    change = role_change(*roles)
    assert ((change >= 0) & (change <= 1 + ROUNDING)).all()
    assert not role_change(roles[0], roles[0]).any()
    assert len(changed_heads(*roles)) == 8
    if pair[0].n_tokens == pair[1].n_tokens:
        frame = difference_frame(*pair, *HEAD)
        assert frame["score"].between(-1, 1).all()
    else:
        with pytest.raises(ValueError, match="equally many tokens"):
            difference_frame(*pair, *HEAD)


@given(TEXTS, st.sets(st.tuples(st.integers(0, 1), st.integers(0, 3)), min_size=1))
@usual
def test_the_mean_of_heads_and_rollout_are_attention_again(engine, text, heads):
    reading = read(engine, text)
    for weights in (mean_of_heads(reading, heads), rollout(reading.attention)):
        assert ((weights >= 0) & (weights <= 1 + ROUNDING)).all()
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=ROUNDING)


@given(TEXTS, VIEWS)
@few
def test_pictures_have_their_sizes(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    n = seen.n_tokens
    assert size(overview_png(seen.attention)) == (4 * min(n, 48), 2 * min(n, 48))
    assert size(diagram_png(seen.tokens, seen.attention[HEAD])) == (200 + 40 * n,) * 2
    assert size(sheet_png(seen))[0] >= 1200


@given(TEXTS, VIEWS)
@few
def test_a_head_drawn_for_paper_is_a_picture_and_well_formed_svg(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    assert min(size(draw_head(seen, HEAD, "png"))) > 100
    assert ElementTree.fromstring(draw_head(seen, HEAD, "svg")).tag.endswith("svg")


@given(TEXTS, VIEWS)
@usual
def test_a_csv_gives_back_every_token_and_the_very_numbers(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    frame = read_csv(io.BytesIO(head_csv(seen, *HEAD)))
    names = [token for token in seen.tokens for _ in seen.tokens]
    assert frame["query_token"].tolist() == names
    assert frame["key_token"].tolist() == list(seen.tokens) * seen.n_tokens
    assert frame["score"].to_numpy().tobytes() == seen.attention[HEAD].tobytes()


@given(VIEWS)
@settings(few, max_examples=2)
def test_the_longest_text_becomes_files_and_a_finding_too(engine, how):
    seen, _ = seen_as(read(engine, "turtle " * 509 + MASK), *how)
    assert all_heads_csv(replace(seen, attention=seen.attention[:1, :1]))
    assert size(sheet_png(seen))
    assert size(draw_head(seen, HEAD, "png"))
    assert ElementTree.fromstring(draw_head(seen, HEAD, "svg")).tag.endswith("svg")
    finding = head_finding(seen, head_roles(seen), HEAD)
    saved = report_file.save([finding], {"text": seen.text})
    assert report_file.load(saved)[1] == {"text": seen.text}


@given(TEXTS, TEXTS, VIEWS)
@settings(few, max_examples=6)
def test_findings_about_any_text_make_a_report_that_can_be_saved(
    engine, one, other, how
):
    pair = [seen_as(read(engine, f"{text} {MASK}"), *how)[0] for text in (one, other)]
    findings = [
        head_finding(pair[0], head_roles(pair[0]), HEAD),
        comparison_finding(pair, HEAD),
        what_if_finding(pair[0], pair[0], {HEAD}, k=2),
    ]
    assert markdown(findings).encode()
    assert report_html(findings).encode()
    assert zipfile.ZipFile(io.BytesIO(report_zip(findings))).testzip() is None
    assert report_file.load(report_file.save(findings, {}))[0]


@given(TEXTS)
@few
def test_the_zip_of_diagrams_has_one_for_each_head(engine, text):
    archive = zipfile.ZipFile(io.BytesIO(diagrams_zip(read(engine, text))))
    assert archive.testzip() is None
    assert len(set(archive.namelist())) == 8


@given(ANY_TEXTS)
@many
def test_correcting_a_mask_once_is_enough(text):
    corrected = correct_mask(text)
    assert correct_mask(corrected) == corrected
    assert corrected.count(MASK) >= text.count(MASK)


# Silent heads.


@st.composite
def predictions(draw) -> list[Prediction]:
    tokens = draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1))
    chances = draw(st.lists(SHARES, min_size=len(tokens), max_size=len(tokens)))
    pairs = zip(tokens, sorted(chances, reverse=True), strict=True)
    return [Prediction(token, ord(token), chance, token) for token, chance in pairs]


@given(predictions(), predictions(), st.integers(1, 20))
@usual
def test_words_before_and_after_stand_once_each(before, after, k):
    frame = compare_words(before, after, k)
    top = {p.token for p in before[:k]}, {p.token for p in after[:k]}
    assert set(frame["word"]) == top[0] | top[1]
    assert frame["word"].is_unique
    assert set(frame["word"][frame["note"] == LOST]) == top[0] - top[1]


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=6, max_size=6), min_size=2))
@usual
def test_a_distribution_diverges_from_others_alone(rows):
    weights = np.array(rows)
    before, *after = weights / weights.sum(axis=-1, keepdims=True)
    found = divergence(before, np.array([before, *after]))
    assert found[0] == 0
    assert (found >= -ROUNDING).all()
    frame = effects_frame((1, len(found)), found, found)
    assert frame["divergence"].is_monotonic_decreasing
    assert sorted(frame["head"]) == list(range(1, len(found) + 1))


# Claims.


@given(TEXTS, st.data())
@many
def test_a_clicked_pair_of_words_is_found_again(engine, text, data):
    # A line cannot name a bar or an arrow, nor a "the" of a text that has "the#2".
    assume(not re.search("[|→]|->|#[1-9]", text))
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
    assert found or all(str(one) for one in malformed)


FORMS = ["{} | {} -> {}", "{}|{}→{}", "{} {} {}", "{} | {}", "| {} {} -> {}", "{}#{}"]
GOOD_LINES = st.lists(WORDS, min_size=2, max_size=9, unique_by=str.lower).map(
    lambda words: f"{' '.join(words)} | {words[-1]} -> {words[0]}"
)
LINES = GOOD_LINES | st.builds(
    str.format, st.sampled_from(FORMS), ANY_TEXTS, ANY_TEXTS, ANY_TEXTS
)


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
    assert (result.chance >= result.alone * (1 - 1e-9)).all()
    assert (result.chance <= 1).all()
    assert result.hits[result.best()] == result.hits.max()
    frame = claim_frame(result)
    assert frame["hits"].is_monotonic_decreasing
    assert len(frame) == result.hits.size
    assert sentences_frame(result, 0, 0)["hit"].sum() == result.hits[0, 0]
    assert all(says.endswith(".") for says in describe_best(result))
    assert "nan" not in describe_head(result, *result.best())


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
    at_least = tails(chances)
    assert at_least[0] == pytest.approx(1)
    assert (np.diff(at_least) <= 0).all()
    assert ((at_least >= 0) & (at_least <= 1)).all()
    assert at_least[1:].sum() == pytest.approx(sum(chances), abs=1e-9)
    assert at_least[-1] == pytest.approx(np.prod(chances), abs=1e-12)


@given(st.integers(2, 40), st.integers(1, 400))
@usual
def test_as_many_tries_as_are_needed_suffice_and_fewer_do_not(n_words, n_heads):
    n = tries_needed([1 / n_words], n_heads)
    luck = [1 - (1 - n_words**-tries) ** n_heads for tries in (n - 1, n)]
    assert luck[0] >= SURE * (1 - 1e-9)
    assert luck[1] <= SURE * (1 + 1e-9)
    assert chance_of_any(np.array(1 / n_words) ** n, n_heads) == pytest.approx(luck[1])


@given(st.lists(st.integers(-9, 9), min_size=1))
@usual
def test_the_best_offset_is_one_that_occurs_most(offsets):
    best, count = best_offset(offsets)
    assert count == offsets.count(best) == max(map(offsets.count, offsets))


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp932"]
FILES = st.binary(max_size=60) | st.builds(
    lambda lines, end, encoding: end.join(lines).encode(encoding, "replace"),
    st.lists(LINES | TEXTS | MASKED_TEXTS, max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(ENCODINGS),
)


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


# The report's file.


@st.composite
def pngs(draw) -> bytes:
    mode = draw(st.sampled_from(["1", "L", "P", "RGB", "RGBA", "LA", "I;16"]))
    image = Image.new(mode, (draw(st.integers(1, 5)), draw(st.integers(1, 5))), 1)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


FIGURES = st.builds(Figure, pngs(), ANY_TEXTS, ANY_TEXTS)
FINDINGS = st.builds(
    Finding,
    title=ANY_TEXTS,
    model=ANY_TEXTS,
    says=st.lists(ANY_TEXTS, max_size=3).map(tuple),
    sentences=st.lists(ANY_TEXTS, max_size=3).map(tuple),
    figures=st.lists(FIGURES, max_size=2).map(tuple),
    note=ANY_TEXTS,
)
REPORTS = st.lists(FINDINGS, max_size=3)
LINKS = st.dictionaries(st.sampled_from(list(links.VIEW)), ANY_TEXTS)


def as_utf8(text: str) -> str:
    """Write U+FFFD for what UTF-8 has not."""
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def told(finding: Finding) -> tuple:
    """Return all texts of a finding and its pictures' pixels."""
    pixels = [
        (as_utf8(f.caption), as_utf8(f.alt), Image.open(io.BytesIO(f.png)))
        for f in finding.figures
    ]
    return (
        *map(as_utf8, (finding.title, finding.model, finding.note)),
        [*map(as_utf8, finding.says)],
        [*map(as_utf8, finding.sentences)],
        [(*texts, picture.convert("RGBA").tobytes()) for *texts, picture in pixels],
    )


@given(REPORTS, LINKS)
@usual
def test_a_saved_report_comes_back_and_is_saved_alike(findings, link):
    loaded, seen = report_file.load(report_file.save(findings, link))
    assert list(map(told, loaded)) == list(map(told, findings))
    assert seen == {name: as_utf8(value) for name, value in link.items()}
    saved = report_file.save(loaded, seen)
    assert report_file.save(*report_file.load(saved)) == saved


@given(REPORTS)
@usual
def test_any_report_is_utf8_and_a_whole_zip_with_all_its_pictures(findings):
    assert markdown(findings).encode()
    assert report_html(findings).encode()
    archive = zipfile.ZipFile(io.BytesIO(report_zip(findings)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(set(names)) == len(names)
    assert all(name.isascii() and ".." not in name for name in names)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["format", "version", "view", "findings", "title", "model", "says", "note", "png"]
)
NEARLY_REPORTS = st.builds(
    lambda changes: {"format": "attention", "version": 1} | changes,
    st.dictionaries(FIELDS, JSON),
)


@given(st.binary() | (JSON | NEARLY_REPORTS).map(lambda x: json.dumps(x).encode()))
@many
def test_any_file_is_a_report_or_refused_with_advice(data):
    loaded, message = attempt(report_file.BadFile, report_file.load, data)
    assert loaded or re.search("choose the file that Attention|open it there", message)


@given(REPORTS.filter(bool), st.data())
@usual
def test_a_saved_report_with_a_wrong_byte_is_read_or_refused(findings, data):
    saved = bytearray(report_file.save(findings, {}))
    at = data.draw(st.integers(0, len(saved) - 1))
    saved[at] = data.draw(st.integers(0, 255))
    loaded, message = attempt(report_file.BadFile, report_file.load, bytes(saved))
    assert loaded or message.startswith("This file ")


@given(st.dictionaries(st.sampled_from(list(links.VIEW)) | TEXTS, ANY_TEXTS | WORDS))
@usual
@example({"layer": "²", "head": "٣", "k": "0", "model": "../.."})
def test_a_view_of_any_names_and_values_opens(wanted):
    opened = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links.st, "session_state", opened)
        links.open_view(wanted)
    assert set(opened) <= set(wanted) & set(links.VIEW)
    numbers = {opened.get(name, 1) for name in (state.LAYER, state.HEAD, state.K)}
    assert all(1 <= number <= 999 for number in numbers)


@given(st.dictionaries(st.sampled_from([*links.VIEW, "lesson", "hide"]), ANY_TEXTS))
@usual
def test_odd_values_of_a_link_are_noticed_in_sentences(link):
    notices = state.odd_values(link, (2, 4)) + links.odd_values(link)
    assert all(notice.endswith((".", "shown.", "“Lessons”.")) for notice in notices)


# Names and cells of files.


@given(ANY_TEXTS, ANY_TEXTS)
@many
def test_a_files_name_is_plain_whatever_the_text(text, model):
    reading = replace(make_reading(np.ones((1, 1, 3, 3)), "a"), text=text, model=model)
    assert re.fullmatch("[a-z0-9-]{1,40}", slug(text))
    assert re.fullmatch(
        "[a-z0-9_-]+[.]cs50[.]png", file_name(reading, "cs50.png", 0, 0)
    )


@given(ANY_TEXTS | st.builds(str.__add__, st.sampled_from("'=+-@\t＝"), TEXTS))
@many
def test_a_protected_cell_is_no_formula_and_gives_its_token_back(token):
    cell = safe_cell(token)
    assert original_cell(cell) == token
    assert len(cell) < 2 or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(TEXTS, min_size=2))
@usual
def test_quoted_cells_are_a_row_to_any_reader_of_csv(cells):
    line = ",".join(map(quoted, cells)) + "\n"
    assert list(csv.reader(io.StringIO(line, newline=""))) == [cells]
