"""An atlas as one long table, and back.

Columns: kind ("relation", "offset" or "habit"); name (a relation's or a role's); half
("chosen on" or "measured on"); direction ("to governor" or "to dependent"); layer and
head, from 1; offset, in words; instances (of a relation, or sentences of a habit); hits
(of a habit: sentences in which the head is called so); mean and spread (of a role's
score). What says nothing of a kind of row is empty.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from attention.atlas.rates import FARTHEST, HALVES, LABELS, Atlas, Habits, Relation
from attention.atlas.relations import DIRECTIONS
from attention.heads.roles import NAMES

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
TEXTS = [name for name, type_ in COLUMNS.items() if type_ == pa.string()]
KINDS = ("relation", "offset", "habit")
MOST_NAME = 60  # characters
MOST_RELATIONS = 200  # each is looked for in all rows
MOST_COUNT = 10**12  # a sum of such counts is still exact
NONE = -1000  # stands for an empty cell: no count, and no place in any array


def to_table(atlas: Atlas) -> pa.Table:
    """Return an atlas's counts and habits as rows; where it is from is not in them."""
    rows = [_relation_rows(atlas), _offset_rows(atlas), _habit_rows(atlas)]
    return pa.Table.from_pandas(
        pd.concat(rows).reindex(columns=list(COLUMNS)),
        pa.schema(COLUMNS),
        preserve_index=False,
    )


def from_table(
    table: pa.Table, shape: tuple[int, int]
) -> tuple[dict[str, Relation], Habits]:
    """Return what `to_table` was given; texts may be numbers of a dictionary.

    shape: (layers, heads). Raises ValueError, or what Arrow and NumPy raise, for rows
    that no atlas has.
    """
    rows = _rows(table)
    return _relations(rows, shape), _habits(rows, shape)


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


def _rows(table: pa.Table) -> dict[str, np.ndarray]:
    """Return the columns as arrays: names as text, places counted from 0, -1 for none.

    half, direction, layer and head become indices; offset a place in
    Relation.offsets.
    """
    table = table.unify_dictionaries().combine_chunks()
    columns = {}
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        if name in TEXTS:
            codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            texts = [*column.dictionary.to_pylist(), ""]
            columns[name] = _coded(name, texts, codes)
        elif name in ("mean", "spread"):
            columns[name] = column.fill_null(np.nan).to_numpy(zero_copy_only=False)
        else:
            filled = column.fill_null(NONE).to_numpy(zero_copy_only=False)
            columns[name] = filled.astype(np.int64)
    columns["layer"] -= 1
    columns["head"] -= 1
    columns["offset"] += FARTHEST
    return columns


def _coded(column: str, texts: list[str | None], codes: np.ndarray) -> np.ndarray:
    """Return a text column's rows: names as text, the others as known numbers."""
    if column == "name":
        if max(len(text or "") for text in texts) > MOST_NAME:
            raise ValueError("a name that is too long")
        return np.array([text or "" for text in texts])[codes]
    known = {"kind": KINDS, "half": HALVES, "direction": DIRECTIONS}[column]
    places = [known.index(text) if text in known else NONE for text in texts]
    return np.array(places)[codes]


def _relations(
    rows: dict[str, np.ndarray], shape: tuple[int, int]
) -> dict[str, Relation]:
    of_relation, of_offset = (rows["kind"] == KINDS.index(k) for k in KINDS[:2])
    names, firsts = np.unique(rows["name"][of_relation], return_index=True)
    if not 0 < len(names) <= MOST_RELATIONS:
        raise ValueError("no relation, or too many")
    relations = {}
    for name in names[np.argsort(firsts)].tolist():
        here = of_relation & (rows["name"] == name)
        axes = (len(HALVES), len(DIRECTIONS), *shape)
        order = _order(
            [rows[key][here] for key in ("half", "direction", "layer", "head")], axes
        )
        n_each = rows["instances"][here][order].reshape(len(HALVES), -1)
        relation = Relation(
            instances=n_each[:, 0],
            hits=rows["hits"][here][order].reshape(axes),
            offsets=_offsets(rows, of_offset & (rows["name"] == name)),
        )
        _require_counts(name, relation, n_each)
        relations[name] = relation
    return relations


def _offsets(rows: dict[str, np.ndarray], here: np.ndarray) -> np.ndarray:
    axes = (len(HALVES), 2 * FARTHEST + 1)
    counts = np.zeros(axes, np.int64)
    places = np.ravel_multi_index((rows["half"][here], rows["offset"][here]), axes)
    if len(np.unique(places)) < len(places):
        raise ValueError("an offset is there twice")
    counts.ravel()[places] = rows["hits"][here]
    return counts


def _require_counts(name: str, relation: Relation, n_each: np.ndarray) -> None:
    if not name.strip() or not name.isprintable():
        raise ValueError("a relation without a proper name")
    n = relation.instances
    is_right = (
        (n_each == n[:, None]).all()
        and (n >= 0).all()
        and (n <= MOST_COUNT).all()
        and n.sum() > 0
        and (relation.hits >= 0).all()
        and (relation.hits <= n[:, None, None, None]).all()
        and (relation.offsets >= 0).all()
        # Each alone first: sums of huge numbers may turn out small.
        and (relation.offsets <= n[:, None]).all()
        and (relation.offsets.sum(axis=1) <= n).all()
    )
    if not is_right:
        raise ValueError("counts of a relation that cannot be")


def _habits(rows: dict[str, np.ndarray], shape: tuple[int, int]) -> Habits:
    here = rows["kind"] == KINDS.index("habit")
    names = rows["name"][here]
    labels = np.full(len(names), NONE)
    for place, label in enumerate(LABELS):
        labels[names == label] = place
    axes = (*shape, len(LABELS))
    order = _order([rows["layer"][here], rows["head"][here], labels], axes)

    def scores(column: str) -> np.ndarray:
        found = rows[column][here][order].reshape(axes)[..., : len(NAMES)]
        if not ((found >= 0) & (found <= 1 + 1e-3)).all():  # some rounding allowed
            raise ValueError("a score that is no share")
        return found

    sentences = rows["instances"][here][order].reshape(axes)[0, 0]
    counts = rows["hits"][here][order].reshape(axes)
    for numbers in (sentences, counts):
        if not ((numbers >= 0) & (numbers <= MOST_COUNT)).all():
            raise ValueError("a habit's count that cannot be")
    return Habits(sentences[: len(NAMES)], scores("mean"), scores("spread"), counts)


def _order(places: list[np.ndarray], axes: tuple[int, ...]) -> np.ndarray:
    """Return which row stands at each place of an array of shape `axes`, flat.

    places: each row's index on each axis. Raises ValueError unless each place has
    exactly one row.
    """
    flat = np.ravel_multi_index(places, axes)
    order = np.argsort(flat)
    if not np.array_equal(flat[order], np.arange(np.prod(axes))):
        raise ValueError("rows are missing, or there twice")
    return order
