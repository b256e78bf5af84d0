"""Keep both languages whole: `python -m bihuan.config.languages [--update [AREA …]] [--check]`.

Chinese is the source: templates and Python hold Chinese text, marked for translation. English is a complete
catalogue, kept in parts so that people who work on different areas do not meet in one file:

    src/bihuan/locale/parts/en/<area>.po          committed, one per area (frame, intake, people, loop …)
    src/bihuan/locale/en/LC_MESSAGES/django.mo    compiled from all parts, git-ignored

How to add a string:
1. In a template write `{% translate "待办" %}` or `{% blocktranslate %}…{% endblocktranslate %}`; as an
   argument of another tag write `_("待办")`. In Python write `gettext("待办")`, at import `gettext_lazy`.
2. Run `python -m bihuan.config.languages --update intake` (your area; no name means every area). It reads
   the source and adds what is new, with an empty `msgstr`, to the part of the area where it was found; it
   drops what nobody uses. `area_of` says which area a file belongs to.
3. Fill each empty `msgstr`, then run `python -m bihuan.config.languages`: it compiles, without gettext.

`missing` is what `bihuan check --source` asks: no string without English, no fuzzy or half-filled entry,
no placeholder lost, no two parts that disagree, no bare Chinese (or bare English words) in a template, no
bare Chinese in the desk's Python. A word that is data, not text for a reader, carries `# data` on its line.
"""

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract

SOURCE = Path(__file__).resolve().parents[1]
LOCALE = SOURCE / "locale"

_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")
# Words that are the same in both languages: file types, key names, the product's name.
_SAME_IN_BOTH = {
    "bihuan",
    "xlsx",
    "xls",
    "docx",
    "pdf",
    "csv",
    "json",
    "svg",
    "api",
    "gbk",
    "utf",
    "esc",
    "enter",
    "tab",
}
_MARKUP = re.compile(r"(?s)<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|&#?\w+;")
_WORD = re.compile(r"[A-Za-z]{3,}")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|(?<!\{)\{(\w*)\}(?!\})|%[sd]")

Key = tuple[str | None, str | tuple[str, ...]]


@dataclass(frozen=True)
class Found:
    """One marked string of the source and the files that use it, paths relative to the package."""

    key: Key
    places: tuple[tuple[str, int], ...]


def area_of(place: str) -> str:
    """The part file that a source file's strings belong to, from its path inside the package."""
    folders = place.split("/")[:-1]
    if folders[:3] == ["desk", "templates", "desk"]:
        folders = ["desk", *folders[3:]]
    if len(folders) > 1 and folders[0] in {"desk", "ledgers"} and not folders[1].startswith("_"):
        return "frame" if folders[1] == "templatetags" else folders[1]
    return "frame" if folders[:1] == ["desk"] else (folders[0] if folders else "frame")


def read_source(source: Path = SOURCE) -> list[Found]:
    """Every string marked for translation in templates and Python, once, with the places that use it."""
    places: dict[Key, list[tuple[str, int]]] = {}
    for path in _files(source, "*.html", "*.txt", "*.py"):
        place = path.relative_to(source).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = _as_python(text, place)
        elif "gettext" not in text:
            continue
        for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=_KEYWORDS):
            places.setdefault((context, message), []).append((place, line))
    return [Found(key, tuple(where)) for key, where in places.items()]


def read_parts(locale: Path = LOCALE) -> dict[str, Catalog]:
    """The English catalogue's parts by area. Raises ValueError naming file and line of a bad entry."""
    parts = {}
    for path in sorted((locale / "parts" / "en").glob("*.po")):
        with path.open("rb") as file:
            try:
                parts[path.stem] = pofile.read_po(file, locale="en", abort_invalid=True)
            except pofile.PoFileError as fault:
                raise ValueError(f"{path}:{fault.lineno + 1}: {fault}; mend the entry by hand") from None
    return parts


def update(areas: Iterable[str] = (), *, source: Path = SOURCE, locale: Path = LOCALE) -> int:
    """Add new strings to the parts, drop unused ones, keep translations; the number of strings still empty.

    areas: the parts to write; none means all. A string of several areas stays in the part that has it.
    """
    found = {f.key: f for f in read_source(source)}
    parts = read_parts(locale)
    homes: dict[Key, str] = {}
    for area, part in parts.items():
        for message in part:
            if message.id:
                homes.setdefault(_key(message), area)
    for key, where in found.items():
        homes.setdefault(key, area_of(where.places[0][0]))
    only = set(areas)
    empty = 0
    for area in sorted({homes[key] for key in found} | set(parts)):
        old = parts.get(area, Catalog(locale="en"))
        part = Catalog(locale="en")
        kept = {_key(m): m for m in old if m.id and _key(m) in found}
        for key in [k for k in found if homes[k] == area or k in kept]:
            was = kept.get(key)
            files = sorted({(file, 0) for file, _line in found[key].places})
            part.add(
                key[1],
                was.string if was else ("", "") if isinstance(key[1], tuple) else "",
                locations=files,
                flags=was.flags if was else (),
                context=key[0],
            )
        if not only or area in only:
            _write(locale / "parts" / "en" / f"{area}.po", part)
            empty += sum(1 for m in part if m.id and not _is_filled(m))
    return empty


def compile_parts(locale: Path = LOCALE) -> Path:
    """Merge all parts and write the binary catalogue that Django reads; its path."""
    whole = Catalog(locale="en", fuzzy=False)
    for part in read_parts(locale).values():
        for message in part:
            if message.id and _is_filled(message) and not message.fuzzy:
                whole.add(message.id, message.string, context=message.context)
    target = locale / "en" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".mo.new")
    with draft.open("wb") as file:
        mofile.write_mo(file, whole)
    draft.replace(target)
    return target


def missing(*, source: Path = SOURCE, locale: Path = LOCALE) -> list[str]:
    """All that keeps a page from being whole in either language, a line each: `file:line: what; mend`."""
    faults: list[str] = []
    english: dict[Key, tuple[str, Message]] = {}
    for area, part in read_parts(locale).items():
        for message in part:
            if not message.id:
                continue
            first = english.setdefault(_key(message), (area, message))
            if first[0] != area and first[1].string != message.string:
                faults.append(
                    f"locale/parts/en/{area}.po: «{_first(message.id)}» differs from {first[0]}.po; "
                    "agree on one, or tell them apart with a context"
                )
    for found in read_source(source):
        place, line = found.places[0]
        text = _first(found.key[1])
        if not _CJK.search(text) and any(_is_english(word) for word in _WORD.findall(_PLACEHOLDER.sub("", text))):
            faults.append(f"{place}:{line}: «{text}» has no Chinese; write Chinese here, English in the part")
        if found.key not in english:
            area = area_of(place)
            faults.append(
                f"{place}:{line}: «{text}» has no English; run `python -m bihuan.config.languages --update {area}`"
            )
            continue
        area, message = english[found.key]
        faults += [f"{place}:{line}: «{text}» {why} in locale/parts/en/{area}.po" for why in _weak(message)]
    for path in _files(source, "*.html"):
        place = path.relative_to(source).as_posix()
        faults += [f"{place}:{line}: {why}" for line, why in bare_text(path.read_text(encoding="utf-8"))]
    for path in _files(source / "desk", "*.py"):
        if "gallery" not in path.parts:
            place = path.relative_to(source).as_posix()
            faults += [f"{place}:{line}: {why}" for line, why in _bare_python(path.read_text(encoding="utf-8"))]
    return faults


def bare_text(template: str) -> list[tuple[int, str]]:
    """Lines of a Django template with text that only one language can read: (line, what is wrong)."""
    from django.template.base import Lexer, TokenType

    faults: list[tuple[int, str]] = []
    hidden = ""  # the end tag we wait for: inside a comment nothing is shown, inside a block all is translated
    shown: list[str] = []
    for token in Lexer(template).tokenize():
        contents = token.contents
        blank = re.sub(r"[^\n]", " ", contents)
        if hidden:
            hidden = "" if token.token_type == TokenType.BLOCK and contents.startswith(hidden) else hidden
            shown.append(blank)
        elif token.token_type == TokenType.BLOCK and contents.startswith(("blocktranslate", "blocktrans", "comment")):
            hidden = f"end{contents.split()[0]}"
            shown.append(blank)
        elif token.token_type == TokenType.TEXT:
            shown.append(contents)
            for number, line in enumerate(contents.split("\n")):
                if _CJK.search(line):
                    faults.append(
                        (
                            (token.lineno or 1) + number,
                            f"bare Chinese «{line.strip()[:40]}»; wrap it in translate",
                        )
                    )
        else:
            shown.append(blank)
            bare = re.sub(r"""_\((["']).*?\1\)""", "", contents)
            if (
                _CJK.search(bare)
                and not bare.startswith(("translate ", "trans "))
                and token.token_type != TokenType.COMMENT
            ):
                faults.append((token.lineno or 1, f'bare Chinese in a tag «{contents[:40]}»; write _("…")'))
    text = _MARKUP.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), "".join(shown))
    for number, line in enumerate(text.split("\n"), start=1):
        words = [word for word in _WORD.findall(line) if _is_english(word)]
        if words:
            faults.append((number, f"bare English «{' '.join(words)[:40]}»; write Chinese inside translate"))
    return faults


def _files(folder: Path, *patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        for path in sorted(folder.rglob(pattern)):
            parts = path.relative_to(folder).parts
            is_skipped = "migrations" in parts or "static" in parts or "locale" in parts
            if not is_skipped and (path.suffix == ".py" or "templates" in path.parts):
                yield path


def _as_python(template: str, place: str) -> str:
    """A template as Python that calls gettext on each marked string, line by line."""
    import django.conf
    from django.utils.translation.template import templatize

    if not django.conf.settings.configured:
        django.conf.settings.configure(USE_I18N=False)
    # Leading blanks would read as Python's indentation.
    return re.sub(r"(?m)^[ \t]+", "", templatize(template, origin=place))


def _bare_python(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    tree = ast.parse(text)
    covered: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _KEYWORDS:
                covered.update(inner for argument in node.args for inner in ast.walk(argument))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            covered.add(node.value)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in covered:
            continue
        if _CJK.search(node.value) and "# data" not in lines[node.lineno - 1]:
            text = node.value[:40]
            yield node.lineno, f"bare Chinese «{text}»; wrap it in gettext, or say `# data` on the line"


def _key(message: Message) -> Key:
    return message.context, tuple(message.id) if isinstance(message.id, list | tuple) else message.id


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _is_english(word: str) -> bool:
    return word.lower() not in _SAME_IN_BOTH


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [])


def _is_filled(message: Message) -> bool:
    strings = _strings(message)
    return bool(strings) and all(text.strip() for text in strings)


def _weak(message: Message) -> Iterator[str]:
    if not _is_filled(message):
        yield "has an empty English text"
        return
    if message.fuzzy:
        yield "is marked fuzzy"
    strings = _strings(message)
    if any(_CJK.search(text) and text == _first(message.id) for text in strings):
        yield "is not translated"
    wanted = {m[0] for m in _PLACEHOLDER.finditer(_first(message.id))}
    if any({m[0] for m in _PLACEHOLDER.finditer(text)} - wanted for text in strings):
        yield f"has a placeholder the Chinese lacks (it has {', '.join(sorted(wanted)) or 'none'})"
    if wanted - {m[0] for m in _PLACEHOLDER.finditer(strings[-1])}:
        yield f"loses a placeholder ({', '.join(sorted(wanted))})"


def _write(path: Path, part: Catalog) -> None:
    body = io.BytesIO()
    pofile.write_po(body, part, omit_header=True, sort_by_file=True, include_lineno=False, width=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".po.new")
    draft.write_text(_HEADER + body.getvalue().decode().strip() + "\n", encoding="utf-8")
    draft.replace(path)


def main(arguments: list[str]) -> int:
    """The command line: compile; with --update first read the source; with --check list what is missing."""
    words = [a for a in arguments if not a.startswith("--")]
    unknown = {a for a in arguments if a.startswith("--")} - {"--update", "--check"}
    if unknown or (words and "--update" not in arguments):
        sys.stderr.write("usage: python -m bihuan.config.languages [--update [AREA …]] [--check]\n")
        return 2
    try:
        if "--update" in arguments:
            empty = update(words)
            sys.stderr.write(f"{empty} strings wait for English in {LOCALE / 'parts' / 'en'}\n")
        compile_parts()
        faults = missing() if "--check" in arguments else []
    except (ValueError, SyntaxError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
