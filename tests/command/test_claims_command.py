"""mask.py --claims: a claim tested on a file's sentences, from a terminal."""

import io
import os
import signal
import sys
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mask
from command import claims
from command.files import CannotWrite

HEADER = "layer,head,sentences,hits,rate,low,high,mean_weight,offset,offset_rate,chance"
# Every word is one token of the bundled model, so that a word's position is a token's.
DOG, GIRL, OLD = (
    "the dog slowly ran home . | slowly -> ran",
    "the girl often walked home . | often -> walked",
    "he slowly opened the old door . | slowly -> opened",
)
# Positions of the pair's words, after [CLS].
PAIRS = {DOG: (3, 4), GIRL: (3, 4), OLD: (2, 3)}
TOO_LONG = f"{'dog ' * 600} ran | ran -> dog#1"


@pytest.fixture
def main(loaded_mask, monkeypatch, capsys):
    """Run mask.main; return its exit code, its output and the lines of its errors."""

    def run(*arguments: str, stdin: bytes = b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = loaded_mask.main(arguments)
        out, err = capsys.readouterr()
        return code, out, err.splitlines()

    return run


@pytest.fixture
def no_model(main, monkeypatch):
    """Run mask.main where loading a model is a fault."""
    monkeypatch.setattr(mask, "load", lambda model: pytest.fail("a model is loaded"))
    return main


@pytest.fixture(scope="module")
def expected(bundled_engine) -> np.ndarray:
    """Each head's hits in DOG, GIRL and OLD, counted in whole readings."""
    hits = np.zeros(bundled_engine.shape, int)
    for line, (query, key) in PAIRS.items():
        text = line.partition(" | ")[0]
        reading = bundled_engine.read(text)
        assert list(reading.tokens[1:-1]) == text.split()
        for layer, head in np.ndindex(hits.shape):
            row = reading.attention[layer, head, query]
            others = [i for i in range(1, len(row) - 1) if i != query]
            hits[layer, head] += max(others, key=lambda i: row[i]) == key
    return hits


def ranking(csv: str) -> pd.DataFrame:
    assert csv.splitlines()[0] == HEADER
    assert csv.endswith("\n")
    return pd.read_csv(io.StringIO(csv))


def test_all_heads_come_ranked_with_their_hits(main, tmp_path, expected):
    (tmp_path / "claim.txt").write_text("\n".join([DOG, "", GIRL, OLD]))
    code, out, err = main("--claims", "claim.txt")
    assert code == 0
    frame = ranking(out)
    assert len(frame) == len(frame[["layer", "head"]].drop_duplicates()) == 144
    for row in frame.itertuples():
        assert row.hits == expected[row.layer - 1, row.head - 1]
    assert list(frame["hits"]) == sorted(expected.ravel(), reverse=True)
    np.testing.assert_allclose(frame["rate"], frame["hits"] / 3)
    assert set(frame["sentences"]) == {3}
    # In each of the three the second word stands just after the first.
    assert (set(frame["offset"]), set(frame["offset_rate"])) == ({1}, {1.0})
    (verdict,) = err
    best = f"Layer {frame['layer'][0]}, head {frame['head'][0]}"
    hits = f"it hits {expected.max()} of 3"
    assert f" The best of 144 heads is {best}: {hits}" in verdict
    assert os.listdir() == ["claim.txt"]


def test_chosen_heads_keep_the_rankings_order(main, tmp_path, expected):
    (tmp_path / "claim.txt").write_text("\n".join([DOG, GIRL, OLD]))
    _, whole, _ = main("--claims", "claim.txt")
    chosen = ["1-1", "4-11", "12-12", "4-11"]
    options = [word for head in chosen for word in ("--head", head)]
    code, out, err = main("--claims", "claim.txt", *options, "--no-diagrams")
    assert code == 0
    _, *rows = out.splitlines()
    wanted = ("1,1,", "4,11,", "12,12,")
    assert rows == [row for row in whole.splitlines() if row.startswith(wanted)]
    *heads, offset = err
    assert [head.partition(" (")[0] for head in heads] == [
        f"Layer {layer}, head {head}: it hits {expected[layer - 1, head - 1]} of 3"
        for layer, head in [(1, 1), (4, 11), (12, 12)]
    ]
    assert "just after, hits 3 (100%)" in offset


def test_the_table_goes_to_its_file_instead(main, tmp_path):
    (tmp_path / "claim.txt").write_text(DOG)
    (tmp_path / "table.csv").write_text("an older one")
    _, out, _ = main("--claims", "claim.txt")
    code, nothing, err = main("--claims", "claim.txt", "--csv", "table.csv")
    assert (code, nothing) == (0, "")
    assert (tmp_path / "table.csv").read_bytes() == out.encode()
    assert err[0] == "CSV: table.csv"
    assert sorted(os.listdir()) == ["claim.txt", "table.csv"]


def test_malformed_lines_are_told_in_order_and_the_rest_is_tested(main, tmp_path):
    lines = [TOO_LONG, "no bar", "", DOG, "a dog | cat -> dog", f"the {TOO_LONG}"]
    (tmp_path / "claim.txt").write_text("\n".join(lines))
    code, out, err = main("--claims", "claim.txt", "--head", "4-11")
    assert code == 1
    assert list(ranking(out)["sentences"]) == [1]
    first, second, third, fourth, *_ = err
    assert first.startswith("line 1: This text has 603 tokens")
    assert second.startswith("line 2: there is no vertical bar; write ")
    assert third.startswith("line 5: “cat” is not a word of the sentence; copy it ")
    assert fourth.startswith("line 6: This text has 604 tokens")


def test_lines_that_the_model_refuses_are_listed_up_to_a_hundred(main):
    lines = "\n".join([f"{'dog ' * 510} {i} ran | ran -> {i}" for i in range(130)])
    code, _, err = main("--claims", "-", stdin=f"{lines}\n{DOG}".encode())
    assert code == 1
    told = [line for line in err if line.startswith("line ")]
    assert len(told) == 101
    assert told[-1] == "line 101: from here on 30 more; correct those above first"


@pytest.mark.parametrize("lines", [["no bar", "nor here"], [TOO_LONG, "no bar"]])
def test_without_one_line_to_test_there_is_no_table(main, tmp_path, lines):
    (tmp_path / "claim.txt").write_text("\n".join(lines))
    code, out, err = main("--claims", "claim.txt", "--csv", "table.csv")
    assert (code, out) == (1, "")
    assert [line[:7] for line in err[:2]] == ["line 1:", "line 2:"]
    assert err[2:] == [
        "claim.txt has no line that can be tested. Write sentence | from -> to."
    ]
    assert os.listdir() == ["claim.txt"]


# In spreadsheets' files.


TABLE = """sentence,from,to
"the dog, slowly, ran home .",slowly,ran
he slowly opened the old door .,slowly,opened,more
"""


@pytest.mark.parametrize("name", ["claim.csv", "CLAIM.CSV"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_has_a_row_for_each_example(main, tmp_path, name, encoding):
    data = TABLE.replace("\n", "\r\n").encode(encoding)
    (tmp_path / name).write_bytes(data)
    code, out, err = main("--claims", name)
    assert code == 1
    frame = ranking(out)
    assert set(frame["sentences"]) == {1}
    assert set(frame["offset"]) == {2}  # the comma is between them
    assert err[0].startswith(
        "line 3: there is no vertical bar; write sentence | from -> to, "
    )
    assert "in a .csv the columns sentence, from, to (a sentence with commas" in err[0]


def test_copies_of_a_list_are_worth_as_much_as_the_list(main, tmp_path):
    lines = [DOG, GIRL, OLD]
    (tmp_path / "once.txt").write_text("\n".join(lines))
    (tmp_path / "often.txt").write_text("\n".join(lines * 5))
    _, out, err = main("--claims", "once.txt")
    code, same, told = main("--claims", "often.txt")
    assert (code, same, told[-1:]) == (1, out, err)
    assert [line.partition(",")[0] for line in told[:3]] == [
        "line 4: it repeats line 1",
        "line 5: it repeats line 2",
        "line 6: it repeats line 3",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_lines_count_as_in_an_editor(main, tmp_path, encoding, end):
    # U+2028 ends a line for Python, but for no editor.
    lines = ["naïve dogs\u2028ran . | naïve -> ran", "no bar", DOG]
    mark = "" if encoding == "utf-8-sig" else "\ufeff"
    (tmp_path / "claim").write_bytes((mark + end.join(lines)).encode(encoding))
    code, out, err = main("--claims", "claim")
    assert code == 1
    assert set(ranking(out)["sentences"]) == {2}
    assert [line.startswith("line") for line in err] == [True, False]
    assert err[0].startswith("line 2: there is no vertical bar")


def test_standard_input_is_a_file_of_lines(main, tmp_path):
    (tmp_path / "claim.txt").write_text(DOG)
    _, out, err = main("--claims", "claim.txt")
    data = b"\xef\xbb\xbf" + DOG.encode() + b"\r\n"
    assert main("--claims", "-", stdin=data) == (0, out, err)


# What is refused, without a model being loaded.


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "empty.txt is empty."),
        ("blank.csv", b"\xef\xbb\xbf \r\n", "blank.csv is empty."),
        ("header.csv", b"sentence,from,to\n", "header.csv is empty."),
        ("latin.txt", "café | café -> x".encode("latin-1"), "latin.txt is not UTF-8"),
        ("unmarked.txt", DOG.encode("utf-16-le"), "unmarked.txt is not UTF-8 text."),
        ("odd.txt", b"\xff\xfea", "odd.txt is not UTF-8 text."),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0", "picture.csv is not UTF-8 text."),
        ("wide.csv", b"a" * 200_000, "wide.csv is not a table: field larger than"),
        (
            "open.csv",
            b'sentence,from,to\nA cat ran.,cat,ran\n"A dog ran.,dog,ran\n',
            "open.csv is not a table: unexpected end of data, in the row of line 3",
        ),
    ],
)
def test_a_file_without_examples_is_refused(no_model, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    code, out, (err,) = no_model("--claims", name)
    assert (code, out) == (1, "")
    assert err.startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--claims", "nowhere.txt"], "There is no file nowhere.txt."),
        (["--claims", "folder"], "folder is a folder. Name a file."),
        (["--claims", "claim.txt/x"], "Cannot read claim.txt/x: Not a directory."),
        (["--claims", ""], "--claims has no file's name."),
        (["--claims", "-"], "Standard input is empty. Write one example a line:"),
        (["--claims", "claim.txt", "--head", "13-1"], "has no layer 13, head 1;"),
        (["--claims", "claim.txt", "--csv", "folder"], "it is a folder"),
        (["--claims", "claim.txt", "--csv", "x/y"], "there is no folder x"),
        (["--claims", "claim.txt", "--csv", "folder/nowhere"], "there is no folder /"),
        (["--claims", "claim.txt", "--csv", "./claim.txt"], "holds the sentences"),
        (["--claims", "claim.txt", "--csv", "folder/link"], "holds the sentences"),
        (["--claims", "claim.txt", "--model", "gpt-2"], "There is no model 'gpt-2'"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(
    no_model, tmp_path, arguments, message
):
    (tmp_path / "claim.txt").write_text(DOG)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "claim.txt")
    (tmp_path / "folder" / "nowhere").symlink_to("/a/folder/that/is/not/here.csv")
    code, out, (err,) = no_model(*arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert (tmp_path / "claim.txt").read_text() == DOG


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (["A [MASK]."], "TEXT"),
        ([""], "TEXT"),
        (["-"], "TEXT"),
        (["--output", "folder"], "--output"),
        (["--sheet", "sheet.png"], "--sheet"),
        (["--roles", "roles.csv"], "--roles"),
        (["--json"], "--json"),
        (["--check"], "--check"),
        (["--json", "--check"], "--json, --check"),
        (["-k", "3"], "-k"),
    ],
)
def test_options_of_a_single_reading_are_not_understood(more, name, capsys):
    with pytest.raises(SystemExit) as exit_:
        mask.main(["--claims", "claim.txt", *more])
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(f"from a file; leave out {name}\n")


# While it works.


def dogs(n: int) -> bytes:
    """Return a file of n different lines."""
    lines = (f"the dog slowly ran {i} times . | slowly -> ran" for i in range(n))
    return "\n".join(lines).encode()


def test_many_sentences_are_read_with_a_bar(main):
    code, out, err = main("--claims", "-", stdin=dogs(40))
    assert code == 0
    assert set(ranking(out)["sentences"]) == {40}
    assert err[-2].startswith("Read: 100%")
    assert " 40/40 " in err[-2]


def test_ctrl_c_leaves_the_file_as_it_was(main, tmp_path, monkeypatch, bundled_engine):
    def read_each(texts, k):
        yield from islice(bundled_engine.read_each(texts, k), 40)
        signal.raise_signal(signal.SIGINT)

    engine = SimpleNamespace(read_each=read_each)
    monkeypatch.setattr(mask, "load", lambda model: (engine, None))
    (tmp_path / "table.csv").write_text("an older one")
    code, out, err = main("--claims", "-", "--csv", "table.csv", stdin=dogs(100))
    assert (code, out) == (130, "")
    assert err[-1] == "Interrupted."
    assert os.listdir() == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "an older one"


def test_no_line_steers_the_terminal(main):
    lines = f"no \x1b[2Jbar\na | \u202ex -> a\n{DOG}\n".encode()
    code, _, err = main("--claims", "-", stdin=lines)
    assert code == 1
    assert "“\\u202ex” is not a word" in err[1]
    assert not any(set("\x1b\u202e") & set(line) for line in err)


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="needs /proc")
def test_a_folder_that_takes_no_files_is_told_before_the_work(no_model, tmp_path):
    (tmp_path / "claim.txt").write_text(DOG)
    code, out, (err,) = no_model("--claims", "claim.txt", "--csv", "/proc/table.csv")
    assert (code, out) == (1, "")
    assert err.startswith("Cannot write /proc/table.csv: ")


def test_a_disk_that_is_full_by_then_does_not_take_the_verdict(
    main, tmp_path, monkeypatch
):
    def full(*_):
        raise CannotWrite(Path("table.csv"), OSError(28, "No space left on device"))

    (tmp_path / "claim.txt").write_text(DOG)
    monkeypatch.setattr(claims, "write_whole", full)
    code, _, err = main("--claims", "claim.txt", "--csv", "table.csv")
    assert code == 1
    assert "The best of 144 heads is Layer" in err[0]
    assert err[1] == "Cannot write table.csv: No space left on device."


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_told(main, tmp_path, monkeypatch):
    (tmp_path / "claim.txt").write_text(DOG)
    with open("/dev/full", "w") as full, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        code, _, err = main("--claims", "claim.txt")
    assert code == 1
    assert err[-1] == "Cannot write to standard output: No space left on device."
