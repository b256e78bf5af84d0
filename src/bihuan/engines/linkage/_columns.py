"""People as columns: every field of a whole table, normalised once, ready to be blocked and compared."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from bihuan.engines.linkage import _kernels, _normal
from bihuan.engines.linkage._record import FIELDS, Record
from bihuan.engines.linkage._sounds import sound_of, sound_table

Array = np.ndarray[Any, np.dtype[Any]]
Columns = Mapping[str, Sequence[str | None]]

# What parts an address: the suffixes of divisions, streets' houses, and the words inside a building.
_SEPARATORS = "省市区县旗镇乡村屯号栋幢座层楼室组队弄户院"
_SEPARATOR_PAIRS = ("街道", "社区", "小区", "单元", "自治", "号楼", "苑区", "期楼")


class People(NamedTuple):
    """A prepared table of n people. Hashes are uint64, zero where the field says nothing.

    Fields of several parts are kept flat: row r owns `name_codes[name_at[r]:name_at[r + 1]]`, and so on.
    """

    name_at: Array  # int64 (n + 1,)
    name_codes: Array  # uint32, letters of the normalised name; words of a Latin name parted by a blank
    scripts: Array  # uint8: 0 none, 1 Han, 2 letters
    names: Array
    sounds: Array
    surnames: Array  # sound of the first character; of a Latin name its last word
    forenames: Array  # of a Latin name of several words its first word
    words: Array  # the words of a Latin name in any order
    id_at: Array
    id_codes: Array  # uint8, characters
    ids: Array
    id_kinds: Array  # uint8: 0 none, 1 obeys GB 11643, 2 looks like it but does not, 3 another document
    phones: Array  # int64 (n, 2), last eleven digits, 0 for none
    births: Array  # int32 yyyymmdd, 0 for none; from the id number where that is valid
    sexes: Array  # uint8: 0 unknown, 1 male, 2 female
    number_at: Array
    numbers: Array  # int64, the numbers of the address in their order
    piece_at: Array
    pieces: Array  # uint32, hashed pieces of the address, sorted within a row
    all_numbers: Array
    last_numbers: Array  # the last two numbers of the address
    first_words: Array  # the first two words of letters in the address: the street

    @property
    def rows(self) -> int:
        """How many people the table holds."""
        return len(self.names)


def columns_of(records: Sequence[Record]) -> Columns:
    """Records turned into columns, as `prepare` takes them."""
    return {name: [getattr(record, name) for record in records] for name in FIELDS}


def prepare(people: Sequence[Record] | Columns) -> People:
    """Normalise a table once: records, or a mapping of field name to a column of text (a missing field is empty).

    Column names are those of `Record`; all columns given must be of one length, else ValueError.
    One million rows take a few seconds on one core and about 0.5 GB.
    """
    columns = people if isinstance(people, Mapping) else columns_of(people)
    unknown = sorted(set(columns) - set(FIELDS))
    if unknown:
        raise ValueError(f"no such field: {', '.join(unknown)}; the fields are {', '.join(FIELDS)}")
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns of different lengths: {lengths}")
    rows = max(lengths.values(), default=0)

    def column(name: str) -> Sequence[str | None]:
        return columns.get(name) or [""] * rows

    sounds = sound_table()

    codes = _codes(_normal.names(_normal.join(column("name"))))
    name_at, name_codes = _flat(rows, len(codes) * 2, np.uint32)
    scripts = np.zeros(rows, np.uint8)
    names, sound, surnames, forenames, words = (np.zeros(rows, np.uint64) for _ in range(5))
    _kernels.read_names(codes, rows, sounds, name_at, name_codes, scripts, names, sound, surnames, forenames, words)

    codes = _codes(_normal.id_numbers(_normal.join(column("id_number"))))
    id_at, id_codes = _flat(rows, len(codes) + 3 * rows, np.uint8)
    ids, id_kinds = np.zeros(rows, np.uint64), np.zeros(rows, np.uint8)
    id_births, id_sexes = np.zeros(rows, np.int32), np.zeros(rows, np.uint8)
    _kernels.read_ids(codes, rows, id_at, id_codes, ids, id_kinds, id_births, id_sexes)

    phones = np.zeros((rows, 2), np.int64)
    _kernels.read_phones(_codes(_normal.phones(_normal.join(column("phone")))), rows, phones)

    births, sexes = np.zeros(rows, np.int32), np.zeros(rows, np.uint8)
    _kernels.read_births(_codes(_normal.compatible(_normal.join(column("birth_on")))), rows, births)
    _kernels.read_sexes(_codes(_normal.compatible(_normal.join(column("sex")))), rows, sexes)
    certain = id_kinds == _kernels.VALID_ID  # its check character vouches for the date inside
    births = np.where(certain | (births == 0), id_births, births)
    sexes = np.where(certain | (sexes == 0), id_sexes, sexes)

    codes = _codes(_normal.compatible(_normal.join(column("address"))))
    number_at, numbers = _flat(rows, min(len(codes), rows * _kernels.MOST_NUMBERS), np.int64)
    piece_at, pieces = _flat(rows, len(codes), np.uint32)
    all_numbers, last_numbers, first_words = (np.zeros(rows, np.uint64) for _ in range(3))
    _kernels.read_addresses(
        codes,
        rows,
        np.array([ord(c) for c in _SEPARATORS], np.uint32),
        np.array([[ord(c) for c in pair] for pair in _SEPARATOR_PAIRS], np.uint32),
        number_at,
        numbers,
        piece_at,
        pieces,
        all_numbers,
        last_numbers,
        first_words,
    )
    return People(
        name_at,
        name_codes[: name_at[-1]].copy(),
        scripts,
        names,
        sound,
        surnames,
        forenames,
        words,
        id_at,
        id_codes[: id_at[-1]].copy(),
        ids,
        id_kinds,
        phones,
        births,
        sexes,
        number_at,
        numbers[: number_at[-1]].copy(),
        piece_at,
        pieces[: piece_at[-1]].copy(),
        all_numbers,
        last_numbers,
        first_words,
    )


def normal_name(name: str) -> str:
    """A name in the one writing that is compared: no blanks in Chinese, no dots, lower case, words by one blank."""
    return _name_at(prepare({"name": [name]}), 0)


def name_sound(name: str) -> str:
    """How a name sounds, without tones and blanks: 赵一鸣 and "Zhao Yiming" are both zhaoyiming."""
    return "".join(sound_of(c) for c in normal_name(name) if c != " ")


def _name_at(people: People, row: int) -> str:
    return "".join(map(chr, people.name_codes[people.name_at[row] : people.name_at[row + 1]]))


def _codes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _flat(rows: int, most: int, kind: Any) -> tuple[Array, Array]:
    return np.zeros(rows + 1, np.int64), np.empty(most, kind)
