"""`python -m bihuan.cli` is `bihuan`."""

from bihuan.cli import main

main()
