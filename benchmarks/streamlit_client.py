"""A browser tab without the browser: one session of a Streamlit page.

Speaks Streamlit's own protocol (protobuf over a websocket), in the order a browser
does: load the page's files, connect, ask for a first run, and send every widget's
value and the URL's parameters with each later one. What happens in a fragment reruns
that fragment alone. What the messages show is for the caller to judge. Left out:
drawing, the files a drawing asks for later, the cookie that only a login needs, and
widgets of the kinds that `_state` does not name.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

from google.protobuf.message import Message
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Common_pb2 import DoubleArray
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.page_files import PageError, as_header, load_page

SELECTABLE = ("dataframe", "vega_lite_chart")
FINISHED = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)


def selected(**selection: object) -> str:
    """Return what a browser says of what is selected: rows=[3] of a table.

    Of a chart, by its parameter's name: clicked=[{"layer": 3, "head": 10}].
    """
    return json.dumps({"selection": selection})


class Tab:
    """A page that is open; `run` it once before anything else."""

    def __init__(
        self, socket: ClientConnection, url: str, query: Mapping[str, str]
    ) -> None:
        self._socket = socket
        self._context = ContextInfo(url=url, timezone="UTC", locale="en-US")
        self.session = ""  # its id, once the page has run
        self._script_hash = ""
        self._query = dict(query)
        self._widgets: dict[str, tuple[Message, WidgetState]] = {}
        self._components: dict[str, str] = {}  # names to ids
        self._fragments: dict[str, str] = {}  # ids to those of their fragments, or ""
        self._chosen: dict[str, str] = {}  # what tabs, tables and charts say, by id
        # What the present run has drawn, and the fragments that it is of: none if the
        # whole page runs.
        self._seen: set[str] = set()
        self._redrawn: set[str] = set()
        self._n_runs = 0
        # The fragment that has asked to run by itself, and after how many seconds.
        self._auto_rerun = "", 0.0
        # Large messages by hash, with the run that last used them: the server sends
        # the hash alone while the browser says that it has the message.
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}

    async def run(
        self,
        typed: Mapping[str, str] | None = None,
        events: Mapping[tuple[str, str], object] | None = None,
        chosen: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Element]:
        """Have the page run; yield its elements as they come, until it is done.

        typed: what was entered into text fields, by label.
        events: values by component and event, such as ("overview", "picked").
        chosen: by the first word of their keys, a tab's name, or what selected says of
        a table or chart.
        The fragment runs that all of it happens in, if it is one, else the whole page.
        """
        changed = [self._type(label, text) for label, text in (typed or {}).items()]
        changed += [self._components[component] for component, _ in events or {}]
        changed += [self._choose(key, value) for key, value in (chosen or {}).items()]
        fragments = {self._fragments[id_] for id_ in changed}
        fragment = fragments.pop() if len(fragments) == 1 else ""
        async for element in self._run(self._request(events or {}, fragment)):
            yield element

    async def until_it_runs(self) -> None:
        """Wait as long as the fragment with `run_every` says."""
        await asyncio.sleep(self._auto_rerun[1])

    async def run_by_itself(self) -> AsyncIterator[Element]:
        """Have the fragment with `run_every` run again; yield as `run`."""
        fragment, _ = self._auto_rerun
        request = self._request({}, fragment)
        request.rerun_script.is_auto_rerun = True
        async for element in self._run(request):
            yield element

    async def _run(self, request: BackMsg) -> AsyncIterator[Element]:
        await self._socket.send(request.SerializeToString())
        self._n_runs += 1
        async for delta in self._deltas():
            if delta.HasField("add_block"):
                self._note(delta.add_block.tab_container, delta.fragment_id)
                continue
            element = delta.new_element
            shown = getattr(element, element.WhichOneof("type"))
            if element.HasField("bidi_component"):
                self._components[shown.component_name] = shown.id
                self._fragments[shown.id] = delta.fragment_id
            elif element.WhichOneof("type") in SELECTABLE:
                self._note(shown, delta.fragment_id)
            elif state := _state(element, shown):
                self._note(shown, delta.fragment_id)
                if shown.id not in self._widgets or shown.set_value:
                    self._widgets[shown.id] = shown, state
            yield element
        # As in a browser: widgets that are gone, and messages of the run before last.
        self._widgets = {k: v for k, v in self._widgets.items() if self._is_there(k)}
        self._chosen = {k: v for k, v in self._chosen.items() if self._is_there(k)}
        self._kept = {
            hash_: (message, run)
            for hash_, (message, run) in self._kept.items()
            if run >= self._n_runs - 1
        }

    def _note(self, widget: Message, fragment: str) -> None:
        self._seen.add(widget.id)
        self._fragments[widget.id] = fragment

    def _is_there(self, id_: str) -> bool:
        """True of what this run has drawn, and of what it has left alone."""
        is_left = self._redrawn and self._fragments[id_] not in self._redrawn
        return id_ in self._seen or bool(is_left)

    def _type(self, label: str, text: str) -> str:
        """Enter a text; return the field's id."""
        for widget, state in self._widgets.values():
            if widget.label == label and state.HasField("string_value"):
                state.string_value = text
                if widget.query_param_key:
                    self._query[widget.query_param_key] = text
                return widget.id
        raise LookupError(f"The page has no text field {label!r}.")

    def _choose(self, key: str, value: str) -> str:
        """Choose a tab, rows or cells; return the id of what they belong to."""
        for id_ in self._fragments:
            if re.match(rf"\$\$ID-[0-9a-f]+-{key}\b", id_) and self._is_there(id_):
                self._chosen[id_] = value
                return id_
        raise LookupError(f"The page has nothing with the key {key!r}.")

    def _request(
        self, events: Mapping[tuple[str, str], object], fragment: str
    ) -> BackMsg:
        states = [state for _, state in self._widgets.values()]
        states += [
            WidgetState(id=id_, string_value=value)
            for id_, value in self._chosen.items()
        ]
        for (component, event), value in events.items():
            states.append(
                WidgetState(
                    id=f"$$STREAMLIT_INTERNAL_KEY_{self._components[component]}__events",
                    json_trigger_value=json.dumps([{"event": event, "value": value}]),
                )
            )
        return BackMsg(
            rerun_script=ClientState(
                query_string=urlencode(self._query),
                widget_states=WidgetStates(widgets=states),
                page_script_hash=self._script_hash,
                fragment_id=fragment,
                cached_message_hashes=self._kept,
                context_info=self._context,
            )
        )

    async def _deltas(self) -> AsyncIterator[Delta]:
        """Yield what is new in one run, however often it starts itself anew."""
        while True:
            message = ForwardMsg.FromString(await self._socket.recv())
            if message.HasField("ref_hash"):
                message, _ = self._kept[message.ref_hash]
            match message.WhichOneof("type"):
                case "new_session":
                    self.session = message.new_session.initialize.session_id
                    self._script_hash = message.new_session.page_script_hash
                    self._seen, self._redrawn = (
                        set(),
                        set(message.metadata.run.fragment_ids),
                    )
                case "page_info_changed":
                    self._query = dict(
                        parse_qsl(message.page_info_changed.query_string)
                    )
                case "auto_rerun":
                    asked = message.auto_rerun
                    self._auto_rerun = asked.fragment_id, asked.interval
                case "delta" if message.delta.HasField("new_element"):
                    _complain(message.delta.new_element)
                    if message.metadata.cacheable:
                        self._kept[message.hash] = message, self._n_runs
                    yield message.delta
                case "delta" if message.delta.add_block.HasField("tab_container"):
                    yield message.delta
                case "script_finished" if _is_done(message):
                    return


def _is_done(message: ForwardMsg) -> bool:
    """Return False if the run starts itself anew."""
    if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
        return False
    if message.script_finished not in FINISHED:
        raise PageError(f"The script did not finish: {message}")
    return True


def _complain(element: Element) -> None:
    if element.HasField("exception"):
        raise PageError(element.exception.message)
    if element.HasField("alert") and element.alert.format == Alert.ERROR:
        raise PageError(element.alert.body)


def _state(element: Element, widget: Message) -> WidgetState | None:
    """Return a widget's value as a browser sends it; None for what it does not send."""
    match element.WhichOneof("type"):
        case "text_input" | "text_area":
            return WidgetState(id=widget.id, string_value=_value(widget))
        case "number_input" if widget.data_type == widget.INT:
            return WidgetState(id=widget.id, int_value=int(_value(widget)))
        case "slider":
            numbers = DoubleArray(data=_value(widget))
            return WidgetState(id=widget.id, double_array_value=numbers)
        case "checkbox":
            return WidgetState(id=widget.id, bool_value=_value(widget))
        case "selectbox":
            option = widget.options[widget.default]
            chosen = widget.raw_value if widget.set_value else option
            return WidgetState(id=widget.id, string_value=chosen)
    return None


def _value(widget: Message) -> Any:
    return widget.value if widget.set_value else widget.default


@asynccontextmanager
async def open_tab(
    url: str, query: Mapping[str, str] | None = None, session: str = ""
) -> AsyncIterator[Tab]:
    """Load the page's files and connect; the page has not run yet.

    query: the link's parameters.
    session: of a tab that has lost its connection and connects anew.
    """
    cookies: dict[str, str] = {}  # a proxy's, which names the server that has us
    await load_page(url, cookies)
    async with connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=url,
        additional_headers={"Cookie": as_header(cookies)} if cookies else None,
        # Streamlit's own use of the list: a token, which only a login needs.
        subprotocols=["streamlit", *(["none", session] if session else [])],
        max_size=None,
        open_timeout=None,  # patience is for the caller to have
        ping_interval=None,  # a browser answers the server's pings, and sends none
    ) as socket:
        yield Tab(socket, url, query or {})
