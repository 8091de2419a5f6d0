"""The units of a report's amounts: tokens as they say of themselves."""

from collections.abc import Mapping
from typing import Any, Final

from jumpstart.amounts import Token

_SYMBOL: Final = 12  # letters of a symbol that are shown
_NOBODY: Final = "0x" + 40 * "0"


def visible(value: Any) -> Any:
    """All text of a report without letters that cannot be seen, which could turn what stands around
    them: such a letter is shown by its number.
    """
    if isinstance(value, str):
        if value.isprintable():
            return value
        return "".join(
            letter if letter.isprintable() else letter.encode("unicode_escape").decode()
            for letter in value
        )
    if isinstance(value, Mapping):
        return {name: visible(each) for name, each in value.items()}
    if isinstance(value, list):
        return [visible(each) for each in value]
    return value


def unit_of(token: Mapping[str, Any]) -> Token:
    """As a token says of itself; of one that does not say, base units are counted."""
    symbol = visible(token["symbol"] or "").strip()[:_SYMBOL]
    symbol = symbol or ("coins" if token["address"] == _NOBODY else "tokens")
    if token["decimals"] is None or int(token["decimals"]) > 255:
        return Token(symbol=f"base units of {symbol}", decimals=0)
    return Token(symbol=symbol, decimals=int(token["decimals"]))
