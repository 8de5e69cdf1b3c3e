"""The tab Atlas: what heads do over the sentences of a treebank."""

from pathlib import Path

import streamlit as st

from attention.atlas import Atlas, held_out, strengths
from attention.atlas_frames import habits_frame, heads_frame, relations_frame
from attention.atlas_words import (
    describe_clearest,
    describe_habits,
    describe_held_out,
    describe_rate,
)
from attention.batches import batches
from attention.claims import Measured, Result, judge
from attention.examples import Example
from attention.reading import Reading, head_name
from attention.relations import DIRECTIONS, LAYOUT, relation_name
from components import links, state
from components.atlases import (
    CHOICE,
    OWN,
    SMALL_TREEBANK,
    Found,
    atlases_of,
    chosen_atlas,
    count_broken,
    examples_from,
    found_atlases,
    treebanks_of,
)
from components.charts import head_map
from components.files import Kind, offer_files
from components.tables import HEIGHT, SHARE, choose_head, choose_sentence
from model_cache import cache

ATLAS = "Atlas"
BY, RELATION, FILE, FAULT = "by", "relation", "atlas_upload", "atlas_fault"
BY_RELATION, BY_HEAD = "relation", "open head"
MEGABYTES = 2  # as attention.atlas_file.MOST_BYTES
# Known by their SHA-256, so that no other file is given their licence.
LICENCES = dict.fromkeys(
    (
        "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",
        "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",
    ),
    "English Web Treebank, Universal Dependencies, CC BY-SA 4.0",
)
PERCENT = st.column_config.NumberColumn(format="percent")
ABOVE = st.column_config.NumberColumn("above fixed guess", format="percent")
HOW_RELATION = (
    "A head hits if it gives most of one word's attention to the other, of all other "
    "words; pieces are joined to words, [CLS] and [SEP] do not count. The map and the "
    "ranking are of all sentences; of so many heads the best flatters itself there, so "
    "the sentence above chooses head and fixed guess on one half and measures on the "
    "other. Intervals are Wilson's. Where a head points is not proof that it knows "
    "grammar. After Clark et al. 2019, “What Does BERT Look At?”, section 4.2."
)
HOW_HEAD = (
    "Above: how often the head points along each relation, and how much more often "
    "than the best fixed guess; the clearest of so many flatters itself a little. "
    "Below: its roles, as the tab Heads has them for one sentence: in which share of "
    "the sentences it is called so, and its score's mean and standard deviation over "
    "the sentences that have a target."
)


def show_atlas(reading: Reading) -> None:
    """Draw the atlas of the model that read, by relation or for the open head."""
    if n_broken := count_broken():
        plural = "s" * (n_broken > 1)
        st.text(
            f"{n_broken} file{plural} in corpus/atlases cannot be read; the server's "
            "log says why."
        )
    _drop_stale_choice(reading)
    names = [one.name for one in atlases_of(reading)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(names) > 1:
            st.selectbox("Atlas file", names, key=CHOICE, persist_state="session")
        found = chosen_atlas(reading)
        if found:
            by = st.radio(
                "Look up by",
                [BY_RELATION, BY_HEAD],
                key=BY,
                bind="query-params",
                horizontal=True,
                width="content",
            )
            if by == BY_RELATION:
                relation, direction = _ask_relation(found.atlas)
    if found is None:
        _tell_none(reading)
    elif by == BY_RELATION:
        _show_relation(found.atlas, relation, direction)
        _show_examples(found.atlas, relation, direction, reading.model)
        st.text(HOW_RELATION)
    else:
        _show_head(found.atlas)
        st.text(HOW_HEAD)
    if found:
        with st.expander("Where this atlas is from"):
            _show_source(found)
    with st.expander("Upload an atlas of your own"):
        _ask_upload(reading)


def open_relation(name: str) -> None:
    """Open the tab at a relation, as it is listed there; for callbacks."""
    st.session_state[links.TAB] = ATLAS
    st.session_state[BY] = BY_RELATION
    st.session_state[RELATION] = name


def relations_by_name(atlas: Atlas) -> dict[str, tuple[str, int]]:
    """Return relations and directions by their plain-words names, most frequent first.

    Of two with the same name, as in somebody's odd file, the first.
    """
    named: dict[str, tuple[str, int]] = {}
    for relation in sorted(atlas.relations, key=lambda r: -atlas.relations[r].n):
        for direction in range(len(DIRECTIONS)):
            named.setdefault(relation_name(relation, direction), (relation, direction))
    return named


def _drop_stale_choice(reading: Reading) -> None:
    # Another model has other files.
    if st.session_state.get(CHOICE) not in [one.name for one in atlases_of(reading)]:
        st.session_state.pop(CHOICE, None)


def _ask_relation(atlas: Atlas) -> tuple[str, int]:
    named = relations_by_name(atlas)
    names = list(named)
    if st.session_state.get(RELATION) not in names:
        st.session_state.pop(RELATION, None)  # of another atlas
    grammar = (i for i, name in enumerate(names) if named[name][0] not in LAYOUT)
    usual = next(grammar, 0)
    return named[
        st.selectbox("Relation", names, usual, key=RELATION, bind="query-params")
    ]


def _show_relation(atlas: Atlas, name: str, direction: int) -> None:
    relation = atlas.relations[name]
    st.text(describe_held_out(relation, direction))
    best = held_out(relation, direction)
    if best and best.head != state.selected_head():
        st.button(
            f"Open {head_name(*best.head).lower()}",
            key="open best of atlas",
            on_click=state.select_head,
            args=best.head,
        )
    st.text(
        "The open head: " + describe_rate(relation, direction, state.selected_head())
    )
    frame = heads_frame(relation, direction)
    map_area, table_area = st.columns([2, 3])
    with map_area:
        st.altair_chart(
            head_map(frame, "above", "rate above the fixed guess", "redblue"),
            alt="Map of every head's rate above the best fixed guess; the table has "
            "its numbers",
        )
    with table_area:
        choose_head(
            frame,
            "atlas_heads",
            {"rate": SHARE, "low": PERCENT, "high": PERCENT, "above": ABOVE},
        )


def _show_examples(atlas: Atlas, relation: str, direction: int, model: str) -> None:
    paths = treebanks_of(atlas.source.files)
    if not paths and SMALL_TREEBANK.exists():
        paths = [SMALL_TREEBANK]
    if not paths:
        st.text("No treebank is at hand to take examples from.")
        return
    examples = _examples(paths, relation, direction)
    result = _measured(model, examples)
    where = " and ".join(path.name for path in paths)
    if result is None:
        st.text(f"In {where} there is no example of this relation.")
        return
    head = state.selected_head()
    st.text(
        f"Examples, taken evenly from {where}: the open head hits {result.hits[head]} "
        f"of {result.n}. Misses first; choose a row to open that sentence."
    )
    choose_sentence(result, "atlas_sentences", shows_line=False)


def _examples(paths: list[Path], relation: str, direction: int) -> tuple[Example, ...]:
    from corpus.examples import directed

    return directed(examples_from(paths).get(relation, ()), direction)


def _measured(model: str, examples: tuple[Example, ...]) -> Result | None:
    """Measure examples as claims are; what is measured already comes from a cache."""
    with st.spinner(f"Reading {len(examples)} sentences …"):
        found = [
            one
            for batch in batches(examples, lambda example: example.text)
            for one in cache.measure(model, batch)
        ]
    measured = [one for one in found if isinstance(one, Measured)]
    return judge(measured) if measured else None


def _show_head(atlas: Atlas) -> None:
    head = state.selected_head()
    says = describe_clearest(atlas, head) or (
        f"Over {atlas.source.sentences:,} sentences: no relation clearly more often "
        "than a fixed guess."
    )
    st.text(f"{head_name(*head)}. {says} Choose a row to open that relation.")
    found = strengths(atlas, head)

    def open_chosen() -> None:
        if rows := st.session_state.atlas_relations.selection.rows:
            one = found[rows[0]]
            open_relation(relation_name(one.relation, one.direction))

    st.dataframe(
        relations_frame(atlas, head),
        key="atlas_relations",
        hide_index=True,
        column_config={
            "relation": {"width": "medium"},
            "rate": SHARE,
            "low": PERCENT,
            "high": PERCENT,
            "offset": st.column_config.NumberColumn(format="%+d"),
            "offset_rate": PERCENT,
            "above": ABOVE,
        },
        on_select=open_chosen,
        selection_mode="single-row",
        height=HEIGHT,
    )
    st.text(describe_habits(atlas.habits, head))
    st.dataframe(
        habits_frame(atlas.habits, head),
        hide_index=True,
        column_config={"called": SHARE, "mean": SHARE, "spread": PERCENT},
    )


def _tell_none(reading: Reading) -> None:
    others = sorted({one.atlas.source.model for one in found_atlases()})
    there = f"There are atlases of {', '.join(others)}. " if others else ""
    st.text(
        f"There is no atlas of {reading.model} here. {there}Make one from a treebank "
        "in CoNLL-U, and put the file here or into corpus/atlases:"
    )
    st.code(f"python -m corpus.atlas TREEBANK.conllu --model {reading.model}", None)


def _show_source(found: Found) -> None:
    source = found.atlas.source
    lines = [
        f"Measured with {source.model} (weights {source.model_sha256[:12]}…) over "
        f"{source.sentences:,} sentences of:"
    ]
    for name, sha256 in source.files.items():
        licence = f"; {LICENCES[sha256]}" if sha256 in LICENCES else ""
        lines.append(f"{name} (SHA-256 {sha256[:12]}…{licence})")
    lines += [f"Left out: {n:,} {why}" for why, n in source.skipped.items()]
    st.text("\n".join(lines))
    st.code(source.command, None, wrap_lines=True)
    if found.path:
        name = found.path.name
        kind = Kind("This atlas (Parquet)", name, "", lambda: _content(found.path))
        offer_files("atlas file", [kind])


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError("This atlas's file is gone. Reload the page.") from error


def _ask_upload(reading: Reading) -> None:
    st.file_uploader(
        "A file that python -m corpus.atlas wrote; it stays in this browser tab",
        ["parquet"],
        key=FILE,
        max_upload_size=MEGABYTES,
        on_change=_take_file,
    )
    if fault := st.session_state.get(FAULT):
        st.error(fault)
    own = st.session_state.get(OWN)
    if own and own not in [one.atlas for one in atlases_of(reading)]:
        layers, heads = own.shape
        st.text(
            f"Your atlas is of {own.source.model}, {layers} layers of {heads} heads; "
            "it shows when that BERT answers."
        )


def _take_file() -> None:
    from attention.atlas_apart import load_apart
    from attention.atlas_file import BadAtlas

    for key in (FAULT, OWN, CHOICE):
        st.session_state.pop(key, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        st.session_state[OWN] = load_apart(file.getvalue())
    except BadAtlas as error:
        st.session_state[FAULT] = str(error)
