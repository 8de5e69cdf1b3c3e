"""python -m corpus.replace_model, in a copy of the project, with a tiny random BERT."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from attention.atlas_file import load
from attention.lessons import lessons
from model_cache.catalog import BUNDLED
from tests.random_bert import write_random_bert
from tests.serving import ROOT

pytestmark = pytest.mark.slow
VOCABULARY = (ROOT / "model_cache/bundled/vocab.txt").read_text("utf-8").splitlines()
TINY = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 24}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of what the command reads."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    for part in ("attention", "claims", "command", "corpus", "lessons", "model_cache"):
        ignored = shutil.ignore_patterns("__pycache__", "treebanks")
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    for file in ("README.md", "mask.py"):
        shutil.copyfile(ROOT / file, copy / file)
    return copy


def run(project: Path, *arguments: Path | str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "corpus.replace_model", *map(str, arguments)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


def snapshot(project: Path) -> dict[Path, bytes]:
    paths = [p for p in project.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    return {path: path.read_bytes() for path in paths}


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
    atlas = load((project / f"corpus/atlases/{BUNDLED}.parquet").read_bytes())
    assert atlas.source.model_sha256 == sha256
    assert list(atlas.source.files) == ["small.conllu"]
    facts = json.loads((bundled / "facts.json").read_text())
    assert facts["model_sha256"] == sha256
    assert facts["words"].keys() == json.loads(FACTS.read_text())["words"].keys()


FACTS = ROOT / "model_cache/bundled/facts.json"


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
    assert readme != (ROOT / "README.md").read_text()
    assert any(
        line.startswith("Then I picked up a") and line.endswith("from the table.")
        for line in readme.splitlines()
        if best in line
    )


def test_a_folder_that_cannot_be_bundled_changes_nothing(project, replaced, tmp_path):
    small = write_random_bert(tmp_path / "small", vocabulary=VOCABULARY)
    before = snapshot(project)
    for folder, reason in (
        (tmp_path / "missing", "There is no folder"),
        (small, "has 2 layers of 4 heads"),
        (project / "lessons", "config.json is missing or damaged"),
    ):
        done = run(project, folder, "corpus/small.conllu")
        assert done.returncode == 1
        assert reason in done.stderr
        assert "Traceback" not in done.stderr
    assert snapshot(project) == before


def test_another_model_needs_treebanks_for_its_atlas(project, replaced, tmp_path):
    other = write_random_bert(tmp_path / "b", vocabulary=VOCABULARY, seed=1, **TINY)
    before = snapshot(project)
    done = run(project, other)
    assert "Name the treebanks" in done.stderr
    assert snapshot(project) == before
    # The same weights need none: a lesson has changed, say.
    assert "outputs written" in run(project, project / "model_cache/bundled").stderr
    assert snapshot(project) == before
