"""Tries a token's functions on a copy of its chain, each trial on the state that the last one found.

Knows the three functions that move an ERC-20 token, and measures what they did instead of trusting
what they answer. Refuses to judge it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from eth_utils.address import to_checksum_address

from jumpstart.chain.abi import selector_of
from jumpstart.chain.balances import balance_of, balances_of, fresh_account
from jumpstart.chain.client import LOCAL_GAS_LIMIT, Chain, Transaction
from jumpstart.chain.refusals import refusal_of
from jumpstart.chain.traces import trace_of
from jumpstart.errors import ChainError

How = Literal["transfer", "transferFrom"]

# Answers any call with the four bytes it was called by, which is what receivers of ERC-677,
# ERC-1363 and their like must say.
_RECEIVER: Final = bytes.fromhex("5f3560e01c60e01b5f5260205ff3")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One call of a function: refused, or what it answered."""

    refusal: str | None = None
    answer: bytes = b""

    @property
    def is_false(self) -> bool:
        return self.refusal is None and len(self.answer) >= 32 and not any(self.answer[:32])

    @property
    def is_silent(self) -> bool:
        """Done, and nothing answered."""
        return self.refusal is None and not self.answer


@dataclass(frozen=True, kw_only=True)
class Move:
    """What became of one attempt to move `amount` base units."""

    how: How
    to_contract: bool
    amount: int
    taken: int
    received: int
    outcome: Outcome
    calls: tuple[str, ...]
    """Whom the transfer called, besides the token."""

    @property
    def is_done(self) -> bool:
        return self.outcome.refusal is None and (self.taken != 0 or self.received != 0)

    @property
    def is_exact(self) -> bool:
        return self.taken == self.received == self.amount

    def __str__(self) -> str:
        return (
            f"{self.how} of {self.amount} to {'a contract' if self.to_contract else 'an account'}"
        )


class Bench:
    """A token on a copy, with three accounts that no chain has seen: `plain`, `spender`, and
    `contract`, which has code that takes any call.
    """

    def __init__(self, copy: Chain, token: str) -> None:
        self.copy = copy
        self.token = to_checksum_address(token)
        self.plain = fresh_account(copy, "plain")
        self.spender = fresh_account(copy, "spender")
        self.contract = fresh_account(copy, "contract")
        copy.set_code(self.contract, _RECEIVER)

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What happens inside is taken back."""
        snapshot = self.copy.snapshot()
        try:
            yield
        finally:
            self.copy.revert(snapshot)

    def balance(self, account: str) -> int:
        return balance_of(self.copy, self.token, account)

    def approve(self, owner: str, amount: int) -> Outcome:
        """To `spender`."""
        return self._attempt(owner, _calldata("approve(address,uint256)", self.spender, amount))

    def move(self, how: How, payer: str, to: str, amount: int, *, traced: bool = False) -> Move:
        """Moves, measures, and leaves it at that. `transferFrom` needs an approval to `spender`."""
        calls: tuple[str, ...] = ()
        if how == "transferFrom":
            sender = self.spender
            data = _calldata("transferFrom(address,address,uint256)", payer, to, amount)
        else:
            sender = payer
            data = _calldata("transfer(address,uint256)", to, amount)
        if traced:
            calls = self._calls(sender, data, {payer: "its payer", to: "its receiver"})
        before = balances_of(self.copy, self.token, payer, to)
        outcome = self._attempt(sender, data)
        after = balances_of(self.copy, self.token, payer, to)
        return Move(
            how=how,
            to_contract=to == self.contract,
            amount=amount,
            taken=before[0] - after[0],
            received=after[1] - before[1],
            outcome=outcome,
            calls=calls,
        )

    def _attempt(self, sender: str, data: bytes) -> Outcome:
        """Calls for the answer, then sends. Raises `ChainError` for what is not the token's doing."""
        try:
            answer = self.copy.call_raw(self.token, data, sender=sender, gas=LOCAL_GAS_LIMIT)
            self.copy.send(Transaction(sender=sender, to=self.token, data=data))
        except ChainError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return Outcome(refusal=refusal)
        return Outcome(answer=answer)

    def _calls(self, sender: str, data: bytes, roles: Mapping[str, str]) -> tuple[str, ...]:
        try:
            calls = trace_of(self.copy, sender, self.token, data).calls
        except ChainError as error:
            if refusal_of(error) is None:
                raise
            return ()
        return tuple(roles.get(each, each) for each in calls if each != self.token)


def _calldata(signature: str, *args: str | int) -> bytes:
    words = (int(arg, 16) if isinstance(arg, str) else arg for arg in args)
    return selector_of(signature) + b"".join(word.to_bytes(32) for word in words)
