"""What mask.py prints and writes, and which model answers."""

import json

import numpy as np
import pytest
from PIL import Image

import mask
from attention.exports import head_csv, read_csv
from attention.reading import Head
from model_cache.catalog import BUNDLED
from tests.support.commands import SENTENCE, files_in


@pytest.fixture
def main(loaded_mask, capsys):
    """Run mask.main; return its exit code and the lines of both its outputs."""

    def run(*arguments: str):
        code = loaded_mask.main(arguments)
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


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


def test_one_heads_csv_has_its_weights_alone(bundled_engine, tmp_path):
    reading = bundled_engine.read("A [MASK].")
    (tmp_path / "head.csv").write_bytes(head_csv(reading, Head(2, 9)))
    frame = read_csv(tmp_path / "head.csv")
    assert set(zip(frame["layer"], frame["head"], strict=True)) == {(3, 10)}
    assert frame["query_token"].tolist()[::5] == ["[CLS]", "a", "[MASK]", ".", "[SEP]"]
    np.testing.assert_array_equal(
        frame["score"].to_numpy(np.float32), reading.attention[2, 9].ravel()
    )


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


# Which model answers.


def test_attention_model_decides_but_never_downloads(monkeypatch, capsys):
    monkeypatch.setenv("ATTENTION_MODEL", BUNDLED)
    assert mask.default_model().id == BUNDLED
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("model_cache.hub.find_local", lambda model: None)
    monkeypatch.setenv("ATTENTION_MODEL", "bert-large-uncased")
    assert mask.default_model().id == BUNDLED
    assert "--model bert-large-uncased downloads it" in capsys.readouterr().err
    monkeypatch.setenv("ATTENTION_MODEL", "gpt-2")
    assert mask.default_model().id == BUNDLED
    assert "'gpt-2'" in capsys.readouterr().err


@pytest.mark.parametrize(("is_here", "answers"), [(1, mask.BERT_BASE), (0, BUNDLED)])
def test_bert_base_answers_where_it_is_local(monkeypatch, tmp_path, is_here, answers):
    monkeypatch.delenv("ATTENTION_MODEL", raising=False)
    found = tmp_path if is_here else None
    monkeypatch.setattr("model_cache.hub.find_local", lambda model: found)
    assert mask.default_model().id == answers
