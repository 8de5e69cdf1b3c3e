"""The report: CS50's form, texts that stay text, safe names, one file without links."""

import io
import re
import subprocess
import sys
import zipfile

import html5lib
import pytest
from markdown_it import MarkdownIt
from PIL import Image

from attention.report.finding import Figure, Finding
from attention.report.html import report_html
from attention.report.markdown import markdown, report_zip
from tests.support.serving import ROOT

HONESTY = "Attention is what a head weighs, not proof of why BERT chose a word."
# GitHub's Markdown as far as markdown-it has it; what it has not is looked for by hand.
GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
GITHUB_SEES = re.compile(r"www\.|\w://|\S@\S|:[\w+-]+:|\$[^$]*\$", re.IGNORECASE)

# Each is on one line already, so that it has to come out exactly as it stands here.
HOSTILE = [
    "The turtle moved slowly across the [MASK].",
    "*a* **b** _c_ __d__ ***e*** a*b*c a_b_c _a_b_ a__b__c _",
    "*", "**", "***", "_", "___", "* * *", "- - -", "---", "--", "-", "+", "=", "===",
    "- item", "+ item", "* item", "1. one", "2) two", "123456789. x", "1.", "3.5 m",
    "# heading", "###### six", "#", "##", "trailing #", "trailing ## ##", "a # b",
    "> quote", ">", ">>> deep", "a -> b", "<- a",
    "`code`", "``` fence", "```", "~~~", "~~~ sh", "``", "a ` b `` c", "`[MASK]`",
    "~~struck~~", "~one~", "~",
    "| a | b |", "|---|---|", "a | b", "--- | ---", ":-", ":-:", "-:", "|", ":--|",
    "[x] done", "[ ] open", "[X]", "- [ ] task", "[ ]", "[x](javascript:alert(1))",
    "[a]: http://evil.example", "[MASK]: http://evil.example", "[^1]", "[^1]: note",
    "[MASK](http://evil.example)", "[MASK][CLS]", "[MASK][a]", "![MASK](a.png)",
    "[[MASK]](b)", "[a [MASK]](b)", "![a](b)", "![", "]", "](x)", "[", "a](b) [c",
    "^a",
    "[a][b]", "[MASK] [SEP] [CLS] [UNK] [PAD] [mask]", "[!NOTE]", "](x) ![y](z",
    "<b>bold</b>", "<script>alert(1)</script>", "<!-- no -->", "<?php ?>", "<![CDATA[x",
    "<a href='x' onclick=\"y\">", "</p></li></ul><h1>x</h1>", "<http://evil.example>",
    "<a@b.example>", "1 < 2 > 0 & 3", '"><img src=x onerror=alert(1)>', "</figcaption>",
    "&amp;", "&lt;b&gt;", "&#60;", "&#x3c;", "&copy", "Tom & Jerry; AT&T", "&nbsp;",
    "http://evil.example", "https://evil.example/a_b_c?d=*e*", "ftp://evil.example",
    "www.evil.example", "WWW.EVIL.EXAMPLE", "(www.evil.example)", "_www.evil.example",
    "me@evil.example", "mailto:me@evil.example", "xmpp:a@b.example/c", "a.b@c.d@e.f",
    "@somebody", "a_b@c.example", "x@", "@", ":smile:", ":+1: :100:heart:", "12:30",
    "$x^2$", "$$x$$", "$`x`$", "costs $5 or $6", "costs $5", "$", "$$", "$\\alpha$",
    "\\", "\\\\", "a\\", "\\*a\\*", "\\[MASK\\]", "C:\\new\\[table]", "\\<b>", "\\`",
    "{{ x }} {% y %} ${z}", "^sup^ ==mark== H~2~O", "'quoted' \"twice\" …", "#1 GH-1",
    "naïve 中国 مرحبا \N{ROBOT FACE} e\u0301", "\u200b*a*\u200b", "\u202eabc", ":",
    "\ufeff#", "a" * 3000, "[" * 300, "*_" * 300, "`" * 99 + "a",
]  # fmt: skip

# As typed, and as Markdown has to have them: without a backslash too many.
ORDINARY = [
    "The turtle's shell, as it's well-known, is hard; isn't it? (Yes!)",
    "Then I picked up a [MASK] from the table.",
    "Claim: adverb -> verb, Layer 4, Head 11",
    "Its mean is 0.42 (3 of 7 pairs), i.e. 42% + 1 = more than the others: 12:30.",
    "2024 was a year, Tom & Jerry paid $5 for #1 & snake_case.",
    "[CLS] and [SEP] get the rest - \"no-op\" heads, says Clark et al. /2019/.",
]  # fmt: skip


def png(color: str = "red", size: tuple[int, int] = (3, 2)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return file.getvalue()


def finding(title="Layer 4, Head 11", **changes) -> Finding:
    given = {
        "model": "bert-base-uncased",
        "says": ("It looks from adverbs at verbs.",),
        "sentences": ("The turtle moved slowly.",),
        "figures": (),
        "note": "",
    }
    return Finding(title, **(given | changes))


def same_text_everywhere(text: str) -> Finding:
    figure = Figure(png(), caption=text, alt=text)
    return Finding(text, text, (text,), (text,), (figure,), text)


def tree(document: str):
    return html5lib.parse(document, treebuilder="etree", namespaceHTMLElements=False)


def outline(body) -> list[tuple[str, str]]:
    """Return (element, text) of headings, paragraphs, items and captions, in order."""
    blocks = {"h1", "h2", "p", "li", "figcaption"}
    return [(e.tag, "".join(e.itertext())) for e in body.iter() if e.tag in blocks]


def attributes(body) -> set[tuple[str, str]]:
    return {(e.tag, name) for e in body.iter() for name in e.attrib}


def rendered(document: str):
    return tree(GITHUB.render(document)).find("body")


def expected_outline(text: str, captions: list[tuple[str, str]]) -> list:
    return [
        ("h1", "Analysis"),
        ("h2", text),
        ("p", text),
        ("p", f"What Attention measured in {text}:"),
        ("li", text),
        ("p", "Example Sentences:"),
        ("li", text),
        *captions,
        ("p", f"Answered by {text}. {HONESTY}"),
    ]


def test_the_markdown_has_the_form_of_cs50s_analysis():
    figure = Figure(png(), "Head 11 for the first sentence.", "A heatmap")
    report = markdown(
        [
            finding(
                note="Adverbs look at the verb they modify.\n\nNot always.",
                sentences=("The turtle moved slowly.", "She ran quickly."),
                figures=(figure,),
            ),
            finding("Layer 3, Head 10", says=(), sentences=()),
        ]
    )
    assert report == (
        "# Analysis\n"
        "\n"
        "## Layer 4, Head 11\n"
        "\n"
        "Adverbs look at the verb they modify.\n"
        "\n"
        "Not always.\n"
        "\n"
        "What Attention measured in bert-base-uncased:\n"
        "- It looks from adverbs at verbs.\n"
        "\n"
        "Example Sentences:\n"
        "- The turtle moved slowly.\n"
        "- She ran quickly.\n"
        "\n"
        "![A heatmap](figures/01-layer-4-head-11.png)\n"
        "\n"
        "*Head 11 for the first sentence.*\n"
        "\n"
        "## Layer 3, Head 10\n"
        "\n"
        f"Answered by bert-base-uncased. {HONESTY}\n"
    )


def test_without_findings_the_report_says_so():
    assert markdown([]) == "# Analysis\n\nNothing has been added yet.\n"
    said = [("h1", "Analysis"), ("p", "Nothing has been added yet.")]
    assert outline(tree(report_html([]))) == said
    with zipfile.ZipFile(io.BytesIO(report_zip([]))) as archive:
        assert archive.namelist() == ["analysis.md"]


def test_findings_of_one_title_make_one_section_where_the_first_stood():
    shared, other = Figure(png(), "shared", "s"), Figure(png("blue"), "other", "o")
    first = finding(note="First.", figures=(shared,))
    again = finding(
        note="Second.",
        says=("It looks from adverbs at verbs.", "It looks back."),
        sentences=("The turtle moved slowly.", "She ran."),
        figures=(shared, other),
    )
    elsewhere = finding("Layer 1, Head 1", says=(), sentences=())
    for document in (
        rendered(markdown([first, elsewhere, again, first])),
        tree(report_html([first, elsewhere, again, first])),
    ):
        assert [text for tag, text in outline(document) if tag == "h2"] == [
            "Layer 4, Head 11",
            "Layer 1, Head 1",
        ]
        assert [text for tag, text in outline(document) if tag == "li"] == [
            "It looks from adverbs at verbs.",
            "It looks back.",
            "The turtle moved slowly.",
            "She ran.",
        ]
        said = [text for tag, text in outline(document) if tag == "p"]
        assert said[:2] == ["First.", "Second."]
        assert [image.get("alt") for image in document.iter("img")] == ["s", "o"]


def test_what_two_models_measured_is_kept_apart():
    report = markdown([finding(), finding(model="bert-base-cased", says=("No.",))])
    base = "What Attention measured in bert-base-uncased:\n- It looks from adverbs"
    assert base in report
    assert "What Attention measured in bert-base-cased:\n- No.\n" in report
    assert report.endswith(
        f"Answered by bert-base-uncased, bert-base-cased. {HONESTY}\n"
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_markdown_shows_any_text_as_it_was_typed(text):
    report = markdown([same_text_everywhere(text)])
    body = rendered(report)
    assert outline(body) == expected_outline(text, [("p", ""), ("p", text)])
    assert [image.get("alt") for image in body.iter("img")] == [text]
    ours = {"body", "h1", "h2", "p", "ul", "li", "img", "em", "span"}
    assert {element.tag for element in body.iter()} <= ours
    assert attributes(body) == {("img", "src"), ("img", "alt")}
    # GitHub looks at each run of text by itself when it makes links, emoji, formulas.
    for element in body.iter():
        for run in (element.text, element.tail):
            assert not GITHUB_SEES.search(run or "")
    # Tasks and footnotes, which GitHub knows and markdown-it does not.
    assert not re.search(r"^- \[[ xX]\]|^\[.*\]:|(?<!\\)\[\^", report, re.MULTILINE)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_html_shows_any_text_as_it_was_typed(text):
    document = tree(report_html([same_text_everywhere(text)]))
    assert outline(document) == expected_outline(text, [("figcaption", text)])
    assert [image.get("alt") for image in document.iter("img")] == [text]
    ours = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul"}
    ours |= {"li", "figure", "img", "figcaption", "footer"}
    assert {element.tag for element in document.iter()} == ours
    assert attributes(document.find("body")) == {("img", "src"), ("img", "alt")}


@pytest.mark.parametrize("first", HOSTILE, ids=lambda text: text[:20])
def test_no_line_of_a_note_changes_another(first):
    for second in ("---", "===", ":-", "- |", "|-|-|", "# x", "> y", "```", "    z"):
        body = rendered(markdown([finding(note=f"{first}\n{second}\n{first}")]))
        note = body.findall("p")[0]
        assert len(note.findall("br")) == 2
        lines = "".join(note.itertext()).split("\n")
        assert lines == [first, second.strip(), first]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_need_no_backslash(text):
    report = markdown([finding(title=text, says=(text,), note=text)])
    assert f"\n## {text}\n\n{text}\n\nWhat" in report
    assert f"\n- {text}\n" in report


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("_a_ b_c", r"\_a\_ b_c"),
        ("1. [MASK] [x] *a*", r"1\. [MASK] \[x\] \*a\*"),
        ("see www.a.example", "see www<span>.</span>a.example"),
        ("$5 or $6", "<span>$</span>5 or $6"),
    ],
)
def test_markup_is_escaped_where_it_stands_and_nowhere_else(text, written):
    assert f"\n\n{written}\n\n" in markdown([finding(note=text)])


def test_whitespace_within_a_line_becomes_one_space():
    typed = "\t The\n\n# turtle\r\nmoved\u2028\u00a0  slowly\x0b. "
    report = markdown([finding(typed, sentences=(typed, " \n "))])
    assert "\n## The # turtle moved slowly .\n" in report
    assert "\nExample Sentences:\n- The # turtle moved slowly .\n\n" in report
    items = [text for tag, text in outline(tree(report_html([finding(typed)])))]
    assert "The # turtle moved slowly ." in items


def test_a_note_keeps_its_paragraphs_and_lines():
    note = "\n\n  One\r\n\ttwo\n \t \nthree\\\nfour\n\n\n"
    for document in (
        rendered(markdown([finding(note=note)])),
        tree(report_html([finding(note=note)])).find("body"),
    ):
        first, second = document.findall("p")[:2]
        assert [text.strip() for text in first.itertext()] == ["One", "two"]
        assert [text.strip() for text in second.itertext()] == ["three\\", "four"]


def test_what_no_file_can_hold_is_marked():
    typed = "a\x00b\x07c\ud800d\x7fe"
    one = same_text_everywhere(typed)
    for written in (markdown([one]), report_html([one])):
        text = written.encode("utf-8").decode()  # the ZIP and the page encode so
        assert text.count("a\ufffdb\ufffdc\ufffdd\ufffde") == 8
    assert report_zip([one])


def test_the_zip_holds_the_report_and_the_pictures_it_names():
    red, blue = png("red"), png("blue")
    findings = [
        finding(figures=(Figure(red, "a", "b"), Figure(blue, "c", "d"))),
        finding("layer 4 head 11", figures=(Figure(red, "e", "f"),)),
        finding("../../etc/passwd\x00", figures=(Figure(blue, "g", "h"),)),
        finding("中国", figures=(Figure(red, "i", "j"),)),
    ]
    data = report_zip(findings)
    assert data == report_zip(findings)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        dates = {entry.date_time for entry in archive.infolist()}
        assert dates == {(1980, 1, 1, 0, 0, 0)}
        report, *names = archive.namelist()
        text = archive.read(report).decode("utf-8")
        pixels = [
            Image.open(archive.open(name)).convert("RGB").getpixel((0, 0))
            for name in names
        ]
    assert report == "analysis.md"
    assert text == markdown(findings)
    assert re.findall(r"\]\((.*)\)", text) == names
    assert len(set(names)) == 5
    assert all(re.fullmatch(r"figures/[a-z0-9-]{1,60}\.png", name) for name in names)
    assert names[:2] == [
        "figures/01-layer-4-head-11.png",
        "figures/02-layer-4-head-11.png",
    ]
    assert pixels == [(255, 0, 0), (0, 0, 255), (255, 0, 0), (0, 0, 255), (255, 0, 0)]


def test_the_html_needs_nothing_but_itself():
    document = report_html([finding(figures=(Figure(png(), "A head", "Heatmap"),))])
    assert document.startswith("<!DOCTYPE html>")
    page = tree(document)
    assert page.get("lang") == "en"
    assert page.find("head/meta[@charset]").get("charset") == "utf-8"
    assert page.find("head/meta[@name='viewport']") is not None
    assert page.find("head/title").text == "Analysis - Attention"
    assert "prefers-color-scheme: dark" in page.find("head/style").text
    assert "//" not in re.sub('base64,[^"]*', "", document)
    assert not list(page.iter("script")) + list(page.iter("link"))
    policy = page.find("head/meta[@http-equiv='Content-Security-Policy']")
    rules = dict(
        rule.strip().split(" ", 1) for rule in policy.get("content").split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert set(rules) == {
        "default-src", "img-src", "style-src", "base-uri", "form-action"
    }  # fmt: skip
    picture = html5_picture(page.find("body/figure/img").get("src"))
    assert picture.size == (3, 2)


def html5_picture(address: str) -> Image.Image:
    from urllib.request import urlopen  # reads data: without a network

    with urlopen(address) as answer:
        return Image.open(io.BytesIO(answer.read()))


def test_the_htmls_style_is_the_one_its_policy_allows():
    import base64
    import hashlib

    page = tree(report_html([]))
    style = page.find("head/style").text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.find("head/meta[@http-equiv]").get("content")
    assert f"style-src 'sha256-{digest}';" in policy


@pytest.mark.slow
def test_jinja2_waits_until_a_report_becomes_html():
    code = "import sys, attention.report.html; sys.exit('jinja2' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
