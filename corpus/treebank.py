"""CoNLL-U treebanks, read block by block: sentences and their dependencies.

The format is https://universaldependencies.org/format.html; the conllu library reads
its lines. A sentence that breaks the rules is skipped and reported, with file and line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import conllu
from conllu.models import Token

COLUMNS = 10
SEPARATOR = re.compile("\t| {2,}")  # as the library has it
# Sentences measured and kept together: enough to batch well, few enough that little
# is lost when a run is killed.
BLOCK_SENTENCES = 256
# Of a block; one of English sentences has 0.3 MB.
MOST_BYTES = 32_000_000
MOST_REASON = 200  # characters; a reason may cite what a line has

Row = tuple[int, Token]  # with the number of its line


class NotATreebank(ValueError):
    """str() says why a file is not CoNLL-U, and what to do."""


@dataclass(frozen=True)
class Word:
    """A word of the grammar; of a contraction ("don't") each part is one."""

    token: int  # the token of its sentence that it is, or is a part of
    part_of_speech: str  # universal, such as "ADV"
    relation: str  # to its governor, such as "advmod"
    governor: int | None  # a word of its sentence; None for the root


@dataclass(frozen=True)
class Sentence:
    name: str  # the treebank's own, or ""
    text: str
    tokens: tuple[str, ...]  # as written: "don't" is one
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Malformed:
    """A sentence that cannot be used, and why."""

    file: str
    line: int  # counts from 1
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Block:
    """Sentences that stand together in a file."""

    path: str
    start: int  # bytes
    length: int
    line: int  # of its first byte; counts from 1
    sentence: int  # of its first sentence in the file; counts from 0


class _BadLine(Exception):
    def __init__(self, line: int, reason: str):
        super().__init__(reason[:MOST_REASON])
        self.line = line


def blocks(path: Path) -> Iterator[Block]:
    """Divide a treebank into blocks of BLOCK_SENTENCES sentences, in one pass.

    Raises OSError, and NotATreebank for a file that blank lines do not divide.
    """
    start = position = sentence = n_sentences = 0
    start_line = line = 1
    is_inside = False
    with path.open("rb") as file:
        # Not a line at a time: one without an end would fill the memory.
        while content := file.readline(MOST_BYTES):
            position += len(content)
            line += content.endswith(b"\n")
            is_blank = not content.strip()
            n_sentences += is_inside and is_blank
            is_inside = not is_blank
            if position - start > MOST_BYTES:
                raise NotATreebank(
                    f"{path}, line {start_line}: from here on, {BLOCK_SENTENCES} "
                    f"sentences take over {MOST_BYTES // 1_000_000} MB. Give a file in "
                    "CoNLL-U, where a blank line ends each sentence."
                )
            if n_sentences == BLOCK_SENTENCES:
                yield Block(str(path), start, position - start, start_line, sentence)
                sentence += n_sentences
                start, start_line, n_sentences = position, line, 0
    if position > start:
        yield Block(str(path), start, position - start, start_line, sentence)


def read_block(block: Block) -> Iterator[Sentence | Malformed]:
    """Yield a block's sentences in their order. Raises OSError."""
    with open(block.path, "rb") as file:
        file.seek(block.start)
        content = file.read(block.length)
    lines: list[tuple[int, bytes]] = []
    # A blank line more, in case that the file's last sentence has none.
    for number, line in enumerate([*content.split(b"\n"), b""], block.line):
        if line.strip():
            lines.append((number, line))
        elif lines:
            try:
                yield _sentence(lines)
            except _BadLine as error:
                yield Malformed(Path(block.path).name, error.line, str(error))
            lines = []


def _sentence(lines: list[tuple[int, bytes]]) -> Sentence:
    """Raise _BadLine for the first line that is not as CoNLL-U has it."""
    rows, comments = [], {}
    for number, line in lines:
        try:
            written = line.decode("utf-8").removeprefix("\ufeff").rstrip("\r")
            if written.startswith("#"):
                name, _, value = written[1:].partition("=")
                comments[name.strip()] = value.strip()
                continue
            columns = SEPARATOR.split(written)
            if len(columns) != COLUMNS:
                raise _BadLine(
                    number, f"{len(columns)} columns where CoNLL-U has {COLUMNS}"
                )
            # The library strips lines, so that empty columns would not be there.
            if not all(column.strip() for column in columns):
                raise _BadLine(number, "an empty column, where CoNLL-U has _")
            ((row,),) = conllu.parse(written)
        except UnicodeDecodeError as error:
            raise _BadLine(number, "not UTF-8") from error
        except conllu.exceptions.ParseException as error:
            raise _BadLine(number, str(error)) from error
        except ValueError as error:  # a number of too many digits, " #" for a number
            raise _BadLine(number, "not a line of CoNLL-U") from error
        rows.append((number, row))
    if not rows:
        raise _BadLine(lines[0][0], "a sentence without words")
    written_as, token_of = _tokens(rows)
    return Sentence(
        name=comments.get("sent_id", ""),
        text=comments.get("text") or _joined(written_as),
        tokens=tuple(row["form"] for row in written_as),
        words=tuple(_words(rows, token_of)),
    )


def _tokens(rows: Sequence[Row]) -> tuple[list[Token], list[int]]:
    """Return the rows that stand for what is written, and each word's token."""
    written_as: list[Token] = []
    token_of: list[int] = []
    covered = 0  # words up to this one stand in the last token
    for number, row in rows:
        id_ = row["id"]
        if isinstance(id_, tuple) and id_[1] == ".":  # a word that is not written
            continue
        if isinstance(id_, tuple):
            if id_[0] != len(token_of) + 1 or id_[2] < id_[0] or covered >= id_[0]:
                raise _BadLine(number, f"{id_[0]}-{id_[2]} is not a range from here on")
            written_as.append(row)
            covered = id_[2]
            continue
        if id_ != len(token_of) + 1:
            raise _BadLine(number, f"word {id_} where {len(token_of) + 1} is next")
        if id_ > covered:
            written_as.append(row)
        token_of.append(len(written_as) - 1)
    if covered > len(token_of):
        raise _BadLine(rows[-1][0], f"a range reaches to word {covered}, not there")
    return written_as, token_of


def _words(rows: Sequence[Row], token_of: Sequence[int]) -> Iterator[Word]:
    for number, row in rows:
        id_, governor = row["id"], row["head"]
        if isinstance(id_, tuple):
            continue
        if governor is None or not 0 <= governor <= len(token_of) or governor == id_:
            raise _BadLine(number, f"word {id_} cannot depend on {governor}")
        if row["deprel"] in (None, "_"):
            raise _BadLine(number, f"word {id_} has no relation")
        yield Word(
            token=token_of[id_ - 1],
            part_of_speech=row["upos"] or "",
            relation=row["deprel"],
            governor=governor - 1 if governor else None,
        )


def _joined(written_as: Sequence[Token]) -> str:
    spaces = [
        "" if (row["misc"] or {}).get("SpaceAfter") == "No" else " "
        for row in written_as
    ]
    forms = [row["form"] for row in written_as]
    return "".join(f + s for f, s in zip(forms, spaces, strict=True)).strip()
