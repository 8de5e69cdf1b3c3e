"""mask.py as a command: what it refuses, whole runs, how it ends.

What only a process can show has one of its own, which takes seconds to load TensorFlow.
"""

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import mask
from model_cache.catalog import BUNDLED
from tests.support.commands import SENTENCE, files_in
from tests.support.serving import ROOT, alone

pytestmark = pytest.mark.slow
NO_MASK = "Input must include mask token [MASK]."


@pytest.fixture
def settings(tmp_path_factory) -> dict[str, str]:
    """An environment in which the bundled model answers, and no hub does."""
    nowhere = alone(tmp_path_factory.mktemp("no-models"))
    return os.environ | nowhere | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def process(settings, tmp_path):
    """Run mask.py in an empty folder, in a process of its own."""

    def run(*arguments: str, stdin: str = ""):
        return subprocess.run(
            [sys.executable, ROOT / "mask.py", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=settings,
        )

    return run


@pytest.fixture
def without_a_model(monkeypatch, capsys, tmp_path):
    """Run mask.py in an empty folder, in this process; there is no model to load."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATTENTION_MODEL", BUNDLED)
    monkeypatch.setattr("model_cache.engine.Engine", None)

    def run(*arguments: str | bytes, stdin: str | bytes = ""):
        stdin = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = mask.main([os.fsdecode(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, out, err)

    return run


@pytest.fixture
def command(without_a_model, monkeypatch, bundled_engine):
    """Run mask.py in an empty folder, in this process, where the model is loaded."""
    monkeypatch.setattr("model_cache.engine.Engine", lambda *_: bundled_engine)
    return without_a_model


def refusal(done, message: str) -> None:
    """Hold a run to one line on standard error, an empty output and exit code 1."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert message in done.stderr


# What is refused, without a model being loaded.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["No mask here."], NO_MASK),
        ([""], NO_MASK),
        (["a [mask]"], NO_MASK),
        ([SENTENCE, "--model", "gpt-2"], "There is no model 'gpt-2' here"),
        ([SENTENCE, "--head", "13-1"], "has no layer 13, head 1;"),
        ([SENTENCE, "--output", "file/folder"], "Cannot write file/folder: Not a dir"),
        (["-"], "Standard input holds no sentence."),
        ([b"caf\xe9 [MASK]"], "not UTF-8"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    without_a_model, tmp_path, arguments, message
):
    (tmp_path / "file").write_text("")
    refusal(without_a_model(*arguments), message)
    assert files_in(tmp_path) == ["file"]


def test_without_text_it_asks_and_without_an_answer_it_ends(without_a_model):
    done = without_a_model()
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"Text: {NO_MASK}\n"


@pytest.mark.parametrize(
    "arguments",
    [["-k", "0"], ["-k", "21"], ["-k", "x"], ["--head", "3"], ["--head", "0-1"]]
    + [["--head", "3-x"], ["--nonsense"], ["two", "texts"]],
)
def test_a_command_that_is_not_understood_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        mask.main(arguments)
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "mask.py: error: " in err


def test_a_model_that_cannot_be_downloaded_is_refused(process):
    done = process(SENTENCE, "--model", "bert-base-cased", "--no-diagrams")
    refusal(done, "The model hub at 127.0.0.1 cannot be reached")


def test_check_names_the_package_it_lacks(without_a_model, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf_keras", None)
    refusal(
        without_a_model(SENTENCE, "--check"),
        "--check needs tf-keras, which is not installed",
    )


def test_importing_mask_loads_no_framework(settings):
    program = (
        "import sys, mask; "
        "print({'tensorflow', 'keras', 'transformers', 'streamlit', 'pandas', 'altair'}"
        " & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=settings
    )
    assert done.stdout == "set()\n"


def test_help_has_examples_and_exit_codes(process):
    done = process("--help")
    assert done.returncode == 0
    assert 'mask.py "Then I picked up a [MASK] from the table."' in done.stdout
    assert "exit codes:" in done.stdout


# Whole runs.


def test_the_answer_to_the_question_is_completed_and_drawn(process, tmp_path):
    done = process(stdin=SENTENCE + "\n")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.startswith("Then I picked up a ")
        assert line.endswith(" from the table.")
        assert "[MASK]" not in line
    assert done.stderr == f"Text: Model: {BUNDLED}\n144 diagrams: .\n"
    names = {
        f"Attention_Layer{n}_Head{m}.png" for n in range(1, 13) for m in range(1, 13)
    }
    assert set(files_in(tmp_path)) == names
    with Image.open(tmp_path / "Attention_Layer12_Head12.png") as image:
        assert image.size == (40 * 12 + 200,) * 2


def test_a_text_too_long_is_refused_with_its_length(command, tmp_path):
    done = command("[MASK] " * 600, "--no-diagrams")
    assert done.returncode == 1
    assert done.stdout == ""
    model, complaint = done.stderr.splitlines()
    assert model == f"Model: {BUNDLED}"
    assert complaint.startswith("This text has 602 tokens; BERT reads at most 512")


def test_check_tells_the_largest_difference_from_the_reference(command):
    done = command(SENTENCE, "--check", "--no-diagrams")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    said = done.stderr.splitlines()[-1]
    assert said.startswith("Largest difference from TFBertForMaskedLM: ")
    of_logits, of_attention, allowed = re.findall(r"\d\.?\d*e-\d+", said)
    assert max(float(of_logits), float(of_attention)) <= float(allowed) == 1e-4


def test_a_full_disk_is_told_in_one_line(command):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    done = command(SENTENCE, "--no-diagrams", "--csv", "/dev/full")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "Cannot write /dev/full: No space left on device."
    )


def test_the_ready_claims_are_read_from_standard_input(command, tmp_path):
    lines = (ROOT / "claims" / "adverb-verb.txt").read_bytes()
    done = command("--claims", "-", "--head", "4-11", stdin=lines)
    assert done.returncode == 0, done.stderr
    header, *rows = done.stdout.splitlines()
    assert header.startswith("layer,head,sentences,hits,")
    assert [row[:5] for row in rows] == ["4,11,"]
    assert done.stderr.startswith(f"Model: {BUNDLED}\n")
    assert files_in(tmp_path) == []


def test_ctrl_c_leaves_whole_files_and_no_others(settings, tmp_path):
    sentences = [f"The turtle [MASK] {'slowly ' * n} away." for n in range(1, 100)]
    process = subprocess.Popen(
        [sys.executable, ROOT / "mask.py", "-", "--output", "here"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=settings,
    )
    process.stdin.write("\n".join(sentences))
    process.stdin.close()
    process.stdout.readline()  # of hundreds: the diagrams are being written
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait() == 130
    assert said.splitlines()[-1].endswith("Interrupted.")
    assert "Traceback" not in said
    for path in (tmp_path / "here").rglob("*"):
        if path.is_file():
            assert path.suffix == ".png"
            with Image.open(path) as image:
                image.load()
    process.stdout.close()
    process.stderr.close()


def test_a_reader_that_leaves_early_gets_no_traceback(settings, tmp_path):
    process = subprocess.Popen(
        [sys.executable, ROOT / "mask.py", SENTENCE, "--no-diagrams"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=settings,
    )
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait() == 1
    assert said == f"Model: {BUNDLED}\n"
    process.stderr.close()


def test_a_bad_line_is_told_by_its_number_and_the_rest_are_read(command, tmp_path):
    lines = [b"A [MASK].", b"", b"None here.", b"[MASK] " * 600, b"\xff[MASK]", b"  "]
    lines += [b"The [MASK] ran.\r"]
    done = command(
        "-", "-k", "1", "--head", "1-1", "--output", "d", "--sheet", "s.png",
        stdin=b"\xef\xbb\xbf" + b"\n".join(lines),
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert f"Line 3: {NO_MASK}" in done.stderr
    assert "Line 4: This text has 602 tokens" in done.stderr
    assert "Line 5: This is not UTF-8 text." in done.stderr
    assert files_in(tmp_path) == [
        "d/line1/Attention_Layer1_Head1.png",
        "d/line7/Attention_Layer1_Head1.png",
        "s-line1.png",
        "s-line7.png",
    ]
