"""The models on offer, and what an operator may write into catalog.toml."""

import re

import pytest

from model_cache.catalog import (
    BERT_BASE,
    BUNDLED,
    CATALOG,
    UnknownModel,
    find_model,
    load_catalog,
)

ENTRY = {
    "id": '"tiny-bert"',
    "repo": '"someone/tiny-bert"',
    "revision": f'"{"0123456789" * 4}"',
    "layers": "2",
    "heads": "4",
    "megabytes": "1",
    "licence": '"MIT"',
    "about": '"a very small one"',
}


def write_catalog(path, *entries):
    lines = []
    for entry in entries:
        lines.append("[[model]]")
        lines.extend(f"{name} = {value}" for name, value in entry.items())
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_bundled_model_comes_first_and_bert_base_is_on_offer():
    assert list(load_catalog())[0] == BUNDLED
    assert find_model(BUNDLED).is_bundled
    assert not find_model(BERT_BASE).is_bundled


@pytest.mark.parametrize(
    ("model_id", "layers", "heads"),
    [
        ("attention-small-12x12", 12, 12),
        ("bert-base-uncased", 12, 12),
        ("bert-base-cased", 12, 12),
        ("bert-large-uncased", 24, 16),
        ("bert-base-multilingual-cased", 12, 12),
    ],
)
def test_each_model_on_offer_has_its_shape(model_id, layers, heads):
    model = find_model(model_id)
    assert (model.id, model.layers, model.heads) == (model_id, layers, heads)


def test_every_downloadable_model_is_pinned_to_a_commit():
    for model in load_catalog().values():
        assert model.is_bundled or re.fullmatch("[0-9a-f]{40}", model.revision)


def test_the_bundled_model_survives_an_empty_catalog(tmp_path):
    (tmp_path / "catalog.toml").write_text("", encoding="utf-8")
    assert list(load_catalog(tmp_path / "catalog.toml")) == [BUNDLED]


def test_an_operator_adds_a_checkpoint_with_one_entry(tmp_path):
    catalog = load_catalog(write_catalog(tmp_path / "catalog.toml", ENTRY))
    assert list(catalog) == [BUNDLED, "tiny-bert"]
    assert catalog["tiny-bert"].heads == 4
    assert catalog["tiny-bert"].repo == "someone/tiny-bert"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", '"../../etc/passwd"'),
        ("id", '"a/b"'),
        ("id", '".hidden"'),
        ("id", '"models--x"'),
        ("id", '"böse"'),
        ("id", '""'),
        ("id", '"a\\n"'),
        ("id", "7"),
        ("repo", '"../tiny"'),
        ("repo", '"https://example.org/tiny"'),
        ("repo", '""'),
        ("revision", '"main"'),
        ("revision", '"86b5e09"'),
        ("revision", f'"{"g" * 40}"'),
        ("layers", "0"),
        ("layers", "-2"),
        ("heads", "true"),
        ("heads", '"four"'),
        ("megabytes", "1.5"),
        ("licence", '""'),
        ("about", "[]"),
    ],
)
def test_a_malformed_field_is_named_with_its_file_and_entry(tmp_path, field, value):
    path = write_catalog(tmp_path / "catalog.toml", ENTRY | {field: value})
    with pytest.raises(
        ValueError, match=rf"catalog\.toml, entry 1: field `{field}`.*needs"
    ):
        load_catalog(path)


@pytest.mark.parametrize("field", ENTRY)
def test_a_missing_field_is_named(tmp_path, field):
    entry = {name: value for name, value in ENTRY.items() if name != field}
    path = write_catalog(tmp_path / "catalog.toml", entry)
    with pytest.raises(ValueError, match=rf"entry 1: missing required field `{field}`"):
        load_catalog(path)


def test_an_unknown_field_is_named(tmp_path):
    path = write_catalog(tmp_path / "catalog.toml", ENTRY | {"branch": '"main"'})
    with pytest.raises(ValueError, match=r"entry 1: unknown field `branch`; known: id"):
        load_catalog(path)


@pytest.mark.parametrize("model_id", ["tiny-bert", BUNDLED])
def test_an_id_may_be_taken_once(tmp_path, model_id):
    entry = ENTRY | {"id": f'"{model_id}"'}
    path = write_catalog(tmp_path / "catalog.toml", entry, entry)
    with pytest.raises(ValueError, match=f"id '{model_id}' is there twice"):
        load_catalog(path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[model]\n", "not valid TOML"),
        ('[model]\nid = "x"', "two brackets"),
        ('[[models]]\nid = "x"', "unknown field `models`; known: model"),
        ("model = 3", "two brackets"),
        ("model = [3]", "entry 1: Expected `object`, got `int`"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_words(tmp_path, text, complaint):
    (tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"catalog\.toml.*{complaint}"):
        load_catalog(tmp_path / "catalog.toml")


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match="Cannot read .*catalog.toml"):
        load_catalog(tmp_path / "catalog.toml")


@pytest.mark.parametrize(
    "model_id",
    [
        "",
        "bert",
        "BERT-BASE-UNCASED",
        "bert-base-uncased ",
        "google-bert/bert-base-uncased",
        "../../etc/passwd",
        "/etc/passwd",
        "x" * 10_000,
        "<script>alert(1)</script>\n" * 400,
        "\u202e\x00\ud800",
        None,
        ["bert-base-uncased"],
    ],
)
def test_an_unknown_id_is_answered_with_the_offer_in_one_short_line(model_id):
    with pytest.raises(UnknownModel) as caught:
        find_model(model_id)
    sentence = str(caught.value)
    assert all(known in sentence for known in load_catalog())
    assert len(sentence) < 400
    assert sentence.isprintable()


def test_the_shipped_catalog_tells_an_operator_how_to_add_an_entry():
    comment = CATALOG.read_text(encoding="utf-8").split("[[model]]")[0]
    assert "To add one" in comment
