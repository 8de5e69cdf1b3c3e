"""python -m corpus.atlas: the same atlas however it is made, and no work done twice."""

import subprocess
import sys
from collections.abc import Mapping
from itertools import product

import numpy as np
import psutil
import pytest

from attention.atlas.file import load
from attention.atlas.rates import Relation
from attention.atlas.relations import ADVERB_VERB, FAR, NEAR
from corpus import atlas, treebank
from corpus.counts import Counts
from corpus.work import do, jobs
from model_cache.catalog import BUNDLED
from tests.support.serving import ROOT

pytestmark = pytest.mark.slow
BLOCKS = 32
# Of a cluster that notices in seconds when a machine is gone.
ATTENTIVE = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_failure_threshold": 2,
}
SENTENCES = list(
    product(
        ("turtle", "cook", "teacher", "man"),
        ("moved", "laughed", "slept", "waited"),
        ("slowly", "quietly", "often", "again"),
        (True, False),
    )
)


def conllu(subject: str, verb: str, adverb: str, is_last: bool) -> str:
    """Write "The cook waited again." or "Again the cook waited." in CoNLL-U."""
    words = [("the", "DET", 2, "det"), (subject, "NOUN", 3, "nsubj")]
    words += [(verb, "VERB", 0, "root"), (adverb, "ADV", 3, "advmod")]
    if not is_last:
        words = [(w, kind, g and g + 1, relation) for w, kind, g, relation in words]
        words = [words[-1], *words[:-1]]
    words.append((".", "PUNCT", 3 if is_last else 4, "punct"))
    return "".join(
        f"{i}\t{word}\t_\t{kind}\t_\t_\t{governor}\t{relation}\t_\t_\n"
        for i, (word, kind, governor, relation) in enumerate(words, 1)
    )


@pytest.fixture
def treebank_file(tmp_path, monkeypatch):
    monkeypatch.setattr(treebank, "BLOCK_SENTENCES", len(SENTENCES) // BLOCKS)
    path = tmp_path / "own.conllu"
    path.write_text("\n".join(conllu(*words) for words in SENTENCES))
    return path


@pytest.fixture
def here(monkeypatch, bundled_engine):
    """Let the command work in this process, and count the blocks that it measures."""
    measured = []

    def counted(engine, job):
        measured.append(job)
        return do(engine, job)

    monkeypatch.setattr(atlas, "find_spec", lambda name: None)
    monkeypatch.setattr(atlas, "load_engine", lambda *_: bundled_engine)
    monkeypatch.setattr(atlas, "do", counted)
    return measured


def run(treebank_file, *options: str) -> int:
    out = treebank_file.with_name("atlas.npz")
    return atlas.main(
        [str(treebank_file), "--model", BUNDLED, "--out", str(out), *options]
    )


def test_the_command_writes_what_a_person_counts(treebank_file, here, capsys):
    assert run(treebank_file) == 0
    found = load(treebank_file.with_name("atlas.npz").read_bytes())
    n = len(SENTENCES)
    assert found.source.sentences == n
    assert found.source.model == BUNDLED
    assert found.source.files == {"own.conllu": atlas.sha256(treebank_file)}
    assert {name: one.n for name, one in found.relations.items()} == {
        **{name: n for name in ("det", "nsubj", "advmod", "punct", ADVERB_VERB)},
        # "moved slowly" in one half, "Slowly the turtle moved" in the other.
        **{NEAR: n / 2, FAR: n / 2},
    }
    # Every sentence is of the other half than the one before it.
    assert found.relations["det"].instances.tolist() == [n / 2, n / 2]
    assert found.relations["det"].baseline(0) == (1, 1.0)
    assert found.relations[FAR].baseline(0) == (3, 1.0)
    assert "determiner → its noun" in capsys.readouterr().out
    assert not treebank_file.with_name("atlas.npz.parts").exists()


def test_of_two_treebanks_heads_are_chosen_on_the_first(treebank_file, here):
    other = treebank_file.with_name("other.conllu")
    other.write_text("\n".join(conllu(*words) for words in SENTENCES[:20]))
    assert run(treebank_file, str(other)) == 0
    found = load(treebank_file.with_name("atlas.npz").read_bytes())
    assert found.relations["det"].instances.tolist() == [len(SENTENCES), 20]


def test_a_run_that_was_stopped_goes_on_where_it_was(
    treebank_file, here, monkeypatch, capsys
):
    keep = atlas.Parts.keep

    def stop_after_three(self, number, counts):
        keep(self, number, counts)
        if number == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(atlas.Parts, "keep", stop_after_three)
    assert run(treebank_file) == 130
    assert "goes on from here" in capsys.readouterr().err
    monkeypatch.setattr(atlas.Parts, "keep", keep)
    assert run(treebank_file) == 0
    assert "3 of 32 blocks were measured before" in capsys.readouterr().err
    assert len(here) == len(set(here)) == BLOCKS
    in_two = treebank_file.with_name("atlas.npz").read_bytes()
    assert run(treebank_file) == 0
    assert treebank_file.with_name("atlas.npz").read_bytes() == in_two


def test_a_damaged_part_is_measured_again(treebank_file, here, monkeypatch, capsys):
    keep = atlas.Parts.keep

    def damage_one(self, number, counts):
        keep(self, number, counts[:-9] if number == 5 else counts)

    with monkeypatch.context() as damaging:
        damaging.setattr(atlas.Parts, "keep", damage_one)
        assert run(treebank_file) == 1
    assert "block-0000005.npz was damaged" in capsys.readouterr().err
    assert run(treebank_file) == 0
    assert len(here) == BLOCKS + 1


def test_parts_of_another_treebank_are_not_used(treebank_file, here, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(atlas.Parts, "add_up", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(treebank_file)
    treebank_file.write_text("\n".join(conllu(*words) for words in SENTENCES[:64]))
    assert run(treebank_file) == 0
    found = load(treebank_file.with_name("atlas.npz").read_bytes())
    assert found.source.sentences == 64


def test_a_malformed_sentence_is_told_and_the_others_count(treebank_file, here, capsys):
    text = treebank_file.read_text()
    treebank_file.write_text(text.replace("2\tturtle\t_", "2\tturtle", 1))
    assert run(treebank_file) == 0
    said = capsys.readouterr().err
    assert "own.conllu, line 2: 9 columns where CoNLL-U has 10" in said
    assert "Skipped: 1 malformed sentences" in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.conllu", None, "No such file"),
        ("empty.conllu", b"", "No relation has 50 instances here"),
        ("few.conllu", conllu(*SENTENCES[0]).encode(), "No relation has 50"),
        ("noise.conllu", bytes(range(256)) * 9, "No relation has 50"),
    ],
)
def test_a_file_of_no_use_ends_in_a_sentence(
    tmp_path, here, capsys, name, content, says
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "atlas.npz").exists()


def test_a_parquet_file_is_not_written_any_more(treebank_file, here, capsys):
    old = treebank_file.with_name("atlas.parquet")
    assert run(treebank_file, "--out", str(old)) == 1
    assert capsys.readouterr().err == (
        "atlas: Atlases are .npz files now, no longer Parquet: make a new one with "
        "`python -m corpus.atlas TREEBANK.conllu --model MODEL --out FILE.npz`.\n"
    )
    assert not old.exists()
    assert not here


def test_an_address_needs_ray(treebank_file, here, capsys):
    assert run(treebank_file, "--address", "127.0.0.1:1") == 1
    assert "pip install -r requirements-atlas.txt" in capsys.readouterr().err


def assert_same(found: Mapping[str, Relation], expected: Mapping[str, Relation]):
    assert found.keys() == expected.keys()
    for name, relation in expected.items():
        for part in ("instances", "hits", "offsets"):
            assert np.array_equal(getattr(found[name], part), getattr(relation, part))


def test_ray_on_this_machine_makes_the_atlas_of_a_plain_loop(treebank_file, here):
    assert run(treebank_file) == 0
    plain = treebank_file.with_name("atlas.npz").read_bytes()
    subprocess.run(
        [sys.executable, "-m", "corpus.atlas", treebank_file]
        + ["--model", BUNDLED, "--out", treebank_file.with_name("ray.npz")],
        cwd=ROOT,
        check=True,
    )
    on_ray = treebank_file.with_name("ray.npz").read_bytes()
    assert_same(load(on_ray).relations, load(plain).relations)
    # NumPy's threads, as many as it likes here and one there, change last digits.
    assert np.allclose(load(on_ray).habits.mean, load(plain).habits.mean, rtol=1e-5)


def test_more_workers_and_lost_machines_change_no_count(treebank_file, bundled_engine):
    """Two machines, each some processes here; one loses its worker, then is lost."""
    from ray.cluster_utils import Cluster

    from corpus.on_ray import run as run_on_ray

    todo = dict(enumerate(jobs([treebank_file])))
    head = {"num_cpus": 1, "include_dashboard": False, "_system_config": ATTENTIVE}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        machine = cluster.add_node(num_cpus=1)
        of_one = dict(run_on_ray(todo, BUNDLED, cluster.address, n_workers=1))
        of_two = {}
        for number, counts in run_on_ray(todo, BUNDLED, cluster.address):
            of_two[number] = counts
            if len(of_two) == 4:
                workers(machine)[0].kill()
            if len(of_two) == 8:
                cluster.remove_node(machine, allow_graceful=False)
    finally:
        cluster.shutdown()
    assert of_one.keys() == todo.keys()
    assert of_two == of_one  # bit by bit
    for number, job in todo.items():
        plain = do(bundled_engine, job).relations
        assert_same(Counts.from_bytes(of_one[number]).relations, plain)


def workers(machine) -> list[psutil.Process]:
    """Return a machine's processes with an engine."""
    raylet = machine.all_processes["raylet"][0].process
    return [
        process
        for process in psutil.Process(raylet.pid).children(recursive=True)
        if "MapWorker" in " ".join(process.cmdline())
    ]
