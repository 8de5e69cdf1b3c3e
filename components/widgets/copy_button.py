"""A button that copies a link."""

from collections.abc import Mapping

from components.frontend import register

_copy = register(
    "copy_link",
    '<div class="copy"><button type="button">Copy link</button>'
    '<span class="says" role="status"></span></div>',
    styles=("buttons", "copy_link"),
)


def copy_button(
    key: str, label: str, link: str = "", parameters: Mapping[str, str] | None = None
) -> None:
    """Draw a button that copies a link, "" for the page's own address.

    parameters: what the copied link holds in any case.
    """
    data = {"label": label, "link": link, "parameters": dict(parameters or {})}
    _copy(key=key, data=data, width="content")
