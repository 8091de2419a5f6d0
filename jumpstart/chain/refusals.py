"""Tells a contract that refuses from a node that fails, for contracts that nobody here compiled.

Knows what Ganache and Anvil call the ways in which code can end.
"""

import re

from jumpstart.errors import ChainError, ContractRevert

_AT_MOST = 160  # characters of a text that somebody else wrote
# Besides a revert, which the client names already.
_HALT = re.compile(
    r"invalid ?jump|stack ?(under|over)flow|not ?activated|opcode|out ?of ?(gas|offset|bounds)"
    r"|static ?call|static ?state",
    re.IGNORECASE,
)
_LATER_RULES = re.compile(r"not ?activated|opcode", re.IGNORECASE)


def refusal_of(error: ChainError) -> str | None:
    """Why the contract refused: part of a sentence. None where the contract was not the reason."""
    if isinstance(error, ContractRevert):
        text = str(error)
    else:
        halt = _HALT.search(str(error))
        if halt is None:
            return None
        text = halt[0]
    if _LATER_RULES.search(text):
        # An opcode is invalid on purpose, as an old assertion is, or too new.
        text += ", by the rules of Shanghai"
    return text if len(text) <= _AT_MOST else f"{text[:_AT_MOST]}..."
