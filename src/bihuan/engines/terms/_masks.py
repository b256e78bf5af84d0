"""What may be shown of a person before a reason is given: enough to recognise, too little to look up."""

MASK = "*"


def mask_name(name: str) -> str:
    """Keep the surname, one star for each other character: 赵一鸣 is shown as 赵**.

    A name of several words keeps the first letter of each word ("Anna Lee" is shown as "A*** L**").
    """
    text = name.strip()
    if not text.isascii():
        return text[:1] + MASK * (len(text) - 1)
    return " ".join(word[:1] + MASK * (len(word) - 1) for word in text.split())


def mask_number(number: str) -> str:
    """Keep four characters at each end of a document number: 9910**********001X.

    Birth date and division lie in the hidden middle of a resident number. Numbers of eight characters or
    fewer keep one character at each end, so that what is hidden is always at least what is shown.
    """
    return _mask_middle(number.strip(), head=4, tail=4)


def mask_phone(phone: str) -> str:
    """Keep the first three and the last four digits of a mobile number: 199****0001.

    Shorter numbers (landlines without an area code) keep one digit at each end.
    """
    return _mask_middle(phone.strip(), head=3, tail=4)


def mask_address(address: str) -> str:
    """Keep the place and hide which door: 柳泉镇河湾村3组12号 is shown as 柳泉镇河湾村*组**号."""
    return "".join(MASK if c.isdigit() else c for c in address.strip())


def _mask_middle(text: str, *, head: int, tail: int) -> str:
    if len(text) <= head + tail + 1:
        head = tail = 1
    hidden = max(0, len(text) - head - tail)
    return text[:head] + MASK * hidden + text[len(text) - tail :] if hidden else MASK * len(text)
