"""Test a claim: does a head do on many sentences what it does on one?"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from attention.atlas.relations import relation_name, relation_of
from attention.atlas.sentences import describe_held_out, describe_rate
from attention.claims.frames import claim_frame
from attention.claims.lines import Malformed, listed, parse
from attention.claims.measure import Measured, Result, judge
from attention.claims.verdict import describe_claim, describe_hits
from attention.reading import Head, Reading
from attention.report.findings import claim_finding
from components.session import state, url
from components.session.atlases import chosen_atlas
from components.session.choices import ATLAS, CHOSEN_HEAD, JUDGES
from components.tabs.atlas.atlas import open_relation
from components.tabs.claim.lines import ask_lines, claim_title
from components.tabs.claim.run import measure_with_bar, takes_long
from components.widgets.add_to_report import offer_finding
from components.widgets.head_maps import choose_on_map
from components.widgets.tables import (
    HEIGHT,
    NUMBER,
    PERCENT,
    SHARE,
    choose_head,
    choose_sentence,
)

HOW = (
    "A head hits if the first word gives the second more attention than any other "
    "word. Pieces are joined to words; [CLS] and [SEP] do not count, punctuation "
    "does. The interval is Wilson's. The p-value is how likely heads do as well that "
    "choose one of a sentence's other words at random, for the best of all heads with "
    "Šidák's correction; nearly equal sentences look like more evidence than they are. "
    "Offset: how many words on the fixed guess (a fixed-offset baseline) looks. "
    "Head and guess are compared by a sign test of the sentences that only one of them "
    "hits. After Clark et al. 2019, “What Does BERT Look At?”, section 4.2."
)
FAIR = "Fair only if you chose the head before you saw these sentences' results."
MOST_WHOLE = 7  # lines that are not tested; more are scrolled
COLUMNS = {
    "hits": NUMBER,
    "rate": SHARE,
    "low": PERCENT,
    "high": PERCENT,
    "mean_weight": SHARE | {"label": "mean weight"},
    "offset": st.column_config.NumberColumn(format="%+d"),
    "offset_rate": PERCENT | {"label": "guess's rate"},
    "chance": st.column_config.NumberColumn("p-value, best of all", format="%.3g"),
}


def show_claim(reading: Reading, tells_roles: bool = True) -> None:
    """Draw the claim's sentences and, for the page's model, what they say.

    tells_roles: also what the atlas says, if it has the claim's relation.
    """
    examples, malformed = parse(ask_lines(reading))
    is_long = takes_long(reading.model, examples)
    # While a long test runs, results of other lines must not stand below its bar, where
    # they could be added to the report. For a short test, emptying would only flash.
    place = st.empty if is_long else st.container
    refused = place()
    judged = state.selected_head() if _is_judged_alone() else None
    bar = st.container()
    answer = place()
    sentences = place()
    if is_long and malformed:
        with refused.container():
            _show_malformed(malformed)
    with bar:
        found = measure_with_bar(reading.model, examples)
    if is_long:
        refused, answer, sentences = (
            held.container() for held in (refused, answer, sentences)
        )
    malformed += [one for one in found if isinstance(one, Malformed)]
    measured = [one for one in found if isinstance(one, Measured)]
    with answer:
        if measured:
            result = judge(measured)
            n_untested = len(examples) - len(found)
            _show_result(result, reading.model, n_untested, judged)
        elif not examples:
            st.text("List at least one sentence with a pair, or choose a ready claim.")
        if tells_roles:
            _show_atlas_line(reading)
    if malformed:
        with refused:
            _show_malformed(malformed)
    if measured:
        with sentences:
            _show_sentences(result, judged)
    st.text(HOW)


def _is_judged_alone() -> bool:
    """Draw the choice of the head that is judged; True for the open head."""
    judged = st.radio(
        "Judge",
        JUDGES,
        key=url.JUDGE,
        bind="query-params",
        horizontal=True,
    )
    # Streamlit's own captions are too pale to be read by everybody.
    if judged == CHOSEN_HEAD:
        st.text(FAIR)
    return judged == CHOSEN_HEAD


def _show_result(
    result: Result, model: str, n_untested: int, judged: Head | None
) -> None:
    """Say what comes of the claim. judged: the head that is judged alone, if any."""
    judgement, numbers = describe_claim(result, judged)
    st.markdown(f"**{judgement}**")
    st.text(numbers)
    with st.container(horizontal=True, vertical_alignment="center"):
        if judged is None and state.selected_head() != result.best():
            st.button(
                f"Open {result.best().name.lower()}",
                on_click=state.select_head,
                args=(result.best(),),
            )
        finding = partial(
            claim_finding, result, model, claim_title(), n_untested, judged
        )
        offer_finding("claim", finding)
    # Also room for the charts' own buttons, which come up above them.
    st.text("A cell or a row opens its head.")
    frame = claim_frame(result)
    map_area, table_area = st.columns([2, 3])
    with map_area:
        choose_on_map(frame, "claim_map", "rate", "hit rate", "viridis", limit=1)
    with table_area:
        choose_head(frame.drop(columns="sentences"), "claim_heads", COLUMNS)


def _show_sentences(result: Result, judged: Head | None) -> None:
    """List the open head's sentences; the best one's, if nobody has opened a head.

    judged: the head that is judged alone, if any; another's hits are listed here.
    """
    best = result.best()
    head = judged or (state.selected_head() if state.is_head_chosen() else best)
    if head not in (judged, best):
        st.text(f"The open head, {describe_hits(result, head)}")
    st.text(
        f"Sentences of {head.name.lower()}, misses first. Choose a row to open "
        "that sentence, with this head, at the top of the page."
    )
    choose_sentence(result, head, "claim_sentences")


def _show_atlas_line(reading: Reading) -> None:
    """Say what the atlas says of the claim's relation, if it has it."""
    if (found := chosen_atlas(reading)) is None:
        return
    relations = found.atlas.relations
    if (named := relation_of(claim_title(), relations)) is None:
        return
    name, direction = named
    st.text(
        f"The atlas, over {found.atlas.source.sentences:,} sentences. "
        + describe_held_out(relations[name], direction)
    )
    st.text(
        "The open head: "
        + describe_rate(relations[name], direction, state.selected_head())
    )
    st.button(
        f"Open it in the tab {ATLAS}",
        type="tertiary",
        on_click=open_relation,
        args=(relation_name(name, direction),),
    )


def _show_malformed(malformed: Sequence[Malformed]) -> None:
    n_lines = sum(one.lines for one in malformed)
    plural = "s are" if n_lines > 1 else " is"
    st.text(f"{n_lines:,} line{plural} not tested:")
    # Text, unlike a table's cells, is wrapped where the page is narrow.
    with st.container(height=HEIGHT if len(malformed) > MOST_WHOLE else "content"):
        st.text("\n".join(map(str, listed(malformed))))
