"""python -m corpus.replace_model: another checkpoint in the bundled model's place.

It copies the checkpoint and remakes what is said of it: the atlas, the file of facts
that lessons and tests read, and the outputs in the README. It names each lesson whose
point is lost: that lesson needs another sentence, or another head.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import corpus.atlas  # first, since it sets the number of NumPy's threads
from attention.atlas.file import BadAtlas, load
from attention.facts import FILE as FACTS
from attention.lessons import FOLDER as LESSONS
from attention.lessons import Lesson, raw_lesson
from attention.showcase import DEFAULT_TEXT
from command.terminal import Failed, say
from corpus.facts import measure_facts
from corpus.readme import ROOT, with_outputs
from corpus.treebank import NotATreebank
from corpus.work import engine_of
from model_cache.catalog import BUNDLED, BUNDLED_MODEL
from model_cache.checkpoint import CONFIG, BrokenCheckpoint
from model_cache.hashes import WEIGHTS, weights_sha256, write_sums
from model_cache.hub import BUNDLED_FOLDER, TOKENIZER_CONFIG, TOKENIZER_FILES

if TYPE_CHECKING:
    from model_cache.engine import Engine

MODEL_FILES = (CONFIG, WEIGHTS, TOKENIZER_CONFIG, *TOKENIZER_FILES)
TEXT_FILES = ("README.md", "LICENSE")  # the former model's stay where there is none
ATLAS = corpus.atlas.ATLASES / f"{BUNDLED}.npz"
README = ROOT / "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 1 if something is left to do by hand."""
    options = parser().parse_args(arguments)
    try:
        lost = replace(options.folder, options.treebanks)
    except (
        Failed,
        BadAtlas,
        BrokenCheckpoint,
        NotATreebank,
        OSError,
        ValueError,
        subprocess.CalledProcessError,
    ) as error:
        say(f"replace_model: {error}")
        return 1
    for sentence in lost:
        print(sentence)
    print("Look at `git diff`, then make the screenshots again: make shots")
    return 1 if lost else 0


def parser() -> argparse.ArgumentParser:
    """Return the command's options."""
    made = argparse.ArgumentParser(
        prog="python -m corpus.replace_model", description=__doc__
    )
    made.add_argument("folder", type=Path, metavar="FOLDER", help="of the checkpoint")
    made.add_argument(
        "treebanks",
        nargs="*",
        type=Path,
        metavar="TREEBANK.conllu",
        help="for the atlas, as for python -m corpus.atlas; may be left out where the "
        "weights are the ones that the atlas was measured with",
    )
    return made


def replace(folder: Path, treebanks: Sequence[Path]) -> list[str]:
    """Put a checkpoint in the bundled model's place, and remake what is said of it.

    Returns a sentence for each point of a lesson that is lost. Raises Failed,
    BrokenCheckpoint and NotATreebank; until the checkpoint is found to be good,
    nothing is changed.
    """
    require_model(folder)
    if not treebanks:
        require_atlas_of(weights_sha256(folder))
    copy(folder)
    say(f"{BUNDLED_FOLDER}: copied from {folder}")
    if treebanks:
        corpus.atlas.make(treebanks, BUNDLED_MODEL, ATLAS)
    measurement = measure_facts(
        load_engine(BUNDLED_FOLDER), weights_sha256(BUNDLED_FOLDER), raw_lessons()
    )
    text = json.dumps(measurement.facts, ensure_ascii=False, indent=1)
    FACTS.write_text(f"{text}\n", encoding="utf-8")
    say(f"{FACTS}: written")
    README.write_text(
        with_outputs(README.read_text(encoding="utf-8")), encoding="utf-8"
    )
    say(f"{README}: outputs written")
    return measurement.lost


def require_model(folder: Path) -> None:
    """Raise Failed or BrokenCheckpoint for a folder that cannot be bundled."""
    if not folder.is_dir():
        raise Failed(f"There is no folder {folder}.")
    engine = load_engine(folder)
    if engine.shape != BUNDLED_MODEL.shape:
        raise Failed(
            f"{folder} has {engine.shape[0]} layers of {engine.shape[1]} heads. The "
            f"page, its lessons and the name {BUNDLED} are about "
            f"{BUNDLED_MODEL.layers} of {BUNDLED_MODEL.heads}; give such a model."
        )
    (predictions,) = engine.read(DEFAULT_TEXT).predictions
    if not predictions:
        raise Failed(f"{folder} predicts no words: its numbers are not finite.")


def load_engine(folder: Path) -> "Engine":
    """Return the engine of a folder. Raises BrokenCheckpoint."""
    return engine_of(folder, BUNDLED, corpus.atlas.N_THREADS)


def require_atlas_of(model_sha256: str) -> None:
    """Raise Failed unless the shipped atlas was measured with these weights."""
    if load(ATLAS.read_bytes()).source.model_sha256 != model_sha256:
        raise Failed(
            "The atlas was measured with other weights. Name the treebanks to measure, "
            "such as en_ewt-ud-dev.conllu en_ewt-ud-test.conllu."
        )


def copy(folder: Path) -> None:
    """Copy a checkpoint over the bundled one, all of it or nothing. Raises OSError."""
    staged = BUNDLED_FOLDER.with_name("bundled.new")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    names = [name for name in MODEL_FILES if (folder / name).is_file()]
    sources = [folder / name for name in names]
    for name in TEXT_FILES:
        places = (folder / name, BUNDLED_FOLDER / name)
        sources += [next(place for place in places if place.is_file())]
    for source in sources:
        shutil.copyfile(source, staged / source.name)
    write_sums(staged, names)
    former = BUNDLED_FOLDER.with_name("bundled.old")
    BUNDLED_FOLDER.rename(former)
    staged.rename(BUNDLED_FOLDER)
    shutil.rmtree(former)


def raw_lessons() -> dict[str, Lesson]:
    """Return the lessons in their order, with facts named and not filled in.

    Raises BadLesson.
    """
    read = [raw_lesson(path) for path in sorted(LESSONS.glob("*.md"))]
    return {one.slug: one for one in sorted(read, key=lambda one: one.number)}


if __name__ == "__main__":
    sys.exit(main())
