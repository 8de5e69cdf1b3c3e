"""Text -> Reading: tokenizer, forward pass and top-K words behind two methods.

An engine is loaded once, compiled once, and safe to call from many threads.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from attention.reading import MAX_K, Guess, Prediction, Reading, fill_parts
from model_cache.batches import batches, groups
from model_cache.checkpoint import Checkpoint
from model_cache.encoder import Encoder
from model_cache.tokens import Encoding, Tokenizer, spans_in_text
from model_cache.turns import EVERYBODY, PAGES
from model_cache.unreadable import UnreadableText

# Runs of one text that differ in their gates: more at once are no faster.
RUNS_BYTES = 4_000_000

Output = TypeVar("Output")


class Engine:
    """One model, ready to read."""

    def __init__(self, model: str, checkpoint: Checkpoint):
        """Prepare `checkpoint`, known to people as `model`, for reading.

        Raises BrokenCheckpoint if it cannot be used.
        """
        self.model = model
        self.encoder = Encoder(checkpoint.config, checkpoint.arrays)
        self._tokenizer = Tokenizer(
            model,
            checkpoint.folder,
            checkpoint.config["vocab_size"],
            self.encoder.max_tokens,
        )
        self._compiling = threading.Lock()
        self._compiled: set[Callable[..., object]] = set()

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return self.encoder.n_layers, self.encoder.n_heads

    def read(self, text: str, k: int = 3, gates: np.ndarray | None = None) -> Reading:
        """Read one text; see `read_many`."""
        return self.read_many([text], k, gates)[0]

    def read_many(
        self, texts: Sequence[str], k: int = 3, gates: np.ndarray | None = None
    ) -> list[Reading]:
        """Read texts in batches of similar length; readings come in the texts' order.

        k: predictions for each [MASK], 1 to MAX_K.
        gates: [layers, heads], multiplied with each head's output in every text
        (1 = as trained, 0 = silent); None leaves all heads as trained.
        Raises UnreadableText for the first text that cannot be read.
        """
        if not 1 <= k <= MAX_K:
            raise ValueError(f"k is {k}; ask for 1 to {MAX_K} predictions.")
        if gates is None:
            gates = np.ones(self.shape, np.float32)
        if np.shape(gates) != self.shape:
            raise ValueError(f"gates have shape {np.shape(gates)}, not {self.shape}.")
        encodings = [self._tokenizer.encode(text) for text in texts]
        spans = [encoding.offsets for encoding in encodings]
        found = self._read_encoded(texts, encodings, spans, k, gates)
        return [reading for _, reading in sorted(found, key=lambda pair: pair[0])]

    def read_each(
        self, texts: Iterable[str], k: int = 3
    ) -> Iterator[Reading | UnreadableText]:
        """Yield each text's reading, or what is wrong with it, in the texts' order.

        Texts are read in groups, each when its first result is asked for, so that many
        texts take no more memory than few and a caller can stop at any time.
        k: as for `read_many`.
        """
        for group in groups(texts):
            results: dict[int, Reading | UnreadableText] = {}
            encodings: dict[int, Encoding] = {}
            for i, text in enumerate(group):
                try:
                    encodings[i] = self._tokenizer.encode(text)
                except UnreadableText as fault:
                    results[i] = fault
            numbers = list(encodings)
            found = self._read_encoded(
                [group[i] for i in numbers],
                list(encodings.values()),
                [encoding.offsets for encoding in encodings.values()],
                k,
                np.ones(self.shape, np.float32),
            )
            results |= {numbers[i]: reading for i, reading in found}
            yield from (results.pop(i) for i in range(len(group)))

    def read_words(
        self, sentences: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, Reading | UnreadableText]]:
        """Read sentences whose words somebody else divided, such as a treebank's.

        Yields a sentence's number and its reading or what is wrong with it, batch by
        batch, so that few readings are there at once. A reading's text is its words
        with spaces between them, and its word_ids count them: word 2 of the sentence
        is that of the pieces with word_id 2. A word may have no piece.
        """
        texts, encodings, spans, numbers = [], [], [], []
        for number, words in enumerate(sentences):
            try:
                encoding = self._tokenizer.encode(" ".join(words), words)
            except UnreadableText as fault:
                yield number, fault
                continue
            texts.append(" ".join(words))
            encodings.append(encoding)
            spans.append(list(spans_in_text(encoding, words)))
            numbers.append(number)
        gates = np.ones(self.shape, np.float32)
        for i, reading in self._read_encoded(texts, encodings, spans, 1, gates):
            yield numbers[i], reading

    def _read_encoded(
        self,
        texts: Sequence[str],
        encodings: Sequence[Encoding],
        spans: Sequence[Sequence[tuple[int, int]]],
        k: int,
        gates: np.ndarray,
    ) -> Iterator[tuple[int, Reading]]:
        """Yield each text's number and reading, in batches of similar length."""
        for batch in batches([len(e.ids) for e in encodings], self._bytes_per_cell):
            rows = [encodings[i].ids for i in batch]
            attention, logits = self._run(rows, gates[None])
            for row, i in enumerate(batch):
                inputs = texts[i], encodings[i], spans[i], attention[:, row]
                yield i, self._reading(*inputs, logits[row], k)

    def guess(self, text: str, word: str) -> tuple[Guess, ...]:
        """Return how likely the model finds a word at each [MASK] of a text.

        word: one word piece, such as "table", or "##ly" for a continuation.
        Raises UnreadableText for the text or the word (for a word mostly NotOnePiece).
        """
        rows = [self._tokenizer.encode(text).ids]
        id_ = self._tokenizer.id_of(word)
        _, (logits,) = self._run(rows, np.ones((1, *self.shape), np.float32))
        return tuple(
            Guess(
                token=self._tokenizer.vocabulary[id_],
                probability=float(softmax(row)[id_]),
                rank=int((row > row[id_]).sum()) + 1,
            )
            for row in logits
        )

    def probabilities(
        self, text: str, gates: np.ndarray
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Run one text once for each row of gates, as many runs at a time as fit.

        gates: [runs, layers, heads]. Yields the number of the first run of a batch,
        and its probabilities [runs of the batch, masks, vocabulary].
        Raises UnreadableText.
        """
        ids = self._tokenizer.encode(text).ids
        n_masks = ids.count(self._tokenizer.mask_id)
        run_bytes = len(ids) ** 2 * self._bytes_per_cell
        run_bytes += 4 * n_masks * len(self._tokenizer.vocabulary)
        at_once = max(1, RUNS_BYTES // run_bytes)
        for start in range(0, len(gates), at_once):
            some = gates[start : start + at_once]
            logits = self._run_logits([ids] * len(some), some)
            yield start, softmax(np.stack(logits))

    @property
    def _bytes_per_cell(self) -> int:
        return 4 * self.encoder.n_layers * self.encoder.n_heads

    def _run(
        self, rows: Sequence[Sequence[int]], gates: np.ndarray
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return attention [layers, batch, heads, n, n] and each row's logits.

        gates: [1 or batch, layers, heads].
        """
        ids, padding_mask, masks = self._padded(rows)
        inputs = ids, padding_mask, masks, gates
        attention, logits = self._call(self.encoder, *inputs)
        return attention, [logits[masks[:, 0] == i] for i in range(len(rows))]

    def _run_logits(
        self, rows: Sequence[Sequence[int]], gates: np.ndarray
    ) -> list[np.ndarray]:
        """Return each row's logits alone; see `_run`."""
        ids, padding_mask, masks = self._padded(rows)
        logits = self._call(self.encoder.logits, ids, padding_mask, masks, gates)
        return [logits[masks[:, 0] == i] for i in range(len(rows))]

    def _padded(self, rows: Sequence[Sequence[int]]) -> tuple[np.ndarray, ...]:
        """Return ids, padding mask and masks as the encoder takes them."""
        longest = max(map(len, rows))
        ids = np.zeros((len(rows), longest), np.int32)
        padding_mask = np.zeros((len(rows), longest), np.float32)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            padding_mask[i, : len(row)] = 1
        return ids, padding_mask, np.argwhere(ids == self._tokenizer.mask_id)

    def _call(self, function: Callable[..., Output], *inputs: np.ndarray) -> Output:
        with PAGES.paused():
            # Many threads may run a compiled function; only one may trace it.
            if function not in self._compiled:
                with self._compiling:
                    result = function(*inputs)
                    self._compiled.add(function)
                    return result
            with EVERYBODY.turn():
                return function(*inputs)

    def _reading(
        self,
        text: str,
        encoding: Encoding,
        spans: Sequence[tuple[int, int]],
        attention: np.ndarray,
        logits: np.ndarray,
        k: int,
    ) -> Reading:
        n_tokens = len(encoding.ids)
        # Copied out of a batch, so that a reading does not keep all of it alive; a
        # text that ran alone is taken as it is.
        attention = np.ascontiguousarray(attention[:, :, :n_tokens, :n_tokens])
        attention.flags.writeable = False
        masks = [
            i for i, id_ in enumerate(encoding.ids) if id_ == self._tokenizer.mask_id
        ]
        return Reading(
            text=text,
            model=self.model,
            tokens=tuple(encoding.tokens),
            ids=tuple(encoding.ids),
            word_ids=tuple(encoding.word_ids),
            spans=tuple(spans),
            mask_positions=tuple(masks),
            predictions=tuple(
                tuple(self._predictions(text, spans[mask], row, k))
                for mask, row in zip(masks, logits, strict=True)
            ),
            attention=attention,
        )

    def _predictions(
        self, text: str, span: tuple[int, int], logits: np.ndarray, k: int
    ) -> Iterator[Prediction]:
        probabilities = softmax(logits)
        for id_ in top_ids(logits, k):
            token = self._tokenizer.vocabulary[id_]
            yield Prediction(
                token=token,
                id=int(id_),
                probability=float(probabilities[id_]),
                sentence="".join(fill_parts(text, span, token)),
            )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn logits into probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def top_ids(logits: np.ndarray, k: int) -> np.ndarray:
    """Return the ids of the k highest logits, highest first; the lower of equals first.

    >>> top_ids(np.array([0.0, 2.0, 1.0, 2.0]), 3)
    array([1, 3, 2])
    """
    k = min(k, len(logits))
    threshold = np.partition(logits, -k)[-k]
    candidates = np.flatnonzero(logits >= threshold)
    return candidates[np.argsort(-logits[candidates], kind="stable")][:k]
