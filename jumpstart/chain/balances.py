"""Finds accounts that have some of a token, on a copy of a chain: by writing the balance of one, or
by looking who was paid of late.

Knows that a balance is one word of somebody's storage, wherever the token keeps it. Changes the
copy it works on, and does not put it back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eth_utils.address import to_checksum_address

from jumpstart.chain.abi import selector_of
from jumpstart.chain.bytecode import word_at
from jumpstart.chain.client import Chain
from jumpstart.chain.refusals import refusal_of
from jumpstart.chain.traces import Trace, trace_of
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256

_TRANSFER: Final = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()
_AMOUNT = 10**24  # where there is no supply to take a part of
_SHARES = 2**240  # of a balance that is a tiny part of what is stored, as Ampleforth's is
_SUPPLY_PART = 4
_LOG_BLOCKS = (1_000, 9_000)  # looked through one after the other, from the head back
_RECIPIENTS = 3  # that are tried
_COIN = 10**21  # wei; for gas


@dataclass(frozen=True, kw_only=True)
class Holding:
    account: str
    amount: int
    """Base units, above 0."""
    origin: str
    """Whose it is: part of a sentence."""


class NoBalanceError(ChainError):
    """The token does not say what an account has."""


def fresh_account(copy: Chain, role: str) -> str:
    """An account that nobody holds the key of and no chain has seen, with coin for gas."""
    account = to_checksum_address(keccak256(b"jumpstart probe " + role.encode())[12:])
    return sendable(copy, account)


def sendable(copy: Chain, account: str) -> str:
    """Makes the copy send for it, and pay for that."""
    copy.impersonate(account)
    copy.set_balance(account, _COIN)
    return account


def balance_of(copy: Chain, token: str, account: str) -> int:
    """In base units. Raises `NoBalanceError` when the token does not answer with a number."""
    return balances_of(copy, token, account)[0]


def balances_of(copy: Chain, token: str, *accounts: str) -> tuple[int, ...]:
    """The same of several, in one message."""
    calls = [{"to": token, "data": "0x" + _balance_data(account).hex()} for account in accounts]
    try:
        answers = copy.batch([("eth_call", (call, "latest")) for call in calls])
    except ChainError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise NoBalanceError(f"balanceOf is refused: {refusal}") from error
    return tuple(_number(bytes.fromhex(answer[2:])) for answer in answers)


def _number(answer: bytes) -> int:
    if len(answer) < 32:
        raise NoBalanceError(f"balanceOf answers with {len(answer)} bytes")
    return int.from_bytes(answer[:32])


def balance_trace(copy: Chain, token: str, account: str) -> Trace:
    """What `balanceOf` reads and runs; nothing where it is refused."""
    sender = fresh_account(copy, "asking")
    try:
        return trace_of(copy, sender, token, _balance_data(account))
    except ChainError as error:
        if refusal_of(error) is None:
            raise
        return Trace(reads=(), calls=(), delegates=())


def holdings(copy: Chain, token: str, holder: str | None) -> Iterator[Holding]:
    """Accounts to try transfers from, the likeliest first: `holder`, if it has any; a fresh one
    whose balance is written; then the latest recipients.
    """
    if holder is not None:
        amount = balance_of(copy, token, holder)
        if amount:
            sendable(copy, holder)
            yield Holding(account=holder, amount=amount, origin="the given holder")
    written = _written(copy, token)
    if written is not None:
        yield written
    yield from _recipients(copy, token)


def _written(copy: Chain, token: str) -> Holding | None:
    """Asks for a balance and writes the words that the answer was read from, until one moves it."""
    account, other = fresh_account(copy, "holder"), fresh_account(copy, "other")
    for owner, slot in balance_trace(copy, token, account).reads:
        # Nobody has paid this account yet: what is not zero is not its balance, but may be the
        # address of the code that runs.
        if word_at(copy, owner, slot):
            continue
        for value in (_part_of_supply(copy, token), _SHARES):
            copy.set_storage(owner, slot, value)
            try:
                amount = balance_of(copy, token, account)
                if amount and not balance_of(copy, token, other):
                    return Holding(
                        account=account,
                        amount=amount,
                        origin=f"an account whose balance was written at {slot:#066x}",
                    )
            except NoBalanceError:
                pass  # the word was for something else
        copy.set_storage(owner, slot, 0)
    return None


def _part_of_supply(copy: Chain, token: str) -> int:
    # More than there is could overflow what the token adds up.
    try:
        supply = int.from_bytes(copy.call_raw(token, selector_of("totalSupply()"))[:32])
    except ChainError as error:
        if refusal_of(error) is None:
            raise
        return _AMOUNT
    return supply // _SUPPLY_PART or _AMOUNT


def _recipients(copy: Chain, token: str) -> Iterator[Holding]:
    seen: set[str] = {to_checksum_address("0x" + 20 * "00")}
    end = copy.block_number()
    for blocks in _LOG_BLOCKS:
        start = max(0, end - blocks + 1)
        for log in reversed(_transfers(copy, token, start, end)):
            account = to_checksum_address("0x" + log[-40:])
            if account in seen:
                continue
            seen.add(account)
            amount = balance_of(copy, token, account)
            if amount:
                sendable(copy, account)
                yield Holding(account=account, amount=amount, origin=f"{account}, paid of late")
            if len(seen) > _RECIPIENTS:
                return
        end = start - 1


def _transfers(copy: Chain, token: str, start: int, end: int) -> list[str]:
    """The recipients' topics."""
    # Ganache asks its source also for the blocks that it mined itself, and some sources refuse:
    # then without the last ones.
    for back in (0, 1, 3, 7, 15, 31, 63) if copy.kind == "ganache" else (0,):
        try:
            found = copy.logs(token, from_block=start, to_block=end - back, topics=[_TRANSFER])
        except ChainError:
            continue
        return [log["topics"][2] for log in found if len(log["topics"]) == 3]
    return []


def _balance_data(account: str) -> bytes:
    return selector_of("balanceOf(address)") + bytes(12) + bytes.fromhex(account[2:])
