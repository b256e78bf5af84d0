"""MEET: 青禾县 Qinghe, a county that exists nowhere: its divisions, places, people and the lists of one day."""

from dataclasses import dataclass

import pyarrow as pa

from bihuan.demo.county._ground import Place, divisions, places, village_shares
from bihuan.demo.county._lists import PushedFile, pushed_lists
from bihuan.demo.county._names import CITY, COUNTY, NEIGHBOUR, PROVINCE
from bihuan.demo.county._people import KEY_POSTS, people_table
from bihuan.engines.linkage._divisions import Division

COUNTY_CODE = COUNTY[0]
NEIGHBOUR_CODE = NEIGHBOUR[0]

__all__ = [
    "CITY",
    "COUNTY",
    "COUNTY_CODE",
    "KEY_POSTS",
    "NEIGHBOUR",
    "NEIGHBOUR_CODE",
    "PROVINCE",
    "County",
    "Place",
    "PushedFile",
    "build",
    "divisions",
    "places",
    "pushed_lists",
    "village_shares",
]


@dataclass(frozen=True, slots=True)
class County:
    """The whole invented county.

    `divisions` run from 演示省 down to buildings (with 邻水县 beside); `persons` is a table with the columns
    person_id, name, sex, birth_date, id_number, phone, household_id, village_code, grid_code, building_code,
    address, occupation_group, key_post, workplace_id; `aliases` are local names for the gazetteer.
    """

    divisions: tuple[Division, ...]
    places: tuple[Place, ...]
    persons: pa.Table
    aliases: dict[str, str]
    seed: int


def build(people: int = 20_000, seed: int = 2022) -> County:
    """Qinghe with so many people; the same numbers give the same county.

    Nobody in it lives: identity numbers carry division prefixes that begin with 99, which were never issued,
    and phones lie in the block 199 0000 xxxx that this project keeps for invented people.
    Raises ValueError for fewer than 1 or more than 1,000,000 people.
    """
    if not 1 <= people <= 1_000_000:
        raise ValueError(f"between 1 and 1,000,000 people can be invented, not {people}")
    stood = places(seed)
    aliases = {"十字口": "991027001003", "老河乡": "991027100", "开发区": "991027002", "县城": "991027001"}
    return County(divisions(), stood, people_table(people, stood, seed=seed), aliases, seed)
