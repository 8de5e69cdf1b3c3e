"""What mask.py gives out for one reading: lines on standard output, and files."""

import json
from collections.abc import Sequence
from pathlib import Path

from attention.exports import csv_parts
from attention.pictures.cs50 import diagram_name, diagram_png
from attention.reading import Head, Reading
from command.files import make_folder, write_whole
from command.terminal import say


def print_predictions(reading: Reading, as_json: bool) -> None:
    if as_json:
        masks = [
            {"position": position, "predictions": [vars(p) for p in predictions]}
            for position, predictions in zip(
                reading.mask_positions, reading.predictions, strict=True
            )
        ]
        line = {"text": reading.text, "model": reading.model, "masks": masks}
        print(json.dumps(line), flush=True)
        return
    for predictions in reading.predictions:
        for prediction in predictions:
            print(" ".join(prediction.sentence.splitlines()), flush=True)


def save_diagrams(reading: Reading, folder: Path, heads: Sequence[Head]) -> None:
    """Write one diagram for each head; the folder is made if absent."""
    make_folder(folder)
    for head in heads:
        png = diagram_png(reading.tokens, reading.attention[head])
        write_whole(folder / diagram_name(head), [png])
    say(f"{len(heads)} diagram{'s' * (len(heads) > 1)}: {folder}")


def save_sheet(reading: Reading, path: Path) -> None:
    from attention.pictures.sheet import sheet_png  # not needed by most commands

    write_whole(path, [sheet_png(reading)])
    say(f"Sheet: {path}")


def save_csv(reading: Reading, path: Path, heads: Sequence[Head]) -> None:
    write_whole(path, csv_parts(reading, heads))
    say(f"CSV: {path}")


def save_roles(reading: Reading, path: Path) -> None:
    from attention.heads.frames import roles_frame  # imports pandas
    from attention.heads.roles import head_roles

    table = roles_frame(reading, head_roles(reading)).to_csv(index=False)
    write_whole(path, [table.encode()])
    say(f"Roles: {path}")
