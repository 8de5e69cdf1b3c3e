"""Streamlit's sessions and sockets: all that this project uses and nobody documents.

Held to a served page by tests/browser/test_crowd_browser.py, which an upgrade of
Streamlit has to pass. Without a server everybody is connected.
"""

import os
import socket
import stat
from contextlib import suppress
from typing import cast

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.stats import StatsProvider
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME


def is_served() -> bool:
    """True if visitors come through a server; AppTest has a mock of one."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def session_id() -> str:
    """Return the id of the visitor's session: one tab of a browser.

    A tab that connects anew within two minutes has the same.
    """
    context = get_script_run_ctx()
    return context.session_id if context else ""


def browser() -> str:
    """Return what all sessions of one browser share, "" if there is nothing.

    A secret of Streamlit's own cookie, which each answer of the server masks anew.
    """
    cookie = st.context.cookies.get(XSRF_COOKIE_NAME, "")
    secret, _ = decode_xsrf_token_string(cookie)
    return secret.hex() if secret else ""


def is_connected(session: str) -> bool:
    """True if the session's tab is there; from any thread."""
    return not is_served() or runtime.get_instance().is_active_session(session)


def keep_sessions(number: int) -> None:
    """Let so many visitors connect anew after they have all lost their connections.

    Streamlit keeps 128 sessions, and drops the oldest of more than that.
    """
    manager = cast(WebsocketSessionManager, runtime.get_instance()._session_mgr)
    kept = MemorySessionStorage(maxsize=number)
    for session in manager._session_storage.list():
        kept.save(session)
    manager._session_storage = kept


def offer_stats(provider: StatsProvider) -> None:
    """Have Streamlit tell this at /_stcore/metrics, too."""
    runtime.get_instance().stats_mgr.register_provider(provider)


def send_at_once() -> None:
    """Have the server send each message as it comes (TCP_NODELAY).

    asyncio sees to that for sockets that name their protocol; Streamlit's does not, and
    all but the first message of a run would wait up to 40 ms for a browser that puts
    off saying that it has it. Connections made from now on have it of their listener.
    """
    for fd in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # closed by now, or no socket of TCP
            if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                continue
            with socket.socket(fileno=os.dup(fd)) as found:
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
