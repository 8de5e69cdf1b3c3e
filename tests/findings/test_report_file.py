"""The report's file: what was saved comes back, and everything else is refused."""

import base64
import io
import json
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from attention.report.file import BadFile, load, save
from attention.report.finding import Figure, Finding, fitted

RED = (255, 0, 0)


def encoded(image: Image.Image, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def png(size=(3, 2)) -> bytes:
    return encoded(Image.new("RGB", size, RED))


def chunk(name: bytes, content: bytes) -> bytes:
    """A PNG's piece, as its specification has it."""
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def claiming(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A black-and-white PNG whose header says this size."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def finding(**changes) -> Finding:
    given = {
        "title": "Layer 4, Head 11",
        "model": "bert-base-uncased",
        "says": ("It looks back.",),
        "sentences": ("The turtle moved slowly.", "中国 \N{ROBOT FACE} [MASK]"),
        "figures": (Figure(png(), "A head", "Heatmap"),),
        "note": 'First.\n\nSecond: "quoted" \\ </script>\x00',
    }
    return Finding(**(given | changes))


def document(**changes) -> dict:
    return json.loads(save([finding()], {"text": "Hi [MASK]."})) | changes


def written(content: object) -> bytes:
    return json.dumps(content).encode()


def with_finding(**changes) -> bytes:
    saved = document()
    saved["findings"][0] |= changes
    return written(saved)


def with_figure(**changes) -> bytes:
    saved = document()
    saved["findings"][0]["figures"][0] |= changes
    return written(saved)


def with_picture(data: bytes) -> bytes:
    return with_figure(png=base64.b64encode(data).decode())


def refusal(data: bytes) -> str:
    with pytest.raises(BadFile) as caught:
        load(data)
    return str(caught.value)


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def test_the_file_is_json_that_anybody_can_read():
    view = {"text": "Then I [MASK]."}
    assert json.loads(save([finding()], view).decode("utf-8")) == {
        "format": "attention",
        "version": 1,
        "view": {"text": "Then I [MASK]."},
        "findings": [
            {
                "title": "Layer 4, Head 11",
                "model": "bert-base-uncased",
                "says": ["It looks back."],
                "sentences": ["The turtle moved slowly.", "中国 \N{ROBOT FACE} [MASK]"],
                "note": 'First.\n\nSecond: "quoted" \\ </script>\x00',
                "figures": [
                    {
                        "caption": "A head",
                        "alt": "Heatmap",
                        "png": base64.b64encode(png()).decode(),
                    }
                ],
            }
        ],
    }


def test_what_was_saved_comes_back():
    plain = finding(title="Layer 1, Head 1", figures=(), note="")
    view = {"text": "Hi [MASK].", "layer": "4", "": ""}
    (first, second), same_view = load(save([finding(), plain], view))
    assert same_view == view
    assert second == plain
    (figure,) = first.figures
    assert (figure.caption, figure.alt) == ("A head", "Heatmap")
    assert (pixels(figure.png) == (*RED, 255)).all()
    assert pixels(figure.png).shape == (2, 3, 4)
    assert first == finding(figures=first.figures)
    assert load(save([], {})) == ((), {})


def test_a_mark_at_the_files_start_does_no_harm():
    data = save([finding(figures=())], {})
    assert load(b"\xef\xbb\xbf" + data) == load(data)


def test_saving_and_loading_again_changes_nothing():
    palette = Image.new("P", (5, 5), 2)
    palette.putpalette([0, 0, 0, 9, 9, 9, 255, 0, 0])
    images = [Image.new(mode, (5, 5), 1) for mode in ("1", "L", "RGB", "RGBA", "I;16")]
    figures = [Figure(encoded(image), "", "") for image in (*images, palette)]
    findings = [finding(figures=(figure,)) for figure in figures]
    once = save(*load(save(findings, {})))
    assert save(*load(once)) == once


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_pictures_keep_their_pixels(mode):
    noise = np.random.default_rng(1).integers(0, 256, (20, 30, 4), np.uint8)
    image = Image.fromarray(noise).convert("RGB" if mode == "P" else "RGBA")
    before = encoded(image.convert(mode))
    (after,), _ = load(with_picture(before))
    np.testing.assert_array_equal(pixels(after.figures[0].png), pixels(before))


def test_a_palettes_picture_stays_small_and_transparency_stays():
    image = Image.new("P", (200, 200))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (50, 50, 100, 100))
    (small,), _ = load(with_picture(encoded(image)))
    assert Image.open(io.BytesIO(small.figures[0].png)).mode == "P"
    assert len(small.figures[0].png) < 500
    before = encoded(image, transparency=1)
    (clear,), _ = load(with_picture(before))
    assert pixels(clear.figures[0].png)[60, 60, 3] == 0
    np.testing.assert_array_equal(pixels(clear.figures[0].png), pixels(before))


def test_of_a_picture_nothing_but_pixels_survives():
    words = PngImagePlugin.PngInfo()
    for write in (words.add_text, words.add_itxt):
        write("Comment", "secret")
    exif = Image.Exif()
    exif[0x010E] = "secret"
    before = encoded(
        Image.new("RGB", (3, 2), RED),
        pnginfo=words,
        exif=exif,
        icc_profile=b"secret" * 9,
        dpi=(72, 72),
    )
    (after,), _ = load(with_picture(before + b"<script>secret</script>"))
    data, names, at = after.figures[0].png, [], 8
    while at < len(data):  # length, name, content, checksum
        (length,) = struct.unpack(">I", data[at : at + 4])
        names.append(data[at + 4 : at + 8])
        at += length + 12
    assert names == [b"IHDR", b"IDAT", b"IEND"]
    assert pixels(data).shape == (2, 3, 4)


def test_lone_surrogates_are_saved_as_marks():
    surrogate = finding(title="a\ud800b", figures=())
    ((loaded,), view) = load(save([surrogate], {"text": "\udfff"}))
    assert loaded.title == "a\ufffdb"
    assert view == {"text": "\ufffd"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "x" * 301}, "300 characters at finding 2, title"),
        ({"note": "x" * 20_001}, "20,000 characters at finding 2, note"),
        ({"says": ("x",) * 51}, "50 entries at finding 2, says"),
        ({"says": ("x" * 2001,)}, "2,000 characters at finding 2, says"),
        ({"sentences": ("x",) * 21}, "20 entries at finding 2, sentences"),
        ({"sentences": ("x" * 10_001,)}, "10,000 characters at finding 2, sentences"),
        ({"figures": (Figure(b"", "", ""),) * 9}, "8 entries at finding 2, figures"),
        ({"figures": (Figure(b"", "x" * 2001, ""),)}, "2,000 characters at finding 2"),
        ({"figures": (Figure(b"", "", "x" * 2001),)}, "2,000 characters at finding 2"),
    ],
)
def test_more_than_the_limits_is_neither_saved_nor_opened(changes, words):
    findings = [finding(), finding(**changes)]
    with pytest.raises(ValueError, match=f"more than {words}.*shorten"):
        save(findings, {})
    raw = document()["findings"][0]
    made = {name: getattr(findings[1], name) for name in changes if name != "figures"}
    if "figures" in changes:
        figures = changes["figures"]
        made["figures"] = [
            {"caption": f.caption, "alt": f.alt, "png": ""} for f in figures
        ]
    said = refusal(written(document(findings=[raw, raw | made])))
    assert f"more than {words}" in said


def test_as_much_as_the_limits_allow_is_saved_and_opened():
    most = finding(
        title="t" * 300,
        note="n" * 20_000,
        says=("s" * 2000,) * 50,
        sentences=tuple(f"{i:010}" for i in range(19)) + ("x" * 10_000,),
        figures=(Figure(png(), "c" * 2000, "a" * 2000),) * 8,
    )
    view = {f"{i:040}": "v" * 20_000 for i in range(40)}
    (loaded,), same_view = load(save([most], view))
    assert loaded.sentences == most.sentences
    assert len(loaded.figures) == 8
    assert same_view == view
    assert len(load(save([finding()] * 200, {}))[0]) == 200
    with pytest.raises(ValueError, match="more than 200 entries at findings"):
        save([finding()] * 201, {})


def test_a_finding_that_is_too_large_is_cut_until_it_can_be_saved():
    one = finding(
        title="t" * 301,
        note="n" * 20_001,
        says=("s" * 2001,) * 51,
        sentences=("x" * 10_001,) * 21,
        figures=(Figure(png(), "c" * 2001, "a" * 2001),) * 9,
    )
    (loaded,), _ = load(save([fitted(one)], {}))
    assert loaded.title == "t" * 299 + "…"
    assert len(loaded.says) == 50
    assert len(loaded.sentences) == 20
    assert len(loaded.figures) == 8
    assert loaded.figures[0].caption == "c" * 1999 + "…"


@pytest.mark.parametrize(
    "view",
    [{f"{i}": "" for i in range(41)}, {"x" * 41: ""}, {"text": "x" * 1_000_001}],
)
def test_a_view_has_limits_too(view):
    with pytest.raises(ValueError, match="at view.*shorten"):
        save([], view)
    assert "at view" in refusal(written(document(view=view)))


def test_a_file_of_more_than_20_mb_is_refused():
    assert "more than 20 MB" in refusal(b" " * 20_000_001)
    large = finding(figures=(Figure(bytes(15_000_000), "", ""),))
    with pytest.raises(ValueError, match="more than 20 MB: shorten"):
        save([large], {})


def test_a_newer_attentions_file_is_told_from_a_bad_one():
    newer = written({"format": "attention", "version": 2, "anything": [1]})
    assert refusal(newer) == ("This file was made by a newer Attention: open it there.")
    for version in (0, -1, "2", None, True, 1.5, [2]):
        assert "newer" not in refusal(written(document(version=version)))


def test_a_zip_is_told_from_the_reports_file():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("analysis.md", "# Analysis")
    said = refusal(file.getvalue())
    assert "ZIP" in said
    assert ".json" in said
    assert "empty" in refusal(b"")


@pytest.mark.parametrize("empty", [b"[]", b"{}"])
@pytest.mark.parametrize(
    "around", [b"[%s]", save([], {}).replace(b'"findings": []', b'"findings": [%s]')]
)
def test_a_file_that_is_all_brackets_is_refused_before_it_fills_the_memory(
    empty, around
):
    data = around % b",".join([empty] * 5_000_000)
    assert len(data) > 15_000_000
    tracemalloc.start()
    try:
        assert "is not as Attention saves it" in refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def in_title(json_text: str) -> bytes:
    return with_finding(title="HERE").replace(b'"HERE"', json_text.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe{\x00}\x00",
        b"\x89PNG\r\n\x1a\n",
        save([], {}).replace(b'"view"', b'"vi\xe9w"'),
        save([], {})[:-1],
        save([], {}) + b"x",
        save([], {}).decode().encode("utf-16"),
        b"{",
        b'"',
        b'"' + b'\\"' * 100_000,
        b'["' + b"x" * 100_000,
        b" ",
        b"null",
        b"1",
        b"[]",
        b"{}",
        b"NaN",
        b"9" * 5000,
        b"1e999",
        nested(900),
        nested(2900),
        nested(1_000_000),
        b'{"a":' * 1400 + b"1" + b"}" * 1400,
        in_title(nested(900).decode()),
        in_title(nested(1200).decode()),
        in_title("9" * 4000),
        in_title("9" * 5000),
        in_title("NaN"),
        in_title("-Infinity"),
        in_title("1e999"),
        in_title('"\\ud800"'),
        in_title('"\\udfff\\ud800"'),
        in_title('"a", "title": "b"'),
        in_title('"a\nb"'),
        written(document(view={"\ud800": ""})),
        written(document(format="other")),
        written(document(format=["attention"])),
        written(document(findings={})),
        written(document(findings=[[]])),
        written(document(findings=None)),
        written(document(view=[])),
        written(document(view={"text": 1})),
        written(document(extra=1)),
        written({k: v for k, v in document().items() if k != "findings"}),
        with_finding(extra="x"),
        with_finding(title=None),
        with_finding(says="It looks back."),
        with_finding(says=[1]),
        with_finding(figures=[1]),
        with_finding(figures={}),
        with_finding(figures=[{"caption": "", "alt": ""}]),
        with_figure(extra="x"),
        with_figure(alt=[]),
        with_figure(png=None),
        with_figure(png="päng"),
        with_figure(png="not base64!"),
        with_figure(png="abc"),
        with_figure(png=base64.b64encode(png()).decode() + "\n"),
    ],
    ids=lambda data: repr(data[-30:]),
)
def test_any_other_content_is_refused_in_a_sentence(data):
    said = refusal(data)
    assert said.startswith("This file ")
    assert said.endswith(
        "choose the file that Attention saved, whose name ends in .json."
    )
    assert len(said) < 200


def test_a_cut_file_is_refused_wherever_it_was_cut():
    data = save([finding()], {"text": "Hi."})
    for end in range(0, len(data), 7):
        assert refusal(data[:end])


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        jpeg(),
        b"\x89PNG\r\n\x1a\n",
        png()[:40],
        png()[:-20],
        png()[:-8],
        png().replace(b"IDAT", b"IDAX"),
        png()[:-16] + b"\x00\x00\x00\x00" + png()[-12:],
        claiming(0, 0),
        claiming(2**31 - 1, 2**31 - 1),
        claiming(20_000, 20_000),
        claiming(10_000, 10_000, b"\x00" * 1251 * 10_000),
        claiming(6001, 1, b"\x00" * 752),
        claiming(1, 6001, b"\x00\x00" * 6001),
        claiming(6000, 6000, b"\x00" * 100),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_a_picture_that_is_none_or_too_large_is_refused(data):
    said = refusal(with_picture(data))
    assert "picture that is damaged or too large" in said
    assert said.endswith(".json.")


def test_a_picture_of_6000_pixels_a_side_is_opened():
    (loaded,), _ = load(with_picture(claiming(6000, 6000, b"\x00" * 751 * 6000)))
    image = Image.open(io.BytesIO(loaded.figures[0].png))
    assert image.size == (6000, 6000)


def test_many_large_pictures_are_refused_before_any_is_drawn():
    large = base64.b64encode(claiming(6000, 6000, b"\x00" * 751 * 6000)).decode()
    saved = document()
    saved["findings"][0]["figures"] = [{"caption": "", "alt": "", "png": large}] * 6
    saved["findings"] *= 3  # 648 million pixels in 0.1 MB
    assert "too large" in refusal(written(saved))
    large = Figure(claiming(6000, 6000, b"\x00" * 751 * 6000), "", "")
    with pytest.raises(ValueError, match="too large together: remove some"):
        save([finding(figures=(large,) * 3)] * 3, {})
