"""THINK: the words every list uses for a person: identity documents and phones, read, checked, written and masked."""

from bihuan.engines.terms._identity import (
    DocumentKind,
    Identity,
    IdentityFault,
    check_digit,
    is_resident_number,
    read_identity,
    to_eighteen,
)
from bihuan.engines.terms._masks import mask_address, mask_name, mask_number, mask_phone
from bihuan.engines.terms._phones import read_phones

__all__ = [
    "DocumentKind",
    "Identity",
    "IdentityFault",
    "check_digit",
    "is_resident_number",
    "mask_address",
    "mask_name",
    "mask_number",
    "mask_phone",
    "read_identity",
    "read_phones",
    "to_eighteen",
]
