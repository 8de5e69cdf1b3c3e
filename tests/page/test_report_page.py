"""The report without a browser: what is added, moved, noted, saved and continued."""

import re
from unittest import mock

import pytest
from streamlit.testing.v1 import AppTest

from attention.claims.lines import parse
from attention.reading import MAX_MASKS
from attention.report import file as report_file
from attention.report.markdown import markdown
from components.session.choices import TABS
from components.tabs import report as report_list
from components.tabs.claim import lines as claim_lines
from model_cache.catalog import BUNDLED
from tests.page.test_page import component
from tests.support.on_the_page import (
    ACROSS,
    claim,
    findings,
    in_tab,
    labels,
    open_head,
    press,
    texts,
    upload_report,
)


def is_unsaved(page: AppTest) -> bool:
    """Whether the browser asks before the page is left."""
    return component(page, "is_unsaved")["is_unsaved"]


def test_a_head_is_added_with_its_note_and_stays_when_the_page_moves_on(open_page):
    page = open_page(text=ACROSS)
    page.text_area(key="note for head").set_value("Looks ahead.\n\nAlways?")
    page.button(key="add finding head").click().run()
    page = open_head(page, 7, 10)
    page.text_input(key="text").set_value("Another [MASK].").run()
    (finding,) = findings(page)
    assert finding.title == "Layer 3, Head 10"
    assert finding.note == "Looks ahead.\n\nAlways?"
    assert finding.sentences == (ACROSS,)
    assert "Each word looks at the next word" in finding.says[0]
    assert finding.figures[0].png.startswith(b"\x89PNG")
    assert page.text_area(key="note for head").value == ""


def test_a_comparison_a_what_if_and_a_claim_are_added_too(open_page):
    page = in_tab(open_page(text=ACROSS), "Compare")
    other = "The dog moved slowly across the [MASK]."
    page.text_input(key="with").set_value(other).run()
    page.button(key="add finding comparison").click().run()
    in_tab(page, "Test a claim").button(key="add finding claim").click().run()
    page.session_state["silent"] = ["Layer 3, head 10", "Layer 5"]
    in_tab(page, "What if").button(key="add finding what if").click().run()
    assert not page.exception
    comparison, tested, what_if = findings(page)
    assert len(comparison.sentences) == len(comparison.figures) == 2
    words, heads = comparison.says[::2], comparison.says[1::2]
    for sentence, word, head, figure in zip(
        comparison.sentences, words, heads, comparison.figures, strict=True
    ):
        assert word.startswith(f"In “{sentence}”: At [MASK]: “")
        assert word.count("%") == 3  # as many words as the page shows
        assert head.startswith(f"In “{sentence}”: Each word looks")
        assert f"in “{sentence}”" in figure.caption
    (verdict,) = tested.says
    assert verdict.startswith("Claim: adverb -> verb. ")
    assert "The best of 144 heads" in verdict
    assert any("miss" in sentence for sentence in tested.sentences)
    assert what_if.title == "What if layer 3, head 10 and layer 5 were silent"
    assert what_if.says[0].startswith(f"In “{ACROSS}”: At [MASK], ")
    assert "as trained" in what_if.says[0]
    assert f"in “{ACROSS}”" in what_if.figures[0].caption


def test_a_what_if_tells_each_masks_words_apart(open_page):
    page = open_page(text="The [MASK] moved " + "to the [MASK] " * 8 + ".", k="20")
    page.session_state["silent"] = ["Layer 5"]
    in_tab(page, "What if").button(key="add finding what if").click().run()
    (what_if,) = findings(page)
    for number, (line, figure) in enumerate(
        zip(what_if.says, what_if.figures, strict=True), start=1
    ):
        assert f": At mask {number} of 9, as trained and with layer 5" in line
        assert f"Words at mask {number} of 9 in " in figure.caption
        assert f" At mask {number} of 9, " in figure.alt
    assert number == MAX_MASKS
    saved, _ = report_file.load(report_file.save([what_if], {}))
    assert saved[0].says == what_if.says  # nothing was cut


def test_a_claims_finding_says_that_its_test_was_stopped(open_page):
    page = claim(open_page, f"{ACROSS} | slowly -> moved\n{ACROSS} | moved -> slowly")
    page.text_input(key="claim_words").set_value("Adverbs look at their verbs.").run()
    page.button(key="add finding claim").click().run()
    assert "stopped" not in findings(page)[0].says[0]
    assert findings(page)[0].says[0].startswith("Claim: Adverbs look at their verbs. ")
    lines = [f"A cat {i} ran. | cat -> ran" for i in range(200)]
    # As when "Stop the test" is pressed during the first batch.
    key = hash((BUNDLED, *parse(lines)[0]))
    page.session_state["claim_run"] = {"key": key, "done": 1, "is_stopped": True}
    page.text_area(key="examples").set_value("\n".join(lines)).run()
    assert "Stopped after " in texts(page)
    page.button(key="add finding claim").click().run()
    says = findings(page)[1].says[0]
    tested, left = (
        int(re.search(pattern, says)[1])
        for pattern in ("hits \\d+ of (\\d+)", "stopped with (\\d+) sentences to go")
    )
    assert 0 < tested == 200 - left < 200


def test_lines_too_long_for_a_link_are_unsaved_until_a_file_has_them(open_page):
    lines = "\n".join(f"A cat {i} ran. | cat -> ran" for i in range(300))
    page = in_tab(open_page(), "Test a claim")
    assert not is_unsaved(page)
    page.text_area(key="examples").set_value(lines).run()
    assert is_unsaved(page)
    page = upload_report(in_tab(page, "Report"), {"examples": f"{lines}\n"})
    assert not is_unsaved(page)
    page.text_input(key="text").set_value("A [MASK].").run()
    assert is_unsaved(page)


def test_a_file_without_lines_saves_none(open_page):
    lines = "\n".join(f"A cat {i} ran. | cat -> ran" for i in range(300))
    page = in_tab(open_page(), "Test a claim")
    page.text_area(key="examples").set_value(lines).run()
    assert is_unsaved(upload_report(in_tab(page, "Report"), {"head": "2-1"}))


def test_two_claims_of_ones_own_about_one_head_keep_their_verdicts(open_page):
    page = claim(open_page, f"{ACROSS} | slowly -> moved")
    page.button(key="add finding claim").click().run()
    lines = f"{ACROSS} | turtle -> moved\n{ACROSS} | slowly -> moved"
    page.text_area(key="examples").set_value(lines).run()
    page.button(key="add finding claim").click().run()
    first, second = (finding.says for finding in findings(page))
    assert first[0].startswith("A claim of my own, such as “slowly -> moved”. ")
    assert second[0].startswith("A claim of my own, such as “turtle -> moved”. ")
    assert len(first) == len(second) == 1


def test_a_report_says_of_each_measurement_in_which_sentence_it_was_made(open_page):
    page = open_page(text=ACROSS)
    page.button(key="add finding head").click().run()
    page.text_input(key="text").set_value("A cat ran.").run()
    page.button(key="add finding head").click().run()
    report = markdown(findings(page))
    assert report.count("## Layer 3, Head 10") == 1
    for sentence in (ACROSS, "A cat ran."):
        assert f"- In “{sentence}”: Each word looks at the next word: " in report
        assert f"*Layer 3, head 10 of attention-small-12x12 in “{sentence}”: " in report


def test_a_long_text_is_added_as_a_picture(open_page):
    page = open_page(text="turtle " * 400)
    page.button(key="add finding head").click().run()
    assert findings(page)[0].figures[0].png.startswith(b"\x89PNG")


def test_findings_move_up_and_down_and_come_back_when_removed(open_page):
    page = open_page(text=ACROSS)
    for layer in (1, 2, 3):
        page = open_head(page, layer, 10)
        page.button(key="add finding head").click().run()
    in_tab(page, "Report")

    def order() -> list[str]:
        return [finding.title.split(",")[0][-1] for finding in findings(page)]

    page.button(key="Up 3").click().run()
    assert order() == ["1", "3", "2"]
    page.button(key="Down 1").click().run()
    assert order() == ["3", "1", "2"]
    page.button(key="remove 1").click().run()
    assert order() == ["3", "2"]
    press(page, "↩ Put back what was removed")
    assert order() == ["3", "1", "2"]
    assert page.button(key="Up 3").disabled
    assert page.button(key="Down 2").disabled


def test_everything_removed_comes_back_to_its_place_click_by_click(open_page):
    page = open_page(text=ACROSS)
    for note in "abc":
        page.text_area(key="note for head").set_value(note)
        page.button(key="add finding head").click().run()
    in_tab(page, "Report")
    for number in (1, 3, 2):
        page.button(key=f"remove {number}").click().run()
    assert not findings(page)
    for left in (["b"], ["b", "c"], ["a", "b", "c"]):
        page = press(page, "↩ Put back what was removed")
        assert [finding.note for finding in findings(page)] == left
    assert "↩ Put back what was removed" not in labels(page)


def test_a_second_click_on_what_is_gone_does_nothing(open_page):
    page = open_page(text=ACROSS)
    page.button(key="add finding head").click().run()
    in_tab(page, "Report")
    session = {"report": page.session_state["report"]}
    with mock.patch.object(report_list.st, "session_state", session):
        for callback in (
            lambda: report_list._remove(99),
            lambda: report_list._move(1, -1),
            lambda: report_list._note(99),
            report_list._put_back,
            claim_lines._put_back,
        ):
            callback()
    assert len(findings(page)) == 1


def test_the_largest_findings_of_the_page_can_be_saved_and_opened(open_page):
    masks = " ".join(["[MASK]"] * 9)
    page = open_page(text=masks + " turtle" * 490, k="20")
    page.session_state["silent"] = ["Layer 5", "Layer 6", "Layer 7, head 1"]
    in_tab(page, "What if").button(key="add finding what if").click().run()
    page.session_state["with"] = "a" * 20_000
    in_tab(page, "Compare").button(key="add finding comparison").click().run()
    assert not page.exception
    found = findings(page)
    assert len(found) == 2
    loaded, _ = report_file.load(report_file.save(found, {}))
    assert [one.title for one in loaded] == [one.title for one in found]


def test_the_report_is_there_while_the_sentence_cannot_be_read(open_page):
    page = open_page(text=ACROSS)
    page.button(key="add finding head").click().run()
    page.text_input(key="text").set_value("").run()
    assert texts(page).count("There is no reading to show yet.") == 1
    in_tab(page, "Report")
    assert len(page.error) == 1  # about the sentence
    assert "There is no reading to show yet." not in texts(page)
    assert "1. Layer 3, Head 10" in texts(page)
    page.text_area(key="note 1").set_value("Still here.").run()
    assert findings(page)[0].note == "Still here."
    page.text_input(key="text").set_value(ACROSS).run()
    assert page.text_area(key="note 1").value == "Still here."
    assert not page.error


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab != "Report"])
def test_no_other_tab_fails_while_the_sentence_cannot_be_read(open_page, tab):
    page = open_page(text="", tab=tab)
    assert not page.exception
    assert len(page.error) == 1
    assert "There is no reading to show yet." in texts(page)


def test_findings_just_opened_from_their_file_need_no_saving(open_page):
    page = upload_report(open_page(tab="Report"), {})
    assert not is_unsaved(page)
    page = upload_report(page, {"tab": "Report"})  # now no file has both
    assert len(findings(page)) == 2
    assert is_unsaved(page)


def test_a_note_is_edited_in_the_list(open_page):
    page = open_page(text=ACROSS)
    page.button(key="add finding head").click().run()
    in_tab(page, "Report").text_area(key="note 1").set_value("Better words.").run()
    in_tab(page, "All heads")
    assert findings(page)[0].note == "Better words."
    assert in_tab(page, "Report").text_area(key="note 1").value == "Better words."
