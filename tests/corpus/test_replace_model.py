"""python -m corpus.replace_model, in a copy of the project, with a tiny random BERT."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from attention.atlas.file import load
from attention.lessons import lessons
from corpus import replace_model
from model_cache.catalog import BUNDLED
from model_cache.checkpoint import read_checkpoint
from model_cache.engine import Engine
from model_cache.hashes import weights_sha256
from tests.support.random_bert import write_random_bert
from tests.support.serving import ROOT

pytestmark = pytest.mark.slow
FACTS = ROOT / "model_cache/bundled/facts.json"
VOCABULARY = (ROOT / "model_cache/bundled/vocab.txt").read_text("utf-8").splitlines()
# As far as its first example: each of them loads TensorFlow.
README = (
    (ROOT / "README.md").read_text("utf-8").partition("$ python mask.py --claims")[0]
)
TINY = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 24}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of what the command reads."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    for part in ("attention", "claims", "command", "corpus", "lessons", "model_cache"):
        ignored = shutil.ignore_patterns("__pycache__", "treebanks")
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    shutil.copyfile(ROOT / "mask.py", copy / "mask.py")
    (copy / "README.md").write_text(README, "utf-8")
    return copy


def run(project: Path, *arguments: Path | str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "corpus.replace_model", *map(str, arguments)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


@pytest.fixture(scope="module")
def replaced(project, tmp_path_factory) -> subprocess.CompletedProcess:
    folder = tmp_path_factory.mktemp("tiny") / "bert"
    write_random_bert(folder, vocabulary=VOCABULARY, **TINY)
    return run(project, folder, "corpus/small.conllu")


def test_the_checkpoint_is_copied_with_its_sums(project, replaced):
    bundled = project / "model_cache/bundled"
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    done = subprocess.run(check, cwd=bundled, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = {line.split(": ")[0] for line in done.stdout.splitlines()}
    files = ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"]
    assert listed == set(files)  # the former tokenizer.json is of another model
    assert json.loads((bundled / "config.json").read_text())["hidden_size"] == 24
    kept = ["LICENSE", "README.md", "SHA256SUMS", "facts.json"]
    assert sorted(p.name for p in bundled.iterdir()) == sorted(files + kept)
    assert sorted(p.name for p in (project / "model_cache").glob("bundled*")) == [
        "bundled"
    ]


def test_atlas_and_facts_are_of_the_new_weights(project, replaced):
    bundled = project / "model_cache/bundled"
    sums = (bundled / "SHA256SUMS").read_text().splitlines()
    sha256 = next(s.split()[0] for s in sums if s.endswith(" model.safetensors"))
    atlas = load((project / f"corpus/atlases/{BUNDLED}.npz").read_bytes())
    assert atlas.source.model_sha256 == sha256
    assert list(atlas.source.files) == ["small.conllu"]
    facts = json.loads((bundled / "facts.json").read_text())
    assert facts["model_sha256"] == sha256
    assert facts["words"].keys() == json.loads(FACTS.read_text())["words"].keys()


def test_lost_points_of_lessons_are_told_with_their_reasons(replaced):
    assert replaced.returncode == 1, replaced.stderr
    told = replaced.stdout
    assert (
        "Lesson next-word: it no longer holds that the next-word head is layer 3, head"
    ) in told
    assert (
        "Lesson resting-place: it no longer holds that most heads of the layer rest"
    ) in told


def test_lessons_and_readme_tell_what_the_new_model_answers(project, replaced):
    code = "from attention.lessons import lessons; print(len(lessons()))"
    read = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True
    )
    assert read.stdout == f"{len(lessons())}\n", read.stderr
    words = json.loads((project / "model_cache/bundled/facts.json").read_text())
    text = "Then I picked up a [MASK] from the table."
    best = words["words"][text][0].removeprefix("##")
    readme = (project / "README.md").read_text()
    assert readme != README
    assert any(
        line.startswith("Then I picked up a") and line.endswith("from the table.")
        for line in readme.splitlines()
        if best in line
    )


@pytest.fixture
def refused(monkeypatch, capsys):
    """Run the command here, where it must not come to changing anything."""

    def run(*arguments: Path | str) -> str:
        assert replace_model.main([*map(str, arguments)]) == 1
        return capsys.readouterr().err

    def load_engine(folder: Path):
        return Engine(BUNDLED, read_checkpoint(folder))

    # A process that runs TensorFlow can no longer choose its number of threads.
    monkeypatch.setattr(replace_model, "load_engine", load_engine)
    monkeypatch.setattr(replace_model, "copy", lambda folder: pytest.fail("copied"))
    return run


def test_a_folder_that_cannot_be_bundled_is_refused_with_the_reason(refused, tmp_path):
    small = write_random_bert(tmp_path / "small", vocabulary=VOCABULARY)
    assert "There is no folder" in refused(tmp_path / "missing", "x.conllu")
    assert "has 2 layers of 4 heads" in refused(small, "x.conllu")
    assert "config.json is missing or damaged" in refused(ROOT / "lessons", "x.conllu")


def test_weights_without_finite_numbers_are_refused(refused, tmp_path):
    folder = write_random_bert(tmp_path / "nan", vocabulary=VOCABULARY, **TINY)
    arrays = load_file(folder / "model.safetensors")
    arrays["cls.predictions.bias"][:] = np.nan
    save_file(arrays, folder / "model.safetensors")
    assert "its numbers are not finite" in refused(folder, "x.conllu")


def test_other_weights_need_treebanks_for_their_atlas(refused, tmp_path):
    other = write_random_bert(tmp_path / "other", vocabulary=VOCABULARY, **TINY)
    assert "Name the treebanks" in refused(other)


def test_the_atlass_own_weights_need_none():
    bundled = ROOT / "model_cache/bundled"
    replace_model.require_atlas_of(weights_sha256(bundled))
