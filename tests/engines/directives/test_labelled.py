"""The labelled speeches: floors for spans, types, minutes and actors."""

from functools import reduce
from operator import add
from pathlib import Path

import pytest

from tests.engines.directives.score import Score, score_folder

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "directives-cn"


@pytest.mark.shared
@pytest.mark.skipif(not (FOLDER / "labelled.jsonl").is_file(), reason=f"no labelled texts in {FOLDER}")
def test_what_is_read_from_the_labelled_speeches_reaches_the_floors() -> None:
    by_file = score_folder(FOLDER)
    whole = reduce(add, by_file.values(), Score())
    told = "\n".join(f"{name}: {one}" for name, one in by_file.items())
    assert whole.f1 >= 0.80, told
    assert whole.share("type") >= 0.85, told
    assert whole.share("minutes") >= 0.95, told
    assert whole.share("responsible") >= 0.70, told
