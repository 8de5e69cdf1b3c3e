"""List the models on offer: the bundled one and those of catalog.toml.

An allow-list on purpose: loading any repository a visitor names could run its
code or fill the disk. Fetching and finding files is hub.py's job.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_type_hints

CATALOG = Path(__file__).with_name("catalog.toml")
BUNDLED = "attention-small-12x12"
BERT_BASE = "bert-base-uncased"

# ASCII only, and no separators: an id becomes part of URLs and file names.
ID_PATTERN = re.compile(r"[A-Za-z0-9](?:[._-]?[A-Za-z0-9]){0,95}")
REPO_PATTERN = re.compile(rf"(?:{ID_PATTERN.pattern}/)?{ID_PATTERN.pattern}")
# A branch or tag can be moved to other files later; a full commit cannot.
REVISION_PATTERN = re.compile(r"[0-9a-f]{40}")
SHOWN_OF_ODD_VALUE = 40  # characters; a URL can carry thousands


class UnknownModel(ValueError):
    """The asked-for id is not in the catalog; str() says which ones are."""


@dataclass(frozen=True)
class Model:
    id: str
    repo: str  # empty for the bundled model, as is revision
    revision: str
    layers: int
    heads: int
    megabytes: int  # of model.safetensors, 1 MB = 1,000,000 bytes
    licence: str
    about: str  # one short phrase for the page

    @property
    def is_bundled(self) -> bool:
        return not self.repo

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return self.layers, self.heads


# Kept in code, so that no edit of catalog.toml can take it away: it is what
# the page falls back to when every other model is out of reach.
BUNDLED_MODEL = Model(
    id=BUNDLED,
    repo="",
    revision="",
    layers=12,
    heads=12,
    megabytes=67,
    licence="Apache-2.0",
    about="the small model that ships with this page; "
    "its words are weaker than BERT base's",
)


def load_catalog(path: Path = CATALOG) -> dict[str, Model]:
    """Return the models by id, the bundled one first, then in the file's order.

    Raises ValueError that names the file, the entry and the field at fault.
    """
    catalog = {BUNDLED: BUNDLED_MODEL}
    for number, entry in enumerate(_entries(path), start=1):
        model = _model(entry, f"{path}, {_entry_name(entry, number)}")
        if model.id in catalog:
            raise ValueError(f"{path}: id {model.id!r} is there twice; rename one.")
        catalog[model.id] = model
    return catalog


def find_model(model_id: str) -> Model:
    """Return the model with this id; UnknownModel lists what is on offer."""
    catalog = _shipped_catalog()
    # Only text can be an id; anything else (a list, None) may not even hash.
    if isinstance(model_id, str) and model_id in catalog:
        return catalog[model_id]
    raise UnknownModel(
        f"There is no model {_shown(model_id)} here; "
        f"choose one of {', '.join(catalog)}."
    )


@cache
def _shipped_catalog() -> dict[str, Model]:
    return load_catalog()


def _entries(path: Path) -> list[object]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise ValueError(f"{path} is not valid TOML: {error}.") from error
    unknown = sorted(document.keys() - {"model"})
    if unknown:
        raise ValueError(
            f"{path}: unknown entry {_shown(unknown[0])}; "
            "each model starts with a line [[model]]."
        )
    entries = document.get("model", [])
    if not isinstance(entries, list):
        raise ValueError(f"{path}: write [[model]], with two brackets, not [model].")
    return entries


def _entry_name(entry: object, number: int) -> str:
    if isinstance(entry, dict) and isinstance(entry.get("id"), str):
        return f"entry {number} ({_shown(entry['id'])})"
    return f"entry {number}"


def _model(entry: object, where: str) -> Model:
    """Return the entry as a Model; where ("file, entry 2") opens each complaint."""
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: expected fields, got {_shown(entry)}.")
    kinds = get_type_hints(Model)
    for name in entry:
        if name not in kinds:
            raise ValueError(
                f"{where}: unknown field {_shown(name)}; known: {', '.join(kinds)}."
            )
    for name in kinds:
        if name not in entry:
            raise ValueError(f"{where}: field {name!r} is missing.")
    for name, kind in kinds.items():
        if fault := _fault(name, kind, entry[name]):
            raise ValueError(
                f"{where}: field {name!r} is {_shown(entry[name])}; {fault}."
            )
    return Model(**entry)


def _fault(name: str, kind: type, value: object) -> str | None:
    """Return what this field needs to be where value is not that, else None."""
    if kind is int:
        # TOML's true is a bool, and a bool is an int to Python.
        is_count = type(value) is int and value > 0
        return None if is_count else "it needs a whole number above 0"
    if not isinstance(value, str) or not value.strip():
        return "it needs some text in quotes"
    rule = _TEXT_RULES.get(name)
    return rule[1] if rule and not rule[0].fullmatch(value) else None


_TEXT_RULES = {
    "id": (ID_PATTERN, "letters, digits and single . _ - between them only"),
    "repo": (REPO_PATTERN, 'it needs the hub\'s "owner/name"'),
    "revision": (
        REVISION_PATTERN,
        "it needs a full commit of 40 hex digits in lower case, "
        "since a branch or tag can move",
    ),
}


def _shown(value: object) -> str:
    """Return value quoted and cut short, fit for a one-line message."""
    if not isinstance(value, str):
        value = repr(value)
    if len(value) <= SHOWN_OF_ODD_VALUE:
        return repr(value)
    return repr(value[:SHOWN_OF_ODD_VALUE] + "…")
