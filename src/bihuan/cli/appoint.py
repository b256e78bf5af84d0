"""`bihuan appoint`: the first account of a county, and any later one its operator must open by hand."""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import Unusable, answer, json_option

ROLES = ("commander", "duty_leader", "office", "list_clerk", "township", "grid", "inspector")


@click.command(epilog="Example: bihuan appoint zhang --name 张三 --role office --area 130430 --unit 县疫情防控指挥部")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the post is for.")
@click.option("--area", required=True, help="The code of the area the post serves: a county, township or village.")
@click.option("--unit", "unit_name", required=True, help="The body the post belongs to; made if it is new.")
@click.option("--title", default="", help="The post's title; the role's name unless said.")
@json_option
def command(username: str, name: str, role: str, area: str, unit_name: str, title: str, as_json: bool) -> None:
    """Open an account and give it a post. The password is asked for, or taken from BIHUAN_PASSWORD."""
    password = os.environ.get("BIHUAN_PASSWORD") or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < 8:
        raise Unusable("the password is shorter than eight letters", mend="choose a longer one")
    open_app()
    from django.contrib.auth.hashers import make_password

    from bihuan.ledgers.staff.choices import Role, UnitKind
    from bihuan.ledgers.territory import reads as territory_reads

    place = territory_reads.area(area)
    if place is None:
        raise Unusable(f"no area has the code {area}", mend="load the tree first: bihuan territory load")
    kinds = {"county": UnitKind.HEADQUARTERS, "township": UnitKind.TOWNSHIP, "village": UnitKind.VILLAGE}
    kind = kinds.get(place.level, UnitKind.WORKING_GROUP)
    unit = _rule("add_unit", name=unit_name, kind=kind, area=area)["unit"]
    member = _rule("add_member", username=username, name=name, password_hash=make_password(password))["member"]
    post = _rule("add_post", unit=UUID(unit), title=title or str(Role(role).label), role=role)["post"]
    _rule("name_posting", post=UUID(post), member=UUID(member))
    answer(
        {"member": member, "post": post, "unit": unit},
        as_json=as_json,
        words=f"{name} ({username}) serves {place.name} as {title or Role(role).label}",
    )


def _rule(verb: str, **args: Any) -> dict[str, Any]:
    """One act of the operator, in the name of the house."""
    from bihuan.loop import door

    done = door.by_rule(verb, args, at=datetime.now(UTC))
    if done.status == "refused":
        raise Unusable(done.reason)
    return dict(done.result or {})
