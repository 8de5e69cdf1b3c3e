"""mask.py as a command: what it prints, writes and refuses, and how it ends."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mask
from attention.exports import head_csv
from attention.frames import read_csv
from command.files import CannotWrite, make_folder, write_whole
from command.terminal import Bar
from model_cache.catalog import BUNDLED, find_model
from model_cache.hub import find_local
from tests.serving import ROOT, alone

SENTENCE = "Then I picked up a [MASK] from the table."
NO_MASK = "Input must include mask token [MASK]."


@pytest.fixture
def settings(tmp_path_factory) -> dict[str, str]:
    """An environment in which the bundled model answers, and no hub does."""
    nowhere = alone(tmp_path_factory.mktemp("no-models"))
    return os.environ | nowhere | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def command(settings, tmp_path):
    """Run mask.py in an empty folder, in a process of its own."""

    def run(*arguments: str, stdin: str | bytes = "", **more: str):
        stdin = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, ROOT / "mask.py", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=settings | more,
        )
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    return run


@pytest.fixture
def main(monkeypatch, tmp_path, bundled_engine, capsys):
    """Run mask.main in an empty folder, on an engine that is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTENTION_MODEL", raising=False)
    monkeypatch.setattr(mask, "load", lambda model: (bundled_engine, None))
    monkeypatch.setattr(mask, "default_model", lambda: find_model(BUNDLED))

    def run(*arguments: str):
        code = mask.main(arguments)
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


def refusal(done, message: str) -> None:
    """Hold a run to one line on standard error, an empty output and exit code 1."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert message in done.stderr


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


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
def test_bad_input_is_refused_in_one_line(command, tmp_path, arguments, message):
    (tmp_path / "file").write_text("")
    refusal(command(*arguments), message)
    assert files_in(tmp_path) == ["file"]


def test_without_text_it_asks_and_without_an_answer_it_ends(command):
    done = command()
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


def test_a_model_that_cannot_be_downloaded_is_refused(command):
    done = command(SENTENCE, "--model", "bert-base-cased", "--no-diagrams")
    refusal(done, "The model hub at 127.0.0.1 cannot be reached")


def test_check_names_the_package_it_lacks(settings, tmp_path):
    program = (
        "import sys; sys.modules['tf_keras'] = None; import mask; "
        f"sys.exit(mask.main([{SENTENCE!r}, '--check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=settings,
    )
    refusal(done, "--check needs tf-keras, which is not installed")


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


def test_help_has_examples_and_exit_codes(command):
    done = command("--help")
    assert done.returncode == 0
    assert 'mask.py "Then I picked up a [MASK] from the table."' in done.stdout
    assert "exit codes:" in done.stdout


# Whole runs, in processes of their own.


def test_the_answer_to_the_question_is_completed_and_drawn(command, tmp_path):
    done = command(stdin=SENTENCE + "\n")
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
    pytest.importorskip("tf_keras")
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


# What is written and printed.


def test_only_completed_sentences_are_on_standard_output(main, tmp_path):
    code, out, err = main(SENTENCE, "-k", "5", "--no-diagrams")
    assert code == 0
    assert len(out) == len(set(out)) == 5
    assert err == []
    assert files_in(tmp_path) == []


def test_each_of_several_masks_is_filled_alone(main):
    code, out, _ = main("The [MASK] is [MASK].", "-k", "2", "--no-diagrams")
    assert code == 0
    assert len(out) == 4
    assert all(line.count("[MASK]") == 1 for line in out)
    assert all(line.endswith(" is [MASK].") for line in out[:2])
    assert all(line.startswith("The [MASK] is ") for line in out[2:])


def test_json_lines_have_every_prediction(main, bundled_engine):
    code, out, _ = main("A [MASK] and é [MASK].", "--json", "-k", "2", "--no-diagrams")
    assert code == 0
    (line,) = out
    answer = json.loads(line)
    assert line.isascii()
    assert answer["text"] == "A [MASK] and é [MASK]."
    assert answer["model"] == bundled_engine.model
    reading = bundled_engine.read(answer["text"], 2)
    assert [m["position"] for m in answer["masks"]] == list(reading.mask_positions)
    for said, predictions in zip(answer["masks"], reading.predictions, strict=True):
        assert [p["token"] for p in said["predictions"]] == [
            p.token for p in predictions
        ]
        assert set(said["predictions"][0]) == {"token", "id", "probability", "sentence"}


def test_chosen_heads_sheet_and_csv_go_where_they_are_told(
    main, tmp_path, bundled_engine
):
    code, _, err = main(
        SENTENCE, "--head", "3-10", "--head", "1-2", "--head", "3-10", "--output",
        "new/folder", "--sheet", "sheet.png", "--csv", "heads.csv",
    )  # fmt: skip
    assert code == 0
    assert files_in(tmp_path) == [
        "heads.csv",
        "new/folder/Attention_Layer1_Head2.png",
        "new/folder/Attention_Layer3_Head10.png",
        "sheet.png",
    ]
    assert err == ["2 diagrams: new/folder", "Sheet: sheet.png", "CSV: heads.csv"]
    frame = read_csv(tmp_path / "heads.csv")
    reading = bundled_engine.read(SENTENCE)
    third = frame[frame["layer"] == 3]["score"].to_numpy()
    np.testing.assert_array_equal(third, reading.attention[2, 9].ravel())
    assert len(frame) == 2 * 12 * 12
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 1000


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


# Which model answers.


def test_attention_model_decides_but_never_downloads(monkeypatch, capsys):
    monkeypatch.setenv("ATTENTION_MODEL", BUNDLED)
    assert mask.default_model().id == BUNDLED
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("ATTENTION_MODEL", "bert-large-uncased")
    if find_local(find_model("bert-large-uncased")) is None:
        assert mask.default_model().id == BUNDLED
        assert "--model bert-large-uncased downloads it" in capsys.readouterr().err
    monkeypatch.setenv("ATTENTION_MODEL", "gpt-2")
    assert mask.default_model().id == BUNDLED
    assert "'gpt-2'" in capsys.readouterr().err


@pytest.mark.parametrize(("is_here", "answers"), [(1, mask.MODEL), (0, BUNDLED)])
def test_bert_base_answers_where_it_is_local(monkeypatch, tmp_path, is_here, answers):
    monkeypatch.delenv("ATTENTION_MODEL", raising=False)
    found = tmp_path if is_here else None
    monkeypatch.setattr("model_cache.hub.find_local", lambda model: found)
    assert mask.default_model().id == answers


# Files are whole or absent.


def interrupted():
    yield b"half"
    signal.raise_signal(signal.SIGINT)
    yield b"the rest"


def on_a_full_disk():
    yield b"half"
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("parts", "error"),
    [(interrupted, KeyboardInterrupt), (on_a_full_disk, CannotWrite)],
)
@pytest.mark.parametrize("before", [b"what was there", None])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, parts, error, before):
    path = tmp_path / "file"
    if before:
        path.write_bytes(before)
    with pytest.raises(error):
        write_whole(path, parts())
    assert [p.name for p in tmp_path.iterdir()] == (["file"] if before else [])
    assert not before or path.read_bytes() == before


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "target").write_bytes(b"old")
    write_whole(tmp_path / "link", [b"new", b"er"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"newer"


def test_a_folder_in_the_files_place_is_told(tmp_path):
    with pytest.raises(CannotWrite, match=r"Cannot write .*: Is a directory\."):
        write_whole(tmp_path, [b""])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_told_before_work_begins(tmp_path):
    if not Path("/proc/self").exists():
        pytest.skip("this system has no folder that refuses files to everyone")
    with pytest.raises(CannotWrite, match="/proc/self"):
        make_folder(Path("/proc/self"))


def test_without_a_terminal_a_bar_is_a_few_lines(capsys):
    bar = Bar("Read")
    for n in range(101):
        bar.show(n, 100, " sentences")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0] == "Read [#.........] 10 of 100 sentences"
    assert lines[-1] == "Read [##########] 100 of 100 sentences"


def test_one_heads_csv_is_the_page_download(bundled_engine):
    reading = bundled_engine.read("A [MASK].")
    assert head_csv(reading, 0, 0).startswith(b"layer,head,query,key,query_token,")


def test_roles_come_as_a_table_with_a_row_for_each_head(main, tmp_path):
    code, _, err = main(SENTENCE, "--no-diagrams", "--roles", "roles.csv")
    assert (code, err) == (0, ["Roles: roles.csv"])
    header, *rows = (tmp_path / "roles.csv").read_text().splitlines()
    assert header == (
        "layer,head,label,previous,next,self,cls,sep,mask,punctuation,word,repeat,"
        "entropy"
    )
    assert len(rows) == 144
    layer3_head10 = rows[2 * 12 + 9].split(",")
    assert layer3_head10[:3] == ["3", "10", "next"]
    assert layer3_head10[10:12] == ["", ""]  # no word of several pieces, no repeat


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--sheet", "."), "it is a folder"),
        (("--csv", ""), "it is a folder"),
        (("--roles", "nowhere/roles.csv"), "there is no folder nowhere"),
        (("--csv", "same", "--roles", "same"), "same is asked for twice"),
    ],
)
def test_files_that_cannot_be_written_are_refused_before_reading(main, options, says):
    code, out, err = main(SENTENCE, "--no-diagrams", *options)
    assert (code, out) == (1, [])
    assert len(err) == 1
    assert says in err[0]
