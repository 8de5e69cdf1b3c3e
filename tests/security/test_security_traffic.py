"""Whom the page talks to, and the settings that keep it from others."""

import os
import socket

import pytest
from streamlit import config, net_util
from streamlit.web import bootstrap
from streamlit.web.server.server_util import is_url_from_allowed_origins

from model_cache import catalog, download
from model_cache.hub import download as get
from tests.support.hostile import EVIL
from tests.support.on_the_page import in_tab, texts
from tests.support.serving import ROOT


@pytest.fixture
def in_effect(monkeypatch):
    """Streamlit's settings as `streamlit run app.py` reads them."""
    monkeypatch.chdir(ROOT)
    for name in list(os.environ):
        if name.startswith("STREAMLIT_"):
            monkeypatch.delenv(name)
    options = config.get_config_options(force_reparse=True)
    return lambda name: options[name].value


def test_the_settings_that_protect_visitors_are_in_effect(in_effect):
    assert in_effect("browser.gatherUsageStats") is False
    assert in_effect("server.enableXsrfProtection") is True
    assert in_effect("server.enableCORS") is True
    assert in_effect("server.corsAllowedOrigins") == []
    assert in_effect("server.xsrfCookieSameSite") == "lax"
    assert in_effect("server.maxUploadSize") == 20
    assert in_effect("server.enableStaticServing") is False
    assert in_effect("server.enableAgentApi") is False
    assert in_effect("client.showErrorDetails") == "none"
    assert in_effect("client.showErrorLinks") is False
    assert in_effect("client.toolbarMode") == "viewer"
    assert in_effect("global.developmentMode") is False


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Collect what Streamlit would ask of other servers about its own address."""
    urls: list[str] = []
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(
        net_util, "_make_blocking_http_get", lambda url, timeout: urls.append(url)
    )
    return urls


def test_a_starting_server_asks_nobody_for_its_address(in_effect, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append("its own"))
    assert in_effect("server.headless") is True
    bootstrap._print_url(False)
    assert "http://localhost" in capsys.readouterr().out
    assert asked == []


def test_a_foreign_connection_makes_the_server_ask_nobody(open_page, asked):
    open_page()
    assert not is_url_from_allowed_origins(EVIL)
    assert asked == []


def test_the_page_itself_opens_no_connection(open_page, monkeypatch):
    tried = []
    real = socket.socket.connect

    def note(self, address):
        tried.append(address)
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: tried.append(a) or [])
    page = open_page(text="An unseen [MASK] here.", teach="1")
    page.button(key="add finding head").click().run()  # draws with vl-convert
    assert not in_tab(page, "Test a claim").exception
    assert "of 144 heads" in texts(page)
    assert tried == []


def test_only_the_pinned_commit_is_asked_of_the_hub(hub):
    model = catalog.find_model(catalog.BERT_BASE)
    get(model)
    resolve = f"/{model.repo}/resolve/{model.revision}/"
    for request in hub.requests:
        assert request.path.startswith(
            (resolve, f"/api/resolve-cache{resolve}", "/storage/model.safetensors")
        ), request.path
        assert not request.authorization


def test_the_downloader_takes_no_id_but_the_catalogs(monkeypatch):
    monkeypatch.setattr(download, "_end_with_parent", lambda: None)
    monkeypatch.setattr(download, "configure_http_backend", lambda session: None)
    for model_id in ("evil/repo", "google-bert/bert-base-uncased", "../x", ""):
        with pytest.raises(catalog.UnknownModel):
            download.main(model_id)
