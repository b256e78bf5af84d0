"""Letters of assistance as a signed file that another Bihuan can read: what is asked, of whom, and what is answered.

The file is JSON: `format`, `county`, `key`, `alg` Ed25519, `payload` (base64 of the letter's own JSON) and `signature` over
format, county and payload. A county signs with a key that follows from its own secret; nobody keeps a key file. The key
of another county is trusted once, by a person who compared its fingerprint, and is kept under `$BIHUAN_HOME`.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORMAT = "bihuan-letter/1"
MOST_BYTES = 4_000_000
MOST_PEOPLE = 2_000
KEYS = "letter-keys.json"


class LetterFault(ValueError):
    """The file cannot be used. `zh` and `en` say what is wrong and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class SignedLetter:
    """A file that was read and whose signature holds; `is_trusted` says whether its key is known as that county's."""

    kind: str  # request, reply
    county_name: str
    county_code: str
    key: str
    is_trusted: bool
    content_hash: str
    body: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """The key in sixteen letters to be compared by telephone."""
        return fingerprint(self.key)


def own_key(secret: str) -> str:
    """The public key this county signs with, as base64."""
    raw = _private(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def fingerprint(key: str) -> str:
    """A public key in sixteen letters, in groups of four."""
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:16].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def write_request(
    *, secret: str, county_name: str, county_code: str, number: str, to_name: str, to_code: str, disease: str,
    protocol: str, case_words: str, written_at: datetime, due_at: datetime, people: Sequence[Mapping[str, Any]],
) -> bytes:  # fmt: skip
    """A request as a signed file. Each of `people`: row_number, name, documents, phones, sex, birth_on, address,
    class_name, first_exposure_at, last_exposure_at, place_words."""
    body = {
        "kind": "request", "number": number, "to": {"name": to_name, "code": to_code}, "disease": disease,
        "protocol": protocol, "case": case_words, "written_at": written_at.isoformat(), "due_at": due_at.isoformat(),
        "people": list(people),
    }  # fmt: skip
    return _signed(body, secret, county_name, county_code)


def write_reply(
    *, secret: str, county_name: str, county_code: str, number: str, in_reply_to: str, written_at: datetime,
    answers: Sequence[Mapping[str, Any]],
) -> bytes:  # fmt: skip
    """A reply as a signed file. Each of `answers`: row_number (of their letter), outcome, answer."""
    body = {
        "kind": "reply", "number": number, "in_reply_to": in_reply_to, "written_at": written_at.isoformat(),
        "answers": list(answers),
    }  # fmt: skip
    return _signed(body, secret, county_name, county_code)


def read(content: bytes, *, home: Path) -> SignedLetter:
    """A letter from a file. Raises LetterFault for what is no letter, is too large, or whose signature does not hold."""
    if len(content) > MOST_BYTES:
        raise LetterFault("文件过大，不是协查函", "the file is too large for a letter")
    try:
        outer = json.loads(content)
        payload = base64.b64decode(outer["payload"], validate=True)
        key, signature = outer["key"], base64.b64decode(outer["signature"], validate=True)
        county = outer["county"]
        name, code = str(county["name"]), str(county["code"])
        if outer["format"] != FORMAT or outer["alg"] != "Ed25519":
            raise KeyError("format")
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
    except (ValueError, KeyError, TypeError):
        raise LetterFault(
            "这不是闭环的协查函文件，请向发函县索取原文件",
            "this is not a letter of Bihuan; ask the sending county for the file itself",
        ) from None
    try:
        public.verify(signature, _signed_bytes(name, code, payload))
    except InvalidSignature:
        raise LetterFault(
            "签名不符：文件在途中被改动过，请重新索取", "the signature does not hold: the file was changed on its way"
        ) from None
    body = json.loads(payload)
    rows = body.get("people" if body.get("kind") == "request" else "answers")
    if body.get("kind") not in ("request", "reply") or not isinstance(rows, list) or len(rows) > MOST_PEOPLE:
        raise LetterFault("文件内容不完整", "the letter is not whole")
    trusted = _trusted(home).get(key) == code
    return SignedLetter(body["kind"], name, code, key, trusted, hashlib.sha256(payload).hexdigest(), body)


def trust(letter: SignedLetter, *, home: Path) -> None:
    """Keep the key of a letter as its county's: somebody has compared the fingerprint."""
    known = {key: code for key, code in _trusted(home).items() if code != letter.county_code}
    known[letter.key] = letter.county_code
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f".{KEYS}.part"
    draft.write_text(json.dumps(known, indent=1), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(home / KEYS)


def request_arguments(letter: SignedLetter) -> dict[str, Any]:
    """The arguments of `receive_assistance` a request brings."""
    body = letter.body
    people = [
        {
            "told": {
                "row_number": int(row.get("row_number", number)),
                "name": str(row.get("name", "")),
                "id_number": next((n for _kind, n in row.get("documents", ())), ""),
                "id_kind": next((kind for kind, _n in row.get("documents", ())), ""),
                "phones": [str(p) for p in row.get("phones", ())],
                "birth_on": row.get("birth_on") or "",
                "sex": row.get("sex") or "",
                "address": row.get("address") or "",
            },
            "class_name": row.get("class_name") or "close_contact",
            "first_exposure_at": row.get("first_exposure_at"),
            "last_exposure_at": row.get("last_exposure_at"),
            "place_words": row.get("place_words") or "",
        }
        for number, row in enumerate(body["people"], 1)
    ]
    return {
        "counterpart": letter.county_name, "counterpart_code": letter.county_code, "their_number": body["number"],
        "disease": body.get("disease", ""), "protocol": body.get("protocol", ""), "case_words": body.get("case", ""),
        "people": people, "content_hash": letter.content_hash,
        "signed_by": letter.fingerprint if letter.is_trusted else "", "due_at": body.get("due_at"),
    }  # fmt: skip


def _private(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), length=32, salt=b"bihuan", info=b"letters of assistance").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _signed_bytes(name: str, code: str, payload: bytes) -> bytes:
    return b"\n".join([FORMAT.encode(), code.encode(), name.encode(), payload])


def _signed(body: Mapping[str, Any], secret: str, name: str, code: str) -> bytes:
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    outer = {
        "format": FORMAT, "county": {"name": name, "code": code}, "alg": "Ed25519", "key": own_key(secret),
        "payload": base64.b64encode(payload).decode(),
        "signature": base64.b64encode(_private(secret).sign(_signed_bytes(name, code, payload))).decode(),
    }  # fmt: skip
    return json.dumps(outer, ensure_ascii=False, indent=1).encode()


def _trusted(home: Path) -> dict[str, str]:
    path = home / KEYS
    if not path.exists():
        return {}
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return known
