"""Make the README's screenshots from the running page: python -m docs.screenshots."""

import tempfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import expect, sync_playwright

from tests.support.patience import PATIENCE
from tests.support.serving import CHROMIUM_FLAGS, alone, chromium_path, serve

HERE = Path(__file__).parent
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SHOTS = {
    "page.png": (DESK, "light", {}),
    "page-dark.png": (
        DESK,
        "dark",
        {"text": "He walked slow[MASK] across the road.", "head": "5-2"},
    ),
    "no-mask.png": (DESK, "light", {"text": "The turtle moved slowly."}),
    "lesson.png": (DESK, "light", {"lesson": "next-word"}),
    "claim.png": (
        {"width": 1280, "height": 1350},
        "light",
        {"tab": "Test a claim", "head": "5-2"},
    ),
    "atlas.png": (
        {"width": 1280, "height": 1250},
        "light",
        {"tab": "Atlas", "relation": "direct object → its verb", "head": "5-1"},
    ),
    "phone.png": (PHONE, "light", {}),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_FLAGS
        )
        with serve(folder / "log.txt", **alone(folder)) as server:
            for file, (viewport, scheme, parameters) in SHOTS.items():
                page = browser.new_page(viewport=viewport, color_scheme=scheme)
                page.goto(f"{server.url}/?{urlencode(parameters)}")
                answer = page.get_by_text("Answered by")
                answer.wait_for(timeout=1000 * PATIENCE)
                page.wait_for_function(
                    "document.querySelector('[data-testid=stApp]')"
                    ".dataset.testScriptState === 'notRunning'"
                )
                skeletons = page.locator("[data-testid=stSkeleton]")
                expect(skeletons).to_have_count(0, timeout=1000 * PATIENCE)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=HERE / file)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
