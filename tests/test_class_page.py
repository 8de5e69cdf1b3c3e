"""Claims, reports, lessons and links without a browser: what the page says."""

import json
from unittest import mock

import pytest
from streamlit.testing.v1 import AppTest

from attention import report_file
from attention.lessons import lessons
from attention.report import markdown
from components import claim_lines, links, report_list, state
from tests.hostile import FOUND
from tests.test_page import component, headings

SLOWLY = "The turtle moved slowly across the [MASK]."


def texts(page: AppTest) -> str:
    return "\n".join(text.value for text in page.text)


def press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def findings(page: AppTest) -> list:
    return [entry.finding for entry in page.session_state["report"]]


def in_tab(page: AppTest, tab: str) -> AppTest:
    page.session_state["tab"] = tab
    return page.run()


def upload_report(page: AppTest, view: dict[str, str]) -> AppTest:
    """Continue from a file with one finding and this view."""
    file = report_file.save([FOUND], view)
    return page.file_uploader(key="report_file").upload("report.json", file).run()


def is_unsaved(page: AppTest) -> bool:
    """Whether the browser asks before the page is left."""
    return component(page, "is_unsaved")["is_unsaved"]


# Claims


def claim(open_page, lines: str) -> AppTest:
    page = open_page(tab="Test a claim", claim=lines)
    assert not page.exception
    return page


def test_a_links_claim_is_tested_and_its_bad_lines_are_listed(open_page):
    page = claim(
        open_page,
        f"{SLOWLY} | slowly -> moved\nno bar\n"
        + "turtle " * 600
        + "| turtle#1 -> turtle#2",
    )
    assert "hits 1 of 1 (100%" in texts(page)
    assert "2 lines are not tested" in texts(page)
    assert "line 2: there is no bar; write sentence | from -> to\nline 3: " in texts(
        page
    )
    assert "602 tokens" in texts(page)


def test_the_tab_starts_with_a_ready_claim_and_offers_the_others(open_page):
    page = open_page(tab="Test a claim")
    assert "adverb -> verb" in labels(page)
    assert page.text_input(key="claim").value == "adverb -> verb"
    assert "of 144 heads" in texts(page)


def test_a_ready_claim_replaces_own_lines_and_gives_them_back(open_page):
    own = f"{SLOWLY} | slowly -> moved"
    page = press(claim(open_page, own), "object -> verb")
    assert own not in page.text_area(key="claim_lines").value
    page = press(page, "↩ Put my own lines back")
    assert page.text_area(key="claim_lines").value == own


def test_a_continued_reports_lines_give_own_lines_back(open_page):
    own, saved = f"{SLOWLY} | slowly -> moved", "A cat slept. | cat -> slept"
    page = in_tab(in_tab(open_page(claim=own), "Test a claim"), "Report")
    page = upload_report(page, {"claim_lines": saved, "tab": "Test a claim"})
    assert page.text_area(key="claim_lines").value == saved
    page = press(page, "↩ Put my own lines back")
    assert page.text_area(key="claim_lines").value == own


def test_a_files_lines_are_not_called_what_other_lines_were(open_page):
    saved = "A red car hit it. | red -> car"
    page = in_tab(open_page(), "Test a claim")
    assert page.text_input(key="claim").value == "adverb -> verb"
    page = upload_report(in_tab(page, "Report"), {"claim_lines": saved})
    page = in_tab(page, "Test a claim")
    assert page.text_area(key="claim_lines").value == saved
    assert page.text_input(key="claim").value == ""


def test_a_second_file_opens_though_no_claim_was_looked_at(open_page):
    page = in_tab(open_page(), "Report")
    for line in ("A dog ran. | dog -> ran", "A cat slept. | cat -> slept"):
        page = upload_report(page, {"claim_lines": line})
        assert not page.exception
    assert len(findings(page)) == 2
    page = press(in_tab(page, "Test a claim"), "↩ Put my own lines back")
    assert page.text_area(key="claim_lines").value == "A dog ran. | dog -> ran"


def test_a_link_has_the_claims_words_besides_its_lines(open_page):
    page = claim(open_page, f"{SLOWLY} | slowly -> moved")
    assert "claim_words" not in page.query_params
    page.text_input(key="claim").set_value("an adverb & its verb").run()
    link = {name: page.query_params[name] for name in ("claim", "claim_words")}
    other = open_page(tab="Test a claim", **link)
    assert other.text_area(key="claim_lines").value == f"{SLOWLY} | slowly -> moved"
    assert other.text_input(key="claim").value == "an adverb & its verb"


def test_no_lines_ask_for_some(open_page):
    page = claim(open_page, "x")
    page.text_area(key="claim_lines").set_value("").run()
    assert "List at least one sentence" in texts(page)
    assert not page.exception


def test_the_best_head_is_opened_and_its_sentences_are_listed(open_page):
    page = claim(open_page, f"{SLOWLY} | slowly -> moved")
    best = next(label for label in labels(page) if label.startswith("Open layer"))
    page = press(page, best)
    assert best.removeprefix("Open l") in headings(page)[-1].lower()
    listed = next(f.value for f in page.dataframe if "looked_at" in f.value)
    assert listed[["hit", "looked_at"]].to_numpy().tolist() == [["hit", "moved"]]


def test_the_sentences_are_the_best_heads_until_somebody_opens_a_head(open_page):
    page = open_page(tab="Test a claim", claim="adverb -> verb")
    assert "Sentences of layer 5, head 2, misses first" in texts(page)
    assert "The open head, " not in texts(page)
    named = open_page(tab="Test a claim", claim="adverb -> verb", layer="4", head="11")
    assert "Sentences of layer 4, head 11, misses first" in texts(named)
    assert "The open head, Layer 4, head 11: it hits " in texts(named)


def test_a_ready_claims_title_goes_with_the_last_of_its_lines(open_page):
    page = open_page(tab="Test a claim", claim="adverb -> verb")
    first, *_ = page.text_area(key="claim_lines").value.split("\n")
    mine = f"{SLOWLY} | turtle -> moved"
    page.text_area(key="claim_lines").set_value(f"{first}\n{mine}").run()
    assert page.text_input(key="claim").value == "adverb -> verb"
    page.text_area(key="claim_lines").set_value(f"{mine}\n").run()
    assert page.text_input(key="claim").value == ""


def test_words_in_markdown_stay_words_in_what_a_claim_says(open_page):
    page = claim(open_page, "The **dog** ran. | **dog** -> ran\n# x | $a$ -> b")
    shown = [e.value for e in (*page.markdown, *page.error, *page.warning)]
    assert not any("**dog**" in value or "$a$" in value for value in shown)


# The report


def test_a_head_is_added_with_its_note_and_stays_when_the_page_moves_on(open_page):
    page = open_page(text=SLOWLY)
    page.text_area(key="note for head").set_value("Looks ahead.\n\nAlways?")
    page.button(key="add finding head").click().run()
    page.session_state[state.LAYER] = 7
    page.text_input(key="text").set_value("Another [MASK].").run()
    (finding,) = findings(page)
    assert finding.title == "Layer 3, Head 10"
    assert finding.note == "Looks ahead.\n\nAlways?"
    assert finding.sentences == (SLOWLY,)
    assert "Each word looks at the next word" in finding.says[0]
    assert finding.figures[0].png.startswith(b"\x89PNG")
    assert page.text_area(key="note for head").value == ""


def test_a_comparison_a_what_if_and_a_claim_are_added_too(open_page):
    page = in_tab(open_page(text=SLOWLY), "Compare")
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
    assert what_if.says[0].startswith(f"In “{SLOWLY}”: At [MASK], ")
    assert "as trained" in what_if.says[0]
    assert f"in “{SLOWLY}”" in what_if.figures[0].caption


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
    assert number == state.MAX_MASKS
    saved, _ = report_file.load(report_file.save([what_if], {}))
    assert saved[0].says == what_if.says  # nothing was cut


def test_two_claims_of_ones_own_about_one_head_keep_their_verdicts(open_page):
    page = claim(open_page, f"{SLOWLY} | slowly -> moved")
    page.button(key="add finding claim").click().run()
    lines = f"{SLOWLY} | turtle -> moved\n{SLOWLY} | slowly -> moved"
    page.text_area(key="claim_lines").set_value(lines).run()
    page.button(key="add finding claim").click().run()
    first, second = (finding.says for finding in findings(page))
    assert first[0].startswith("A claim of my own, such as “slowly -> moved”. ")
    assert second[0].startswith("A claim of my own, such as “turtle -> moved”. ")
    assert len(first) == len(second) == 1


def test_a_report_says_of_each_measurement_in_which_sentence_it_was_made(open_page):
    page = open_page(text=SLOWLY)
    page.button(key="add finding head").click().run()
    page.text_input(key="text").set_value("A cat ran.").run()
    page.button(key="add finding head").click().run()
    report = markdown(findings(page))
    assert report.count("## Layer 3, Head 10") == 1
    for sentence in (SLOWLY, "A cat ran."):
        assert f"- In “{sentence}”: Each word looks at the next word: " in report
        assert f"*Layer 3, head 10 of attention-small-12x12 in “{sentence}”: " in report


def test_a_long_text_is_added_as_a_picture(open_page):
    page = open_page(text="turtle " * 400)
    page.button(key="add finding head").click().run()
    assert findings(page)[0].figures[0].png.startswith(b"\x89PNG")


def test_findings_move_up_and_down_and_come_back_when_removed(open_page):
    page = open_page(text=SLOWLY)
    for layer in (1, 2, 3):
        page.session_state[state.LAYER] = layer
        page.run()
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
    page = open_page(text=SLOWLY)
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
    page = open_page(text=SLOWLY)
    page.button(key="add finding head").click().run()
    in_tab(page, "Report")
    session = {"report": page.session_state["report"]}
    with mock.patch.object(links.st, "session_state", session):
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
    page = open_page(text=SLOWLY)
    page.button(key="add finding head").click().run()
    page.text_input(key="text").set_value("").run()
    assert "Report" in headings(page)
    page.text_area(key="note 1").set_value("Still here.").run()
    assert findings(page)[0].note == "Still here."
    page.text_input(key="text").set_value(SLOWLY).run()
    assert "Report" not in headings(page)


def test_findings_just_opened_from_their_file_need_no_saving(open_page):
    page = upload_report(open_page(tab="Report"), {})
    assert not is_unsaved(page)
    page = upload_report(page, {"tab": "Report"})  # now no file has both
    assert len(findings(page)) == 2
    assert is_unsaved(page)


def test_a_note_is_edited_in_the_list(open_page):
    page = open_page(text=SLOWLY)
    page.button(key="add finding head").click().run()
    in_tab(page, "Report").text_area(key="note 1").set_value("Better words.").run()
    in_tab(page, "Heads")
    assert findings(page)[0].note == "Better words."
    assert in_tab(page, "Report").text_area(key="note 1").value == "Better words."


# Lessons


def test_every_lesson_opens_from_its_link_without_a_fault(open_page):
    for slug, lesson in lessons().items():
        page = open_page(lesson=slug)
        assert not page.exception, slug
        assert not page.error, slug
        assert lesson.title in headings(page)
        assert page.text_input(key="text").value == lesson.sentence


def test_a_lessons_link_may_bring_its_own_sentence(open_page):
    page = open_page(lesson="next-word", text=SLOWLY, layer="2")
    assert page.text_input(key="text").value == SLOWLY
    assert "Layer 2, head 1" in headings(page)
    page = press(page, "↩ Back to the lesson's sentence")
    assert page.text_input(key="text").value == lessons()["next-word"].sentence


def test_a_pick_is_answered_with_its_share_and_rank(open_page):
    page = open_page(lesson="next-word")
    assert "Layer 1, head 1 gives" in texts(page)
    page.session_state[state.LAYER], page.session_state[state.HEAD] = 3, 10
    page.run()
    # 93%: the model's own description says so of its head 3-10.
    assert "gives 93% of its attention to the next word" in texts(page)
    assert "You found it" in texts(page)


def test_what_heads_do_is_hidden_until_the_solution_is_shown(open_page):
    page = open_page(lesson="next-word", layer="3", head="10")
    assert component(page, "sprite")["labels"] == []
    assert "Each word looks at the next word" not in texts(page)
    page = press(page, "Show the solution")
    assert component(page, "sprite")["labels"] != []
    assert "Each word looks at the next word" in texts(page)


def test_a_lesson_starts_without_heads_silenced_and_words_asked_for_before(open_page):
    page = open_page(tab="What if", k="10", silent="Layer 11, head 8")
    assert page.session_state["silent"] == ["Layer 11, head 8"]
    page = page.button(key="lesson silence-a-head").click().run()
    assert page.session_state["silent"] == []
    assert page.slider(key="k").value == 3


def test_a_pair_lesson_with_another_sentence_says_where_to_go(open_page):
    page = open_page(lesson="adverb-verb", text="Nothing of the kind.")
    assert "go back to the lesson's own" in texts(page)
    assert not page.exception


def test_an_unknown_lesson_is_noticed_and_the_page_answers(open_page):
    page = open_page(lesson="../../etc/passwd", hide="everything")
    assert len(page.info) == 2
    assert component(page, "masks")


def test_closing_a_lesson_keeps_the_sentence(open_page):
    page = press(open_page(lesson="bias"), "Close lesson")
    assert page.text_input(key="text").value == lessons()["bias"].sentence
    assert lessons()["bias"].title not in headings(page)


# Guesses


def guess(page: AppTest, *words: str) -> AppTest:
    fields = [
        field for field in page.text_input if field.label.startswith("Your guess")
    ]
    for field, word in zip(fields, words, strict=True):
        field.set_value(word)
    return press(page, "Show BERT's words")


def test_words_stay_hidden_until_a_guess_is_typed(open_page):
    page = open_page(text=SLOWLY, hide="words")
    assert component(page, "masks") is None
    page = guess(page, "  ")
    assert component(page, "masks") is None
    assert "Type a word first" in texts(page)
    page = guess(page, "River")
    assert component(page, "masks")["masks"][0]["rows"][0]["token"] == "river"
    assert "Your guess “River”" in texts(page)
    assert "BERT's word number 1." in texts(page)


def test_each_mask_gets_a_guess_of_its_own(open_page):
    page = open_page(text="The [MASK] ate the [MASK].", hide="words")
    page = guess(page, "cat", "")
    assert "Mask 1: Your guess “cat”" in texts(page)
    assert "Mask 2: Type a word first" in texts(page)
    assert component(page, "masks") is None
    page = guess(page, "cat", "mouse")
    assert len(component(page, "masks")["masks"]) == 2


@pytest.mark.parametrize("word", ["unbelievably", "hot coffee", "☃"])
def test_a_guess_that_has_no_answer_says_why_and_reveals_nothing(open_page, word):
    page = guess(open_page(text=SLOWLY, hide="words"), word)
    assert "Guess a" in texts(page)
    assert component(page, "masks") is None


@pytest.mark.parametrize("tab", ["What if", "Compare"])
def test_no_tab_tells_the_words_before_a_guess(open_page, tab):
    page = in_tab(open_page(text=SLOWLY, hide="words"), tab)
    assert "guess first" in texts(page)
    assert not page.dataframe
    page = guess(page, "river")
    assert "guess first" not in texts(page)


@pytest.mark.parametrize("tab", ["Heads", "Compare"])
def test_no_tab_and_no_finding_tells_what_heads_do_while_that_is_hidden(open_page, tab):
    page = in_tab(open_page(text=SLOWLY, hide="roles", check="true"), tab)
    assert "for you to find out" in texts(page)
    assert "Check on more sentences" not in labels(page)
    page.button(key="add finding head").click().run()
    assert "Each word looks" not in " ".join(findings(page)[0].says)
    page = press(page, "Show it")
    assert "for you to find out" not in texts(page)
    assert "Check on more sentences" in labels(page)


def test_another_sentence_asks_for_another_guess(open_page):
    page = guess(open_page(text=SLOWLY, hide="words"), "road")
    page.text_input(key="text").set_value("A [MASK] ran.").run()
    assert component(page, "masks") is None


# The teacher's panel, links and files


def teacher_link(page: AppTest) -> str:
    return page.get("code")[0].value


def test_a_teachers_link_holds_what_was_chosen(open_page):
    page = open_page(teach="1", text=SLOWLY, layer="4")
    assert teacher_link(page).endswith(
        "/?text=The+turtle+moved+slowly+across+the+%5BMASK%5D.&layer=4&head=10"
    )
    page.selectbox(key="teach_lesson").set_value("bias").run()
    assert teacher_link(page).endswith("/?lesson=bias")
    page.multiselect(key="teach_parts").set_value(["which BERT"]).run()
    assert teacher_link(page).endswith("?lesson=bias&model=attention-small-12x12")


def test_a_link_too_long_for_a_code_says_so(open_page):
    page = open_page(teach="1", text="turtle " * 480)
    assert "too long for a QR code" in texts(page)
    assert not page.exception


def test_a_link_that_servers_may_refuse_says_so(open_page):
    page = open_page(teach="1")
    assert not page.warning
    page.text_input(key="text").set_value("turtles swim " * 480).run()
    assert "Save view as a file" in page.warning[0].value


def test_without_the_parameter_there_is_no_teachers_panel(open_page):
    assert "Teacher's panel" not in headings(open_page(teach="0"))


def test_odd_values_of_a_view_are_left_out(open_page):
    page = open_page()
    odd = {
        "text": SLOWLY,
        "layer": "99",
        "head": "-1",
        "k": "1e9",
        "model": "../../etc",
        "tab": "No such tab",
        "specials": "<b>",
        "join": "maybe",
        "other": "x",
    }
    for name, value in opened(odd).items():
        page.session_state[name] = value
    page.run()
    assert not page.exception
    assert page.text_input(key="text").value == SLOWLY
    assert "Layer 3, head 10" in headings(page)


def opened(view: dict[str, str]) -> dict[str, object]:
    """Return what opening a view puts into a session."""
    session = {}
    with mock.patch.object(links.st, "session_state", session):
        links.open_view(view)
    return session


def test_a_view_restores_what_it_was_made_from(open_page):
    page = open_page(text=SLOWLY, layer="4", head="7", join="true", specials="hidden")
    names = ("text", "layer", "head", "join", "specials")
    saved = {name: str(page.session_state[name]) for name in names}
    assert opened(saved) == {
        "text": SLOWLY,
        "layer": 4,
        "head": 7,
        "join": True,
        "specials": "hidden",
    }


def test_the_copied_link_names_head_sentence_and_model(open_page):
    page = open_page(text=SLOWLY)
    data = [json.loads(e.proto.json or "null") for e in page.get("bidi_component")]
    (copied,) = [d["parameters"] for d in data if d and d.get("label") == "Copy link"]
    assert copied == {
        "text": SLOWLY,
        "layer": "3",
        "head": "10",
        "model": "attention-small-12x12",
    }


def test_a_text_too_long_for_a_link_is_offered_as_a_file(open_page):
    page = open_page()
    page.text_input(key="text").set_value("ü " * 3000).run()
    assert component(page, "made")["labels"] == ["Save view as a file"]
