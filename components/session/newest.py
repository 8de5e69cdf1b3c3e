"""A newer click ends a run that it makes stale, in a fragment too.

Streamlit ends a run of the whole page when something newer is asked for, but lets it
and any fragment's run go on when that is a fragment's: nobody could stop a long test,
or leave it for another head. This changes what happens where a run may end; it knows
Streamlit's ScriptRequests from inside, and a test presses a button to see that it does.
"""

from dataclasses import replace

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequest,
    ScriptRequests,
    ScriptRequestType,
)

_may_end = ScriptRequests.on_scriptrunner_yield


def let_newest_win() -> None:
    """Have clicks in a fragment end what they make stale, once in a process."""
    ScriptRequests.on_scriptrunner_yield = _end_if_stale  # type: ignore[method-assign]


def _end_if_stale(self: ScriptRequests) -> ScriptRequest | None:
    if self._state == ScriptRequestType.RERUN:
        context = get_script_run_ctx(suppress_warning=True)
        with self._lock:
            running = context.fragment_ids_this_run if context else None
            self._rerun_data = urgent(self._rerun_data, running or ())
    return _may_end(self)


def urgent(wanted: RerunData, running: tuple[str, ...] | list[str]) -> RerunData:
    """Return what is asked for so that it ends the present run, where it should.

    running: the fragments that run, none where the whole page does.
    """
    if not wanted.fragment_id_queue or wanted.is_auto_rerun:  # a clock, nobody's click
        return wanted
    if not running:  # parts of it are not drawn yet: it has to begin again
        return replace(wanted, fragment_id_queue=[])
    if set(running) <= set(wanted.fragment_id_queue):
        return replace(wanted, is_fragment_scoped_rerun=True)
    return wanted
