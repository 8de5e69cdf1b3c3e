"""What Hypothesis draws for several test files, how often, and its readings."""

from collections.abc import Callable

from hypothesis import reject, settings
from hypothesis import strategies as st

from attention.reading import MASK, Head, Reading
from attention.views import SPECIALS
from model_cache.unreadable import UnreadableText

# The same examples every time.
usual = settings(derandomize=True, max_examples=50)
many = settings(usual, max_examples=200)
few = settings(usual, max_examples=12)

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
HEAD = Head(1, 2)  # of 2 layers of 4 heads
ROUNDING = 1e-5  # float32's, over a row


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


FORMS = ["{} | {} -> {}", "{}|{}→{}", "{} {} {}", "{} | {}", "| {} {} -> {}", "{}#{}"]
GOOD_LINES = st.lists(WORDS, min_size=2, max_size=9, unique_by=str.lower).map(
    lambda words: f"{' '.join(words)} | {words[-1]} -> {words[0]}"
)
LINES = GOOD_LINES | st.builds(
    str.format, st.sampled_from(FORMS), ANY_TEXTS, ANY_TEXTS, ANY_TEXTS
)

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp932"]
FILES = st.binary(max_size=60) | st.builds(
    lambda lines, end, encoding: end.join(lines).encode(encoding, "replace"),
    st.lists(LINES | TEXTS | MASKED_TEXTS, max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(ENCODINGS),
)
