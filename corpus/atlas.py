"""python -m corpus.atlas: what every head does over the sentences of a treebank."""

import os

# Before NumPy is loaded: with another number of threads, the last digits of its
# products would be others, and an atlas would depend on where it was made.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import argparse
import secrets
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from attention.atlas.file import OLD, VERSION, save
from attention.atlas.rates import LABELS, LEAST_INSTANCES, Atlas, Source, held_out
from attention.atlas.relations import TO_GOVERNOR, relation_name
from command.files import make_folder, write_whole
from command.models import default_model
from command.terminal import Failed, progress, say
from corpus.counts import Counts
from corpus.parts import Parts
from corpus.treebank import BLOCK_SENTENCES, NotATreebank
from corpus.work import Job, do, jobs, load_engine, local_folder
from model_cache.catalog import Model, UnknownModel, find_model
from model_cache.checkpoint import BrokenCheckpoint
from model_cache.hashes import sha256, weights_sha256
from model_cache.hub import DownloadFailed

SHOWN = 10  # relations
N_THREADS = os.cpu_count() or 1  # of one process alone
ATLASES = Path(__file__).with_name("atlases")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = parser().parse_intermixed_args(arguments)
    try:
        model = find_model(options.model) if options.model else default_model()
        out = options.out or ATLASES / f"{model.id}.npz"
        if out.suffix.lower() == ".parquet":
            raise Failed(OLD)
        make(options.treebanks, model, out, options.address)
    except (
        Failed,
        UnknownModel,
        DownloadFailed,
        BrokenCheckpoint,
        NotATreebank,
        OSError,
    ) as error:
        say(f"atlas: {error}")
        return 1
    except KeyboardInterrupt:
        say("atlas: stopped. The same command goes on from here.")
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command's options."""
    made = argparse.ArgumentParser(prog="python -m corpus.atlas", description=__doc__)
    made.add_argument(
        "treebanks",
        nargs="+",
        type=Path,
        metavar="TREEBANK.conllu",
        help="of several, heads are chosen on the first and measured on the others; "
        "of one, on every other sentence",
    )
    made.add_argument("--model", metavar="ID", help="as in the page's list of models")
    made.add_argument(
        "--out",
        type=Path,
        metavar="FILE.npz",
        help="default: where the page finds it, corpus/atlases",
    )
    made.add_argument(
        "--address", metavar="RAY", help="of a Ray cluster; default: this machine"
    )
    return made


def make(
    treebanks: Sequence[Path], model: Model, out: Path, address: str | None = None
) -> None:
    """Measure treebanks and write the atlas to `out`.

    Raises Failed, OSError, NotATreebank, DownloadFailed, BrokenCheckpoint.
    """
    names = [path.name for path in treebanks]
    if len(set(names)) < len(names):
        raise Failed("Two treebanks have the same file name. Rename one.")
    todo = dict(enumerate(jobs(treebanks)))
    model_sha256 = weights_sha256(local_folder(model))
    files = {path.name: sha256(path) for path in treebanks}
    plan = {
        "model": model.id,
        "model_sha256": model_sha256,
        "files": files,
        "sentences in a block": BLOCK_SENTENCES,
        "version": VERSION,
        "labels": LABELS,
    }
    parts = Parts(out.with_name(f"{out.name}.parts"), plan)
    work(todo, parts, model, address)
    total = parts.add_up(len(todo), model.shape)
    tell(total)
    source = Source(
        model.id,
        model_sha256,
        command(names, model),
        files,
        int(total.sentences.sum()),
        dict(total.skipped),
    )
    atlas = Atlas(source, total.frequent(), total.habits())
    if not atlas.relations:
        raise Failed(
            f"No relation has {LEAST_INSTANCES} instances here. Give more sentences."
        )
    make_folder(out.parent)
    write_whole(out, [save(atlas)])
    parts.remove()
    say(f"{out}: {len(atlas.relations)} relations of {source.sentences:,} sentences")


def work(
    todo: Mapping[int, Job], parts: Parts, model: Model, address: str | None
) -> None:
    """Measure the blocks that have not been measured, and keep them."""
    left = {number: job for number, job in todo.items() if not parts.has(number)}
    if len(left) < len(todo):
        say(f"{len(todo) - len(left)} of {len(todo)} blocks were measured before.")
    if not left:
        return
    done = len(todo) - len(left)
    with progress("Measuring", len(todo), initial=done, unit=" blocks") as bar:
        for number, counts in measured(left, model, address):
            parts.keep(number, counts)
            left.pop(number)
            bar.update()


def measured(
    left: Mapping[int, Job], model: Model, address: str | None
) -> Iterator[tuple[int, bytes]]:
    """Yield each job's number and counts: from Ray, or without it from this process."""
    is_shared = len(left) > 1 or address  # to start Ray takes longer than one block
    if is_shared and find_spec("ray"):
        if not address:
            lock_ray()
        from corpus.on_ray import run

        yield from run(dict(left), model.id, address)
        return
    if address:
        raise Failed("--address needs Ray: pip install -r requirements-atlas.txt")
    engine = load_engine(model.id, N_THREADS)
    for number, job in list(left.items()):
        yield number, do(engine, job).to_bytes()


def lock_ray() -> None:
    """Let nobody else use the Ray that starts here; it reads this when imported.

    It listens on every network, and runs whatever a holder of the token sends.
    """
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    os.environ.update(token)


def tell(total: Counts) -> None:
    """Say what was left out, and the best head of the commonest relations."""
    for line in total.malformed:
        say(line)
    for why, n in sorted(total.skipped.items()):
        say(f"Skipped: {n:,} {why}")
    for name, relation in list(total.frequent().items())[:SHOWN]:
        if found := held_out(relation, TO_GOVERNOR):
            print(
                f"{relation_name(name, TO_GOVERNOR)}: {found.head.name} "
                f"{found.rate:.0%}, best fixed offset {found.offset_rate:.0%} "
                f"(of {found.n:,})"
            )


def command(names: Sequence[str], model: Model) -> str:
    """Return the command that makes such an atlas again."""
    words = ["python", "-m", "corpus.atlas", *names, "--model", model.id]
    return shlex.join(words)


if __name__ == "__main__":
    sys.exit(main())
