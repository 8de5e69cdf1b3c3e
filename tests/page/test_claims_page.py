"""The tab "Test a claim" without a browser: its lines, its verdict, its sentences."""

from tests.page.test_page import headings
from tests.support.answers import best_head, link_to_best_head
from tests.support.on_the_page import (
    ACROSS,
    claim,
    errors,
    findings,
    in_tab,
    labels,
    press,
    texts,
    upload_report,
)


def test_a_links_claim_is_tested_and_its_bad_lines_are_listed(open_page):
    page = claim(
        open_page,
        f"{ACROSS} | slowly -> moved\nno bar\n"
        + "turtle " * 600
        + "| turtle#1 -> turtle#2",
    )
    assert "hits 1 of 1 (100%" in texts(page)
    assert "2 lines are not tested" in texts(page)
    assert (
        "line 2: there is no vertical bar; write sentence | from -> to\nline 3: "
        in texts(page)
    )
    assert "602 tokens" in texts(page)


def test_the_tab_starts_with_a_ready_claim_and_offers_the_others(open_page):
    page = open_page(tab="Test a claim")
    assert "adverb -> verb" in labels(page)
    assert page.text_input(key="claim_words").value == "adverb -> verb"
    assert "of 144 heads" in texts(page)


def test_a_ready_claim_replaces_own_lines_and_gives_them_back(open_page):
    own = f"{ACROSS} | slowly -> moved"
    page = press(claim(open_page, own), "object -> verb")
    assert own not in page.text_area(key="examples").value
    page = press(page, "↩ Put my own lines back")
    assert page.text_area(key="examples").value == own


def test_own_lines_and_those_typed_since_change_places(open_page):
    first, second = f"{ACROSS} | slowly -> moved", f"{ACROSS} | turtle -> moved"
    page = press(claim(open_page, first), "object -> verb")
    page.text_area(key="examples").set_value(second).run()
    seen = []
    for _ in range(3):
        page = press(page, "↩ Put my own lines back")
        seen.append(page.text_area(key="examples").value)
    assert seen == [first, second, first]


def test_a_claim_in_own_words_comes_back_though_its_lines_are_ready_ones(open_page):
    page = open_page(tab="Test a claim")
    page.text_input(key="claim_words").set_value("my own words").run()
    page = press(page, "object -> verb")
    assert page.text_input(key="claim_words").value == "object -> verb"
    page = press(page, "↩ Put my own lines back")
    assert page.text_input(key="claim_words").value == "my own words"
    assert "↩ Put my own lines back" not in labels(page)


def test_the_same_file_again_and_again_drops_no_own_lines(open_page):
    own = f"{ACROSS} | slowly -> moved"
    page = claim(open_page, own)
    for i in range(8):
        page = upload(page, f"{i}.txt", b"A cat slept. | cat -> slept")
    page = press(page, "↩ Put my own lines back")
    assert page.text_area(key="examples").value == own


def upload(page, name: str, data: bytes):
    return page.file_uploader(key="claim_file").upload(name, data).run()


def test_a_second_file_leaves_what_the_first_replaced_in_reach(open_page):
    own = f"{ACROSS} | slowly -> moved"
    page = upload(claim(open_page, own), "a.txt", b"A cat slept. | cat -> slept")
    page = upload(page, "b.txt", b"A dog ran. | dog -> ran")
    assert page.text_area(key="examples").value == "A dog ran. | dog -> ran"
    page = press(page, "↩ Put my own lines back")
    assert page.text_area(key="examples").value == own


def test_a_file_without_lines_is_refused_and_nothing_is_replaced(open_page):
    own = f"{ACROSS} | slowly -> moved"
    page = upload(claim(open_page, own), "blank.txt", b" \n\n")
    assert errors(page) == [
        "This file is empty. Write one example a line: sentence | from -> to."
    ]
    assert page.text_area(key="examples").value == own


def test_lines_that_are_not_tested_are_counted_though_not_all_are_listed(open_page):
    page = claim(open_page, f"{ACROSS} | slowly -> moved")
    lines = "nonsense\n" * 150 + f"{ACROSS} | slowly -> moved"
    page.text_area(key="examples").set_value(lines).run()
    assert "hits 1 of 1 (100%" in texts(page)
    assert "150 lines are not tested:" in texts(page)
    assert "line 101: from here on 50 more; correct those above first" in texts(page)


def test_a_continued_reports_lines_give_own_lines_back(open_page):
    own, saved = f"{ACROSS} | slowly -> moved", "A cat slept. | cat -> slept"
    page = in_tab(in_tab(open_page(examples=own), "Test a claim"), "Report")
    page = upload_report(page, {"examples": saved, "tab": "Test a claim"})
    assert page.text_area(key="examples").value == saved
    page = press(page, "↩ Put my own lines back")
    assert page.text_area(key="examples").value == own


def test_a_files_lines_are_not_called_what_other_lines_were(open_page):
    saved = "A red car hit it. | red -> car"
    page = in_tab(open_page(), "Test a claim")
    assert page.text_input(key="claim_words").value == "adverb -> verb"
    page = upload_report(in_tab(page, "Report"), {"examples": saved})
    page = in_tab(page, "Test a claim")
    assert page.text_area(key="examples").value == saved
    assert page.text_input(key="claim_words").value == ""


def test_a_second_file_opens_though_no_claim_was_looked_at(open_page):
    page = in_tab(open_page(), "Report")
    for line in ("A dog ran. | dog -> ran", "A cat slept. | cat -> slept"):
        page = upload_report(page, {"examples": line})
        assert not page.exception
    assert len(findings(page)) == 2
    page = press(in_tab(page, "Test a claim"), "↩ Put my own lines back")
    assert page.text_area(key="examples").value == "A dog ran. | dog -> ran"


def test_a_link_has_the_claims_words_besides_its_lines(open_page):
    page = claim(open_page, f"{ACROSS} | slowly -> moved")
    assert "claim_words" not in page.query_params
    page.text_input(key="claim_words").set_value("an adverb & its verb").run()
    link = {name: page.query_params[name] for name in ("examples", "claim_words")}
    other = open_page(tab="Test a claim", **link)
    assert other.text_area(key="examples").value == f"{ACROSS} | slowly -> moved"
    assert other.text_input(key="claim_words").value == "an adverb & its verb"


def test_no_lines_ask_for_some(open_page):
    page = claim(open_page, "x")
    page.text_area(key="examples").set_value("").run()
    assert "List at least one sentence" in texts(page)
    assert not page.exception


def test_the_best_head_is_opened_and_its_sentences_are_listed(open_page):
    page = claim(open_page, f"{ACROSS} | slowly -> moved")
    best = next(label for label in labels(page) if label.startswith("Open layer"))
    page = press(page, best)
    assert best.removeprefix("Open l") in headings(page)[-1].lower()
    listed = next(f.value for f in page.dataframe if "looked_at" in f.value)
    assert listed[["hit", "looked_at"]].to_numpy().tolist() == [["hit", "moved"]]


OTHER, OTHERS_NAME = {"layer": "4", "head": "11"}, "Layer 4, head 11"
BEST, LINK = best_head("adverb -> verb"), link_to_best_head("adverb -> verb")


def test_the_sentences_are_the_best_heads_until_somebody_opens_a_head(open_page):
    page = open_page(tab="Test a claim", examples="adverb -> verb")
    assert f"Sentences of {BEST.lower()}, misses first" in texts(page)
    named = open_page(
        tab="Test a claim", examples="adverb -> verb", layer="4", head="11"
    )
    assert "Sentences of layer 4, head 11, misses first" in texts(named)


def test_the_usual_head_counts_as_opened_once_somebody_opens_it(open_page):
    page = open_page(tab="Test a claim", examples="adverb -> verb")
    page = press(press(page, "Next"), "Previous")
    assert "Layer 3, head 10" in headings(page)
    assert "Sentences of layer 3, head 10, misses first" in texts(page)
    link = {"examples": "adverb -> verb", "layer": "3", "head": "10"}
    page = open_page(tab="Test a claim", **link)
    assert "Sentences of layer 3, head 10, misses first" in texts(page)


NAMED = "A head named beforehand would do as well by chance"
CHOSEN = "the open head, chosen beforehand"


def judge_open_head(page):
    return page.radio(key="judge").set_value(CHOSEN).run()


def test_whose_hits_are_judged_is_a_choice_and_the_link_has_it(open_page):
    link = {"tab": "Test a claim", "claim": "adverb -> verb", **OTHER}
    page = open_page(**link)
    assert f"The best of 144 heads is {BEST}" in texts(page)
    assert f"The open head, {OTHERS_NAME}: it hits " in texts(page)
    assert NAMED not in texts(page)
    page = judge_open_head(page)
    assert "The best of 144 heads" not in texts(page)
    assert f"\n{OTHERS_NAME}: it hits " in texts(page)
    assert NAMED in texts(page)
    assert "Fair only if you chose the head before you saw these" in texts(page)
    assert "the best fixed guess, the word just after, hits 5 (24%)" in texts(page)
    assert f"Sentences of {OTHERS_NAME.lower()}, misses first" in texts(page)
    again = open_page(**link, judge=CHOSEN)
    assert texts(again) == texts(page)


def test_the_head_that_a_page_starts_with_may_be_judged_alone(open_page):
    page = judge_open_head(open_page(tab="Test a claim"))
    assert "\nLayer 3, head 10: it hits " in texts(page)
    assert "Sentences of layer 3, head 10, misses first" in texts(page)


def test_a_head_chosen_beforehand_may_do_for_less_than_the_best_of_all(open_page):
    # 14 hits of 21 where the guess has 5: see the same numbers in README.md.
    page = open_page(tab="Test a claim", examples="adverb -> verb", **LINK)
    assert page.markdown[-1].value.startswith("**Promising: now test this very head")
    page = judge_open_head(page)
    assert page.markdown[-1].value.startswith("**The evidence holds up: ")


def test_a_head_picked_for_its_hits_is_judged_as_the_best_of_all(open_page):
    page = open_page(tab="Test a claim")
    page = press(page, f"Open {BEST.lower()}")
    assert BEST in headings(page)
    assert f"The best of 144 heads is {BEST}" in texts(page)
    assert NAMED not in texts(page)


def test_no_button_picks_the_best_head_to_be_judged_as_chosen_beforehand(open_page):
    page = judge_open_head(open_page(tab="Test a claim"))
    assert not any(label.startswith("Open layer") for label in labels(page))


def test_a_finding_says_whose_hits_were_judged(open_page):
    page = open_page(tab="Test a claim", examples="adverb -> verb", **OTHER)
    page.button(key="add finding claim").click().run()
    judge_open_head(page).button(key="add finding claim").click().run()
    best, named = findings(page)
    assert best.title == BEST.replace("head", "Head")
    assert "Judged: the best of all heads. " in best.says[0]
    assert named.title == OTHERS_NAME.replace("head", "Head")
    assert "Judged: a head chosen beforehand. " in named.says[0]
    assert f"{OTHERS_NAME}: it hits " in named.says[0]
    assert NAMED in named.says[0]


def test_a_saved_view_keeps_whose_hits_are_judged(open_page):
    page = in_tab(open_page(), "Report")
    view = {"examples": f"{ACROSS} | slowly -> moved", "judge": CHOSEN, **OTHER}
    page = in_tab(upload_report(page, view), "Test a claim")
    assert page.radio(key="judge").value == CHOSEN
    assert f"\n{OTHERS_NAME}: it hits " in texts(page)


def test_a_ready_claims_title_goes_with_the_last_of_its_lines(open_page):
    page = open_page(tab="Test a claim", examples="adverb -> verb")
    first, *_ = page.text_area(key="examples").value.split("\n")
    mine = f"{ACROSS} | turtle -> moved"
    page.text_area(key="examples").set_value(f"{first}\n{mine}").run()
    assert page.text_input(key="claim_words").value == "adverb -> verb"
    page.text_area(key="examples").set_value(f"{mine}\n").run()
    assert page.text_input(key="claim_words").value == ""


def test_words_in_markdown_stay_words_in_what_a_claim_says(open_page):
    page = claim(open_page, "The **dog** ran. | **dog** -> ran\n# x | $a$ -> b")
    shown = [e.value for e in (*page.markdown, *page.error, *page.warning)]
    assert not any("**dog**" in value or "$a$" in value for value in shown)
