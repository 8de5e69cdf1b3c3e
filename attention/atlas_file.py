"""Atlases as Parquet files: one long table, and in its metadata where it is from.

Columns: kind ("relation", "offset" or "habit"); name (a relation's or a role's); half
("chosen on" or "measured on"); direction ("to governor" or "to dependent"); layer and
head, from 1; offset, in words; instances (of a relation, or sentences of a habit); hits
(of a habit: sentences in which the head is called so); mean and spread (of a role's
score). What says nothing of a kind of row is empty.
"""

import io
import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from attention.atlas import FARTHEST, HALVES, LABELS, Atlas, Habits, Relation, Source
from attention.relations import DIRECTIONS
from attention.roles import NAMES

ABOUT = b"atlas"  # the metadata's key; its value is JSON
VERSION = 1
COLUMNS = {
    "kind": pa.string(),
    "name": pa.string(),
    "half": pa.string(),
    "direction": pa.string(),
    "layer": pa.int16(),
    "head": pa.int16(),
    "offset": pa.int16(),
    "instances": pa.int64(),
    "hits": pa.int64(),
    "mean": pa.float64(),
    "spread": pa.float64(),
}
# Of a file that somebody uploads. One of 144 heads has 0.2 MB, 26,000 rows.
MOST_BYTES, MOST_ROWS, MOST_UNPACKED = 10_000_000, 1_000_000, 200_000_000
MOST_NAME = 60  # characters


class BadAtlas(ValueError):
    """A file that is no atlas; str() says why and what to do."""

    def __init__(self, why: str):
        super().__init__(f"{why} Give a file that `python -m corpus.atlas` wrote.")


def save(atlas: Atlas) -> bytes:
    """Write an atlas as a Parquet file."""
    rows = [_relation_rows(atlas), _offset_rows(atlas), _habit_rows(atlas)]
    table = pa.Table.from_pandas(
        pd.concat(rows).reindex(columns=list(COLUMNS)),
        pa.schema(COLUMNS),
        preserve_index=False,
    )
    about = {"version": VERSION, "shape": atlas.shape, **asdict(atlas.source)}
    stream = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({ABOUT: json.dumps(about)}),
        stream,
        compression="zstd",
    )
    return stream.getvalue()


def load(data: bytes) -> Atlas:
    """Read what `save` wrote. Raises BadAtlas for anything else."""
    if len(data) > MOST_BYTES:
        raise BadAtlas(f"This file has over {MOST_BYTES // 1_000_000} MB.")
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        about = json.loads(file.schema_arrow.metadata[ABOUT])
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise BadAtlas("This file is no atlas, or damaged.") from error
    if not isinstance(about, dict) or about.pop("version", None) != VERSION:
        raise BadAtlas(f"This atlas is not of version {VERSION}.")
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if file.metadata.num_rows > MOST_ROWS or unpacked > MOST_UNPACKED:
        raise BadAtlas("This file is far larger than any atlas.")
    try:
        shape = _shape(about.pop("shape"))
        frame = file.read().cast(pa.schema(COLUMNS)).to_pandas()
        return Atlas(_source(about), _relations(frame, shape), _habits(frame, shape))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise BadAtlas(f"This atlas is not complete ({error}).") from error


def _relation_rows(atlas: Atlas) -> pd.DataFrame:
    hits = np.array([one.hits for one in atlas.relations.values()])
    name, half, direction, layer, head = np.indices(hits.shape).reshape(5, -1)
    instances = np.array([one.instances for one in atlas.relations.values()])
    return pd.DataFrame(
        {
            "kind": "relation",
            "name": np.array(list(atlas.relations))[name],
            "half": np.array(HALVES)[half],
            "direction": np.array(DIRECTIONS)[direction],
            "layer": layer + 1,
            "head": head + 1,
            "instances": instances[name, half],
            "hits": hits.ravel(),
        }
    )


def _offset_rows(atlas: Atlas) -> pd.DataFrame:
    counts = np.array([one.offsets for one in atlas.relations.values()])
    name, half, place = np.nonzero(counts)
    return pd.DataFrame(
        {
            "kind": "offset",
            "name": np.array(list(atlas.relations))[name],
            "half": np.array(HALVES)[half],
            "offset": place - FARTHEST,
            "hits": counts[name, half, place],
        }
    )


def _habit_rows(atlas: Atlas) -> pd.DataFrame:
    habits = atlas.habits
    layer, head, name = np.indices(habits.labels.shape).reshape(3, -1)
    # What heads without a role are called has no score.
    unscored = np.full((*atlas.shape, len(LABELS) - len(NAMES)), np.nan)
    n_unscored = [atlas.source.sentences] * unscored.shape[-1]
    return pd.DataFrame(
        {
            "kind": "habit",
            "name": np.array(LABELS)[name],
            "layer": layer + 1,
            "head": head + 1,
            "instances": np.array([*habits.sentences, *n_unscored])[name],
            "hits": habits.labels.ravel(),
            "mean": np.concatenate([habits.mean, unscored], axis=-1).ravel(),
            "spread": np.concatenate([habits.spread, unscored], axis=-1).ravel(),
        }
    )


def _shape(value: object) -> tuple[int, int]:
    layers, heads = value
    if not all(type(n) is int and 0 < n <= 100 for n in (layers, heads)):
        raise ValueError(f"a model of {layers!r} layers of {heads!r} heads")
    return layers, heads


def _source(about: dict) -> Source:
    source = Source(**about)
    texts = [source.model, source.model_sha256, source.command, *source.files]
    texts += [*source.files.values(), *source.skipped]
    numbers = [source.sentences, *source.skipped.values()]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text where it is from is no text")
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a number where it is from is no count")
    return source


def _relations(frame: pd.DataFrame, shape: tuple[int, int]) -> dict[str, Relation]:
    relations = {}
    offsets = dict(list(frame[frame.kind == "offset"].groupby("name", sort=False)))
    for name, rows in frame[frame.kind == "relation"].groupby("name", sort=False):
        keys = ["half", "direction", "layer", "head"]
        axes = (HALVES, DIRECTIONS, *(range(1, n + 1) for n in shape))
        ordered = _in_order(rows, keys, axes)
        n_each = ordered["instances"].to_numpy().reshape(len(HALVES), -1)
        relation = Relation(
            instances=n_each[:, 0],
            hits=ordered["hits"].to_numpy().reshape([len(axis) for axis in axes]),
            offsets=_offsets(offsets.get(name, frame.iloc[:0])),
        )
        _require_counts(name, relation, n_each)
        relations[name] = relation
    if not relations:
        raise ValueError("no relation")
    return relations


def _offsets(rows: pd.DataFrame) -> np.ndarray:
    counts = np.zeros((len(HALVES), 2 * FARTHEST + 1), np.int64)
    halves = [HALVES.index(half) for half in rows["half"]]
    places = rows["offset"].to_numpy().astype(int) + FARTHEST
    if len(places) and not 0 <= places.min() <= places.max() < counts.shape[1]:
        raise ValueError("an offset beyond what is counted")
    counts[halves, places] = rows["hits"]
    return counts


def _require_counts(name: str, relation: Relation, n_each: np.ndarray) -> None:
    if not 0 < len(name) <= MOST_NAME or not name.isprintable():
        raise ValueError("a relation without a proper name")
    n = relation.instances
    is_right = (
        (n_each == n[:, None]).all()
        and (n >= 0).all()
        and n.sum() > 0
        and (relation.hits >= 0).all()
        and (relation.hits <= n[:, None, None, None]).all()
        and (relation.offsets >= 0).all()
        and (relation.offsets.sum(axis=1) <= n).all()
    )
    if not is_right:
        raise ValueError(f"counts of {name} that cannot be")


def _habits(frame: pd.DataFrame, shape: tuple[int, int]) -> Habits:
    axes = (*(range(1, n + 1) for n in shape), LABELS)
    rows = _in_order(frame[frame.kind == "habit"], ["layer", "head", "name"], axes)
    sizes = [len(axis) for axis in axes]

    def scores(column: str) -> np.ndarray:
        found = rows[column].to_numpy().reshape(sizes)[..., : len(NAMES)]
        if not np.isfinite(found).all():
            raise ValueError(f"a {column} that is no number")
        return found

    return Habits(
        sentences=rows["instances"].to_numpy()[: len(NAMES)],
        mean=scores("mean"),
        spread=scores("spread"),
        labels=rows["hits"].to_numpy().reshape(sizes),
    )


def _in_order(rows: pd.DataFrame, keys: list[str], axes: tuple) -> pd.DataFrame:
    """Return the rows, one for each combination of the axes' values, in their order."""
    wanted = pd.MultiIndex.from_product(axes)
    found = rows.set_index(keys)
    if not found.index.is_unique or len(found) != len(wanted):
        raise ValueError("rows are missing, or there twice")
    ordered = found.reindex(wanted)
    for column in ("instances", "hits"):
        ordered[column] = ordered[column].astype("int64")  # of NaN: ValueError
    return ordered
