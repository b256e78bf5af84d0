"""Serve the gallery alone, without database or accounts: `python -m bihuan.desk.gallery [PORT]`."""

import sys

from bihuan.desk.gallery.alone import configure


def main() -> None:
    """Serve on 127.0.0.1 until stopped."""
    from django.core.management import call_command

    configure()
    port = sys.argv[1] if len(sys.argv) > 1 else "8099"
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, verbosity=0)


if __name__ == "__main__":
    main()
