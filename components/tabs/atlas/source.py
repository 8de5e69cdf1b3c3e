"""Where the shown atlas is from, and uploading one's own."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import streamlit as st

from attention.atlas.file import MAX_MEGABYTES, BadAtlas, load
from attention.atlas.frames import rates_csv
from attention.exports import slug
from attention.reading import Reading
from components.session.atlases import CHOICE, OWN, Found, atlases_of, found_atlases
from components.widgets.files import Kind, offer_files

FILE, FAULT = "atlas_upload", "atlas_fault"
# Known by their SHA-256, so that no other file is given their licence.
LICENCES = dict.fromkeys(
    (
        "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",
        "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",
    ),
    "English Web Treebank, Universal Dependencies, CC BY-SA 4.0",
)


def tell_none(reading: Reading) -> None:
    """Say that a reading's model has no atlas, and how to make one."""
    named = {one.atlas.source.model for one in found_atlases()}
    says = f"There is no atlas of {reading.model} here. "
    if reading.model in named:
        says += "One of that name was measured with other weights than its own now. "
    if others := sorted(named - {reading.model}):
        says += f"There are atlases of {', '.join(others)}. "
    st.text(
        f"{says}Make one from a treebank in CoNLL-U, and put the file here or into "
        "corpus/atlases:"
    )
    st.code(f"python -m corpus.atlas TREEBANK.conllu --model {reading.model}", None)


def show_source(found: Found) -> None:
    """Draw what an atlas was measured with and on, and its file."""
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
    offer_files("atlas file", list(_kinds(found)))


def _kinds(found: Found) -> Iterator[Kind]:
    if found.path:
        read = partial(_content, found.path)
        yield Kind("This atlas (.npz)", found.path.name, "", read)
    name = f"{slug(found.atlas.source.model)}_atlas.csv"
    yield Kind("All rates (CSV)", name, "text/csv", partial(rates_csv, found.atlas))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError("This atlas's file is gone. Reload the page.") from error


def ask_upload(reading: Reading) -> None:
    """Draw the field for a file, and what is wrong with the last one."""
    st.file_uploader(
        "A file that python -m corpus.atlas wrote; it stays in this browser tab",
        ["npz", "parquet"],  # the latter to be told how to make a new one
        key=FILE,
        max_upload_size=MAX_MEGABYTES,
        on_change=_take_file,
    )
    if fault := st.session_state.get(FAULT):
        st.error(fault)
    own = st.session_state.get(OWN)
    if own and own not in [one.atlas for one in atlases_of(reading)]:
        layers, heads = own.shape
        st.text(
            f"Your atlas is of {own.source.model}, {layers} layers of {heads} heads "
            f"(weights {own.source.model_sha256[:12]}…); it shows when that very BERT "
            "answers."
        )


def _take_file() -> None:
    for key in (FAULT, OWN, CHOICE):
        st.session_state.pop(key, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        st.session_state[OWN] = load(file.getvalue())
    except BadAtlas as error:
        st.session_state[FAULT] = str(error)
