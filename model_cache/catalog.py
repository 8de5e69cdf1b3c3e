"""List the models on offer: the bundled one and those of catalog.toml.

An allow-list on purpose: loading any repository a visitor names could run its
code or fill the disk. Fetching and finding files is hub.py's job.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from attention.fields import checked, shown

CATALOG = Path(__file__).with_name("catalog.toml")
BUNDLED = "attention-small-12x12"
BERT_BASE = "bert-base-uncased"

# ASCII only, and no separators: an id becomes part of URLs and file names.
ID = r"[A-Za-z0-9](?:[._-]?[A-Za-z0-9]){0,95}"

Text = Annotated[str, Meta(pattern=r"\S", description="some text in quotes")]
Count = Annotated[int, Meta(gt=0, description="a whole number above 0")]
Id = Annotated[
    str,
    Meta(
        pattern=rf"\A{ID}\Z",
        description="letters, digits and single . _ - between them only",
    ),
]
Repo = Annotated[
    str, Meta(pattern=rf"\A(?:{ID}/)?{ID}\Z", description='the hub\'s "owner/name"')
]
# A branch or tag can be moved to other files later; a full commit cannot.
Revision = Annotated[
    str,
    Meta(
        pattern=r"\A[0-9a-f]{40}\Z",
        description="a full commit of 40 hex digits in lower case, "
        "since a branch or tag can move",
    ),
]
Entries = Annotated[
    list[Any], Meta(description="[[model]], with two brackets, above each entry")
]


class UnknownModel(ValueError):
    """The asked-for id is not in the catalog; str() says which ones are."""


class Model(Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    repo: Repo  # empty for the bundled model, as is revision
    revision: Revision
    layers: Count
    heads: Count
    megabytes: Count  # of model.safetensors, 1 MB = 1,000,000 bytes
    licence: Text
    about: Text  # one short phrase for the page

    @property
    def is_bundled(self) -> bool:
        return not self.repo

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return self.layers, self.heads


class Catalog(Struct, forbid_unknown_fields=True):
    """catalog.toml; its entries are checked one by one, as each has a number."""

    model: Entries = []


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
        try:
            model = checked(entry, Model)
        except ValueError as error:
            raise ValueError(f"{path}, entry {number}: {error}.") from error
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
        f"There is no model {shown(model_id)} here; choose one of {', '.join(catalog)}."
    )


@cache
def _shipped_catalog() -> dict[str, Model]:
    return load_catalog()


def _entries(path: Path) -> list[Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise ValueError(f"{path} is not valid TOML: {error}.") from error
    try:
        return checked(document, Catalog).model
    except ValueError as error:
        raise ValueError(f"{path}: {error}.") from error
