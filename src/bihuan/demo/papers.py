"""What the played day leaves on the table: reports to sign, receipts, accounts."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.adapters import documents
from bihuan.demo import county as invented
from bihuan.demo.day import Story
from bihuan.demo.founding import PASSWORD, Staff
from bihuan.engines.linkage import path_of
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.reports import library

# Who to log in as first, and what for.
SHOWN = (
    ("commander", "指挥长 commander"),  # data
    ("clerk", "数据专班 list clerk"),  # data
    ("t01-head", "乡镇专班组长 head of a township task force"),  # data
    ("t01-grid1", "网格员 grid worker (open /field/ on a phone)"),  # data
    ("inspector", "督查员 inspector: process, no persons"),  # data
)


def write(folder: Path, now: datetime, story: Story, staff: Staff) -> None:
    """Write every report of the library, the receipts, the story and the accounts."""
    folder.mkdir(parents=True, exist_ok=True)
    scope = Scope(path_of(invented.COUNTY_CODE))
    with scoped(scope):
        pages = {report.name: report(scope, now) for report in library()}
    for name, page in pages.items():
        for suffix in (".xlsx", ".pdf", ".docx", ".json"):
            (folder / f"{name}{suffix}").write_bytes(documents.render(page, suffix))
    (folder / "receipts.json").write_text(json.dumps(story.receipts, ensure_ascii=False, indent=1), encoding="utf-8")
    lines = [{"at": at.isoformat(), "what": words} for at, words in story.lines]
    (folder / "story.json").write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")
    accounts = {"password": PASSWORD, "accounts": staff.names}
    (folder / "accounts.json").write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")


def accounts_in_words(accounts: Mapping[str, Any]) -> str:
    """Which accounts there are, for the terminal."""
    names = accounts.get("accounts", {})
    lines = [f"  {username:<12} {words} ({names.get(username, '')})" for username, words in SHOWN]
    return "\n".join([f"accounts, all with the password {accounts.get('password', PASSWORD)}:", *lines])
