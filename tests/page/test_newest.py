"""Which requests end the run that is under way; a browser test presses the buttons."""

from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from components.session.newest import urgent

CLICK = RerunData(fragment_id_queue=["detail"])


def test_a_click_in_the_fragment_that_runs_ends_its_run():
    assert urgent(CLICK, ["detail"]).is_fragment_scoped_rerun
    assert urgent(CLICK, ["detail"]).fragment_id_queue == ["detail"]


def test_a_click_while_the_whole_page_runs_has_the_whole_page_run_anew():
    assert urgent(CLICK, []).fragment_id_queue == []


def test_a_click_in_another_fragment_waits():
    assert urgent(CLICK, ["progress of a download"]) == CLICK
    assert urgent(CLICK, ["detail", "progress of a download"]) == CLICK


def test_a_clock_ends_no_run():
    tick = RerunData(fragment_id_queue=["detail"], is_auto_rerun=True)
    assert urgent(tick, ["detail"]) == tick
    assert urgent(tick, []) == tick


def test_what_concerns_the_whole_page_is_left_to_streamlit():
    wanted = RerunData(query_string="text=A+[MASK].")
    assert urgent(wanted, ["detail"]) == wanted
