"""The served page: its uploads, other origins, its files, its headers."""

import http.client
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.hostile import EVIL
from tests.support.patience import PATIENCE
from tests.support.security_document import proxy_headers


@pytest.fixture(scope="module")
def session(served):
    """An open session of the served page: its id, its cookie's token, its address."""
    first = requests.get(f"{served}/_stcore/health", timeout=PATIENCE)
    token = first.cookies.get("_streamlit_xsrf", "")
    address = served.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(
        address,
        origin=served,
        open_timeout=PATIENCE,
        subprotocols=["streamlit"],
        max_queue=None,  # what is not read would hold up the closing for 10 s
    ) as socket:
        message = BackMsg()
        message.rerun_script.query_string = ""
        socket.send(message.SerializeToString())
        while True:
            said = ForwardMsg.FromString(socket.recv(timeout=PATIENCE))
            if said.HasField("new_session"):
                break
        id_ = said.new_session.initialize.session_id
        yield f"{served}/_stcore/upload_file/{id_}/zq", token


def put(session, content, token: str | None = None, **headers) -> int:
    url, own = session
    boundary = "zq"
    start = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=f; filename=../zq.txt"
        "\r\n\r\n"
    ).encode()
    body = start + content + f"\r\n--{boundary}--\r\n".encode()
    is_chunked = headers.pop("is_chunked", False)
    answer = requests.put(
        url,
        # A generator has no length: requests sends it in pieces.
        data=(body[i : i + 65_536] for i in range(0, len(body), 65_536))
        if is_chunked
        else body,
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "X-Xsrftoken": own if token is None else token,
        }
        | headers,
        cookies={"_streamlit_xsrf": own},
        timeout=PATIENCE,
    )
    return answer.status_code


def test_the_server_takes_20_megabytes_and_refuses_more(session):
    limit = 20 * 1024 * 1024
    assert put(session, b"x" * 1000) == 204
    assert put(session, b"x" * (limit - 1000)) == 204
    assert put(session, b"x" * (limit + 1)) == 413


def test_the_server_breaks_off_an_upload_that_hides_its_length(session):
    with suppress(requests.ConnectionError):  # broken off in the middle
        assert put(session, b"x" * 23 * 1024 * 1024, is_chunked=True) == 413
    assert put(session, b"x" * 1000) == 204  # it still stands


@pytest.mark.parametrize("token", ["", "2|00000000|00|1", "x"])
def test_an_upload_without_the_visitors_token_is_refused(session, token):
    assert put(session, b"x", token=token) == 403


def test_a_page_of_another_origin_cannot_connect(served):
    address = served.replace("http", "ws", 1) + "/_stcore/stream"
    for origin in (EVIL, "null", "http://127.0.0.1.evil.example"):
        with (
            pytest.raises(InvalidStatus) as refusal,
            connect(address, origin=origin, open_timeout=PATIENCE),
        ):
            pass
        assert refusal.value.response.status_code == 403


def test_a_page_of_another_origin_cannot_read_an_answer(served):
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics"):
        answer = requests.get(served + path, headers={"Origin": EVIL}, timeout=PATIENCE)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_servers_own_files_are_not_served(served):
    address = urlsplit(served).netloc
    for path in (
        *("/app.py", "/.streamlit/config.toml", "/.streamlit/secrets.toml"),
        *("/app/static/app.py", "/model_cache/catalog.toml", "/..%2fapp.py"),
        *("/media/..%2f..%2fapp.py", "/component/x/..%2fapp.py", "//evil.example/%2e."),
    ):
        # Unlike requests, which tidies paths before it asks.
        connection = http.client.HTTPConnection(address, timeout=PATIENCE)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert b"<title>Streamlit</title>" in body or answer.status >= 400, path
        assert b"import streamlit" not in body
        assert b"maxUploadSize" not in body
        assert "evil" not in (answer.headers["Location"] or "")


def test_no_program_may_drive_the_page(served):
    for name in ("interact", "mcp"):
        url = f"{served}/_stcore/agent/{name}"
        answer = requests.post(url, json={}, timeout=PATIENCE)
        assert "does not serve the agent API" in answer.text
        assert answer.status_code >= 400


def test_the_headers_that_the_server_sends_are_those_in_the_document(served):
    """Once Streamlit sends one of them, the document need not ask for it."""
    index = requests.get(served, timeout=PATIENCE)
    token = requests.get(f"{served}/_stcore/health", timeout=PATIENCE)
    assert "SameSite=Lax" in token.headers["Set-Cookie"]
    for name in proxy_headers():
        assert name not in index.headers, name
