"""What has been counted so far: of a sentence, a block or a whole treebank."""

import io
import json
from collections import Counter
from dataclasses import dataclass

import numpy as np

from attention.atlas.rates import (
    FARTHEST,
    LABELS,
    LEAST_INSTANCES,
    SPLITS,
    Habits,
    Relation,
)
from attention.atlas.relations import DIRECTIONS
from attention.heads.roles import NAMES

HABITS = ("habit_sentences", "habit_sums", "habit_squares", "labels")
MOST_MALFORMED = 100  # reported one by one; the others are counted


@dataclass(eq=False)
class Counts:
    """Sums that grow; L and H are the model's layers and heads."""

    sentences: np.ndarray  # int [halves]
    relations: dict[str, Relation]
    habit_sentences: np.ndarray  # int [roles]: in which a role has a target
    habit_sums: np.ndarray  # float64 [L, H, roles], of the scores of heads.roles
    habit_squares: np.ndarray  # the same, of their squares
    labels: np.ndarray  # int [L, H, labels]
    skipped: Counter[str]  # why -> how many
    malformed: list[str]  # file, line and reason of the first MOST_MALFORMED

    @classmethod
    def none(cls, shape: tuple[int, int]) -> "Counts":
        """Start for a model of (layers, heads)."""
        return cls(
            sentences=np.zeros(len(SPLITS), np.int64),
            relations={},
            habit_sentences=np.zeros(len(NAMES), np.int64),
            habit_sums=np.zeros((*shape, len(NAMES))),
            habit_squares=np.zeros((*shape, len(NAMES))),
            labels=np.zeros((*shape, len(LABELS)), np.int64),
            skipped=Counter(),
            malformed=[],
        )

    def relation(self, name: str) -> Relation:
        """Return a relation's counts, which may be added to."""
        if name not in self.relations:
            shape = self.labels.shape[:2]
            self.relations[name] = Relation(
                instances=np.zeros(len(SPLITS), np.int64),
                hits=np.zeros((len(SPLITS), len(DIRECTIONS), *shape), np.int64),
                offsets=np.zeros((len(SPLITS), 2 * FARTHEST + 1), np.int64),
            )
        return self.relations[name]

    def add(self, other: "Counts") -> None:
        """Add the counts of other sentences. Floats depend on the order, in the end."""
        for name in ("sentences", *HABITS):
            getattr(self, name)[...] += getattr(other, name)
        for name, more in other.relations.items():
            relation = self.relation(name)
            relation.instances[...] += more.instances
            relation.hits[...] += more.hits
            relation.offsets[...] += more.offsets
        self.skipped.update(other.skipped)
        self.malformed += other.malformed[: MOST_MALFORMED - len(self.malformed)]

    def frequent(self) -> dict[str, Relation]:
        """Return the relations with enough instances, the most frequent first."""
        names = sorted(self.relations, key=lambda name: (-self.relations[name].n, name))
        found = {name: self.relations[name] for name in names}
        return {name: one for name, one in found.items() if one.n >= LEAST_INSTANCES}

    def habits(self) -> Habits:
        """Return means and standard deviations of scores over sentences."""
        n = np.maximum(self.habit_sentences, 1)
        mean = self.habit_sums / n
        variance = np.maximum(self.habit_squares / n - mean**2, 0)
        return Habits(self.habit_sentences, mean, np.sqrt(variance), self.labels)

    def to_bytes(self) -> bytes:
        """Write everything as NumPy's .npz."""
        names = list(self.relations)
        arrays = {name: getattr(self, name) for name in ("sentences", *HABITS)}
        for part in ("instances", "hits", "offsets"):
            arrays[part] = np.array(
                [getattr(self.relations[name], part) for name in names], np.int64
            )
        words = {"names": names, "skipped": self.skipped, "malformed": self.malformed}
        stream = io.BytesIO()
        np.savez_compressed(stream, words=np.array(json.dumps(words)), **arrays)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Counts":
        """Read what to_bytes wrote. Raises ValueError for anything else."""
        try:
            return cls._read(data)
        except Exception as error:  # a damaged archive raises any kind
            raise ValueError(f"damaged counts ({error!r})") from error

    @classmethod
    def _read(cls, data: bytes) -> "Counts":
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            words = json.loads(str(file["words"]))
            parts = (file["instances"], file["hits"], file["offsets"])
            return cls(
                **{name: file[name] for name in ("sentences", *HABITS)},
                relations={
                    name: Relation(*arrays)
                    for name, *arrays in zip(words["names"], *parts, strict=True)
                },
                skipped=Counter(words["skipped"]),
                malformed=words["malformed"],
            )
