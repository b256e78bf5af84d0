"""`bihuan protocol`: list, check, show, plan and compare editions of control protocols."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._frame import DEFAULT_ZONE, Unusable, answer, instant, json_option, say

if TYPE_CHECKING:
    from bihuan.engines.protocol import Edition

_TZ = click.option("--tz", default=DEFAULT_ZONE, show_default=True, help="Zone of times without an offset.")


@click.group(
    epilog="Example: bihuan protocol plan covid-19/2022-06-28 close_contact --anchor last_exposure=2022-07-01T10:00"
)
def command() -> None:
    """Control protocols (防控方案) as dated data."""


def _edition(ident: str, as_of: datetime | None = None) -> "Edition":
    """The edition of an id, of a disease at a time, or of a file's path."""
    from bihuan.engines import protocol

    try:
        return protocol.edition(ident, as_of)
    except protocol.NoAnswer as no:
        mend = "see bihuan protocol list, or give --as-of" if "/" not in ident else "see bihuan protocol list"
        raise Unusable(str(no), mend=mend) from None
    except protocol.ProtocolFault as fault:
        raise Unusable(str(fault.faults[0]), mend=f"run bihuan protocol check on {ident}") from None


@command.command("list", epilog="Example: bihuan protocol list --json")
@json_option
def list_(as_json: bool) -> None:
    """Every edition on the shelf, with its period."""
    from bihuan.engines import protocol

    rows = []
    for ident in protocol.edition_ids():
        one = _edition(ident)
        rows.append(
            {
                "id": ident,
                "title": one.title,
                "layer": one.layer,
                "from": one.valid_from.isoformat(),
                "until": one.valid_until.isoformat() if one.valid_until else None,
                "classes": [name for name, rule in one.classes.items() if not rule.no],
                "extends": one.extends or None,
            }
        )
    words = "\n".join(f"{r['id']:34} {r['from']} – {r['until'] or '':10}  {r['title']}" for r in rows)
    answer({"protocols": rows}, as_json=as_json, words=words)


@command.command(epilog="Example: bihuan protocol check my-edition.yaml")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> int:
    """Every fault of a protocol file, with line and column."""
    from bihuan.engines import protocol

    try:
        found, faults, _ = protocol.read_path(file)
    except (OSError, UnicodeDecodeError) as fault:
        why = getattr(fault, "strerror", None) or "is not UTF-8 text"
        raise Unusable(f"cannot be read: {why}", file=file, mend="give the path of a protocol file") from None
    except protocol.ProtocolFault as fault:
        found, faults = None, list(fault.faults)
    if found is not None:
        others = [_edition(i) for i in protocol.edition_ids() if i.startswith(f"{found.disease}/") and i != found.id]
        faults = sorted({*faults, *protocol.check_edition(found, others)})
    listed = [{"file": f.file, "line": f.line, "column": f.column, "message": f.message} for f in faults]
    numbers = found.numbers if found else ()
    unverified = sum(not n.basis.binds for n in numbers)
    report = {"file": str(file), "faults": listed, "numbers": len(numbers), "not_binding": unverified}
    words = "\n".join(str(f) for f in faults) or (
        f"{file}: no faults; {len(numbers)} numbers, {unverified} of them unverified and not binding"
    )
    answer(report, as_json=as_json, words=words)
    return 1 if faults else 0


@command.command(epilog="Example: bihuan protocol show covid-19 --as-of 2022-07-01")
@click.argument("ident", metavar="ID")
@click.option("--as-of", default=None, help="For <disease> alone: the edition in force then. [default: now]")
@_TZ
@json_option
def show(ident: str, as_of: str | None, tz: str, as_json: bool) -> None:
    """One edition: its rules, and every number with unit, source, clause and confidence."""
    from dataclasses import asdict

    from bihuan.engines import protocol

    one = _edition(ident, _when(as_of, tz))
    changes = protocol.changes_of(one.id)
    value = {
        "id": one.id,
        "title": one.title,
        "layer": one.layer,
        "from": one.valid_from,
        "until": one.valid_until,
        "statutory_class": one.statutory_class,
        "managed_as": one.managed_as,
        "policy": asdict(protocol.policy_numbers(one)),
        "rules": one.tree.plain() if one.tree else {},
        "numbers": [
            {
                "path": ".".join(n.path),
                "value": n.value,
                "unit": n.unit,
                "source": n.basis.document,
                "clause": n.basis.clause,
                "confidence": n.basis.confidence,
                "binds": n.basis.binds,
            }
            for n in one.numbers
        ],
        "extends": one.extends or None,
        "changes": [{"path": c.path, "before": c.before, "after": c.after, "line": c.line} for c in changes],
    }
    answer(value, as_json=as_json, words=_page(one, value))


def _page(one: "Edition", value: dict[str, Any]) -> str:
    lines = [f"{one.id}  {one.title}", f"in force {one.valid_from} – {one.valid_until or 'until superseded'}"]
    if one.extends:
        lines.append(f"extends {one.extends}, changing {len(value['changes'])} keys")
    lines.append("")
    for name, rule in one.classes.items():
        if rule.no:
            lines.append(f"{name} {rule.title}: {rule.no.replace('_', ' ')} — {rule.why_not}")
            continue
        lines.append(f"{name} {rule.title}")
        for stage in rule.stages:
            tests = "; ".join(
                f"{t.kind} on days {', '.join(map(str, t.days))}" if t.days else f"{t.count} {t.kind}"
                for t in stage.tests
            )
            binding = "" if stage.basis.binds else "  [does not bind without a signed override]"
            lines.append(f"  {stage.mode} {stage.start} … {stage.until}  {tests}  — {stage.basis}{binding}")
        lines.append(f"  release: {', '.join(c.text for c in rule.release) or '—'}")
    lines += [
        f"clock {clock.id}: {clock.limit} {clock.who} → {clock.raised_to}  — {clock.basis}"
        for clock in one.clocks.values()
    ]
    return "\n".join(lines)


def _when(as_of: str | None, tz: str) -> datetime:
    return instant(as_of, tz) if as_of else datetime.now(UTC)


def _pairs(given: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    out = []
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not value:
            raise Unusable(
                f"«{text}» is not {option} name=value", mend=f"write {option} last_exposure=2022-07-01T10:00"
            )
        out.append((name.strip(), value.strip()))
    return out


def _fact(text: str) -> Any:
    if text.lower() in ("true", "yes"):
        return True
    if text.lower() in ("false", "no"):
        return False
    if "," in text:
        return [None if part in ("", "-") else _fact(part) for part in text.split(",")]
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


@command.command(
    epilog="Example: bihuan protocol plan covid-19/2022-06-28 close_contact "
    "--anchor last_exposure=2022-07-01T10:00 --anchor identified=2022-07-02T15:00 --json"
)
@click.argument("ident", metavar="ID")
@click.argument("class_name", metavar="CLASS")
@click.option("--anchor", multiple=True, help="name=time; the same name twice means it happened twice.")
@click.option(
    "--fact", multiple=True, help="What else is known: age_years=12, pregnant=true, test_results=negative,negative."
)
@click.option("--as-of", default=None, help="The instant that is asked about; for <disease> alone, the edition then.")
@_TZ
@json_option
def plan(
    ident: str,
    class_name: str,
    anchor: tuple[str, ...],
    fact: tuple[str, ...],
    as_of: str | None,
    tz: str,
    as_json: bool,
) -> None:
    """The dated duties of one person of a class."""
    from bihuan.engines import protocol

    anchors: dict[str, list[datetime]] = {}
    for name, value in _pairs(anchor, "--anchor"):
        if name not in protocol.ANCHORS:
            raise Unusable(f"«{name}» is not an anchor", mend=f"one of {', '.join(protocol.ANCHORS)}")
        anchors.setdefault(name, []).append(instant(value, tz))
    if not anchors:
        raise Unusable("nothing to count from", mend="give --anchor last_exposure=2022-07-01T10:00")
    facts: dict[str, Any] = {}
    for name, value in _pairs(fact, "--fact"):
        facts[name] = _fact(value)
    for name in ("test_results", "linked_tests", "ct_values"):
        if name in facts and not isinstance(facts[name], list):
            facts[name] = [facts[name]]
    one = _edition(ident, _when(as_of, tz))
    try:
        made = protocol.plan(one, class_name, anchors, instant(as_of, tz) if as_of else None, facts)
    except protocol.NoAnswer as no:
        raise Unusable(str(no), mend=f"see bihuan protocol show {one.id}") from None
    for reason in made.reasons:
        say(reason)
    words = [f"{made.protocol} {made.class_name}" + (f" → {made.reclassed_to}" if made.reclassed_to else "")]
    words += [f"  {s.start:%m-%d %H:%M} – {s.until:%m-%d %H:%M}  {s.mode}  {s.basis}" for s in made.stages]
    words += [f"  {t.due_from:%m-%d %H:%M} – {t.due_until:%m-%d %H:%M}  {t.kind} {t.pool}:1" for t in made.tests]
    words += [f"  checks a day: {made.checks_per_day}; code: {made.code}"]
    words += [f"  release waits for: {', '.join(made.release) or 'a decision only'}"]
    answer(made.as_json(), as_json=as_json, words="\n".join(words))


@command.command(epilog="Example: bihuan protocol diff covid-19/2022-06-28 covid-19/2022-11-11")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@json_option
def diff(before: str, after: str, as_json: bool) -> None:
    """What becomes stricter and lighter from A to B, for whom, in person-days."""
    from bihuan.engines import protocol

    found = protocol.diff_editions(_edition(before), _edition(after))
    value = {
        "before": found.before,
        "after": found.after,
        **{
            direction: [
                {
                    "subject": c.subject,
                    "what": c.what,
                    "before": c.before,
                    "after": c.after,
                    "person_days": c.person_days,
                }
                for c in found.of(direction)
            ]
            for direction in ("stricter", "lighter", "other")
        },
        "person_days": sum(c.person_days for c in found.changes),
    }
    answer(value, as_json=as_json, words=found.page())
