"""The distribution's Chromium, driven by Playwright without a download of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


def executable() -> str | None:
    """Where Chromium is, or None; a test that finds none skips and says what to install."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    mac = Path("/Applications/Chromium.app/Contents/MacOS/Chromium")
    return found or (str(mac) if mac.exists() else None)


# What every file of browser tests bears. A skip is told with its reason at the end of every run (`-rs`).
BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(executable() is None, reason="no Chromium: run sh tests/browser/install.sh"),
]


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless browser for one test session; more flags (a fake camera, say) may be given."""
    path = executable()
    if path is None:
        raise RuntimeError("no Chromium on this machine; run `sh tests/browser/install.sh`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
