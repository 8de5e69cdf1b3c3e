"""The page's frame: its title, its few rules of style, and what holds places."""

import streamlit as st
from streamlit import net_util

from attention.pictures.sizes import HEAD_HEIGHT
from components.frontend import register
from components.session import state

# When a page of another site tries to connect, Streamlit asks checkip.amazonaws.com
# for this server's address, and all visitors wait for the answer.
net_util.get_external_ip = lambda: None

TITLE_LENGTH = 50  # characters of the sentence
# Streamlit leaves 6rem above a page and a gap of 1rem between its parts; closer
# together, the first screen at 1280 x 800 shows sentence, words and heads. The
# right edge of the title stays clear of Streamlit's own menu.
STYLE = """<style>
/* Streamlit's menu lies over the page's first line; clicks beside it go through. */
[data-testid="stHeader"] { background: transparent; }
[data-testid="stHeader"], [data-testid="stToolbar"] { pointer-events: none; }
[data-testid="stToolbar"] button { pointer-events: auto; }
[data-testid="stMainBlockContainer"] { padding: 0.8rem 2rem 2rem; }
[data-testid="stVerticalBlock"] { gap: 0.6rem; }
.st-key-title { padding-right: 3rem; }
[data-testid="stMain"] :is(h1, h2) { padding: 0 !important; }
/* As high as the buttons beside some of them. */
[data-testid="stMain"] h2 { line-height: 1.6rem !important; }
/* Streamlit takes back the space below a paragraph; a heading has none. */
[data-testid="stHeading"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
:is(.st-key-steps, .st-key-view, .st-key-try, .st-key-ready) button {
  min-height: 0; padding: 0;
}
/* A chart's tokens and numbers are to be read; Streamlit's grey has 3.7:1. */
[data-testid="stVegaLiteChart"] svg text { fill: currentColor; }
/* White on dark mode's pale primary colour is too faint: chosen values are outlined. */
[data-testid="stMultiSelect"] [data-tag] {
  background: transparent; border: 1px solid currentColor;
}
[data-testid="stMultiSelect"] [data-tag], [data-testid="stMultiSelect"] [data-tag] * {
  color: inherit;
}
/* Streamlit's ring is half transparent, 2.4:1 in light mode where WCAG asks 3:1;
   toggles, radios and a picture's buttons have none. Fields have their border. */
:is(button, a, summary, [role="tab"]):focus-visible, label[data-focus-visible],
[data-testid="stSlider"] [data-focus-visible] {
  outline: 3px solid currentColor !important; outline-offset: 1px;
}
[role="tab"]:focus-visible { outline-offset: -3px; } /* the row of tabs cuts off */
[data-testid="stMain"]:focus-visible { outline: 3px solid; outline-offset: -3px; }
/* An open popover's quiet button turns a blue too faint for dark mode. */
[data-testid="stPopoverButton"][aria-expanded="true"],
[data-testid="stPopoverButton"][aria-expanded="true"] * { color: inherit; }
:is(.st-key-keyboard, .st-key-to-top, .st-key-leaving) { display: none; }
/* Streamlit's own Stop would break off a claim's test and leave its bar standing. */
[data-testid="stApp"]:has(.st-key-stop-claim) [data-testid="stStatusWidget"] button {
  display: none;
}
/* What a part takes at least: its code comes after the page's words, and what stands
   below would jump. The words are three. */
:is(.st-key-model, .st-key-text, .st-key-k, .st-key-layer, .st-key-head) {
  min-height: 63px;
}
.st-key-try [data-testid="stSkeleton"] { height: 1.5rem; }
.st-key-words-place { min-height: 14.5rem; }
[class*="st-key-overview"] { min-height: 17rem; }
.st-key-picture { min-height: 360px; }
/* A lesson's answer stays above what is picked; its wrapper is what can stick. */
[data-testid="stLayoutWrapper"]:has(> .st-key-lesson-answer) {
  z-index: 5; padding: 0.4rem 3rem 0.4rem 0;
  background: light-dark(#ffffff, #12151c); /* as .streamlit/config.toml has them */
}
@media (min-height: 400px) { /* Magnified four times, it would leave no room. */
  [data-testid="stLayoutWrapper"]:has(> .st-key-lesson-answer) {
    position: sticky; top: 0;
  }
  [data-testid="stMain"]:has(.st-key-lesson-answer) { scroll-padding-top: 7rem; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 0.8rem 1rem 2rem; }
  .st-key-heading > :first-child { flex-basis: 100%; } /* a line for the title */
}
/* As large as a projector's picture allows, for the back row. */
.st-key-large-code img {
  width: 100%; max-height: 65vh; object-fit: contain; image-rendering: pixelated;
}
/* Not 0: what waits for the end of a transition must hear of it. */
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after {
    animation-duration: 0.01ms !important; animation-iteration-count: 1 !important;
    transition-duration: 0.01ms !important; scroll-behavior: auto !important;
  }
}
</style>"""

_keyboard = register(
    "keyboard", "<span></span>", styles=(), scripts=("popovers", "tabs", "announce")
)
_to_top = register("to_top", "<span></span>", styles=())


def page_frame(text: str) -> None:
    """Set the page's title and style; comes before anything else.

    text: the sentence, whose first words name the page in tabs, histories and chats.
    """
    words = first_words(text) or "How BERT reads"
    st.set_page_config(f"{words} · Attention", "🔎", layout="wide")
    st.html(STYLE)
    _keyboard(key="keyboard")
    _to_top(key="to-top", data={"times": state.times_to_top()})


def first_words(text: str) -> str:
    """Shorten a text to whole words, or inside a long one: some scripts have no spaces.

    >>> first_words("Slowly, the old and tired turtle moved across the [MASK].")
    'Slowly, the old and tired turtle moved across the …'
    """
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def show_heading() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title("Attention", anchor=False, width="content")
        st.text("how BERT reads a sentence", width="content")


def hold_place(words: str) -> None:
    """Take the height of a heatmap, so that nothing jumps when one arrives."""
    with st.container(height=HEAD_HEIGHT, border=False):
        st.text(words)
