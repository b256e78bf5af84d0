"""`bihuan dedupe`: look for persons recorded twice."""

import time
from datetime import UTC, datetime

import click

from bihuan.cli._app import asks_for_member, member_named, open_app
from bihuan.cli._frame import Unusable, answer, json_option, say


@click.command(epilog="Example: bihuan dedupe --as clerk")
@asks_for_member
@json_option
def command(username: str, as_json: bool) -> None:
    """Compare the whole register with itself and put likely doubles before a person. Nothing is merged by itself."""
    open_app()
    from bihuan.loop import door

    if not username:
        raise Unusable("in whose name?", mend="name an account that may merge persons with --as")
    start = time.monotonic()
    say("comparing everybody with everybody …")
    now = datetime.now(UTC)
    done = door.perform("find_doubles", {}, by=member_named(username).id, at=now, recorded_at=now, device="cli")
    if done.status == "refused":
        raise Unusable(done.reason)
    found = dict(done.result or {}) | {"seconds": round(time.monotonic() - start, 1)}
    answer(found, as_json=as_json, words=f"{found['pairs']:,} pairs, {found['new']:,} new, {found['seconds']} s")
