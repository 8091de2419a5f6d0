"""Finds out how a token really behaves, by using it on a copy of its chain.

Knows what a sale must know of a token, and the names under which tokens keep powers over their
holders. Refuses to believe a name where a transfer can be tried. What does not happen on the copy
stays unknown: a fee that is switched on later, a power that no function's name shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from jumpstart.accounts import checksummed, parse_account
from jumpstart.chain import functions
from jumpstart.chain.balances import (
    Holding,
    NoBalanceError,
    balance_trace,
    fresh_account,
    holdings,
)
from jumpstart.chain.bytecode import Bytecode, bytecode_of
from jumpstart.chain.client import Chain
from jumpstart.chain.fork import copied
from jumpstart.chain.trials import Bench, Move, Outcome
from jumpstart.errors import located
from jumpstart.lint.traits import Trait

CODES: Final = (
    "no-code",
    "no-return-value",
    "returns-false",
    "fee-on-transfer",
    "rebasing",
    "blocking",
    "pausable",
    "upgradeable",
    "approval-race",
    "hooks",
    "mintable",
    "not-probed",
)
"""What is asked of every token, in the order of the answers."""

_ERC1820_REGISTRY = "0x1820a4B7618BdE71Dce8cdc73aAB6C95905faD24"
_ODD = 10_007  # an amount that no percentage divides
_FIRST, _SECOND = 5, 7  # approvals
_WAITS = {"1 hour": 3_600, "30 days": 30 * 86_400}


def probe(
    url: str, token: str, *, holder: str | None = None, chain_id: int | None = None
) -> list[Trait]:
    """The traits of a token on the chain at `url`, which is only read: one for each of `CODES`.

    Transfers are tried from `holder` where it is given and has any, else from an account whose
    balance is written on the copy, else from who was paid of late. Raises `InputError` for what is
    no address, `ChainError` as `copied` does.
    """
    token = _checked("token", token)
    holder = None if holder is None else _checked("holder", holder)
    with copied(url, artifacts=None, chain_id=chain_id) as copy:
        return probe_on(copy, token, holder)


def probe_on(copy: Chain, token: str, holder: str | None = None) -> list[Trait]:
    """The same on a copy that is there already, which is left as it was found."""
    token = _checked("token", token)
    holder = None if holder is None else _checked("holder", holder)
    if not copy.code(token):
        return [_without_code(each, token) for each in CODES]
    snapshot = copy.snapshot()
    try:
        bench = Bench(copy, token)
        seen = balance_trace(copy, token, bench.plain)
        evidence = _Evidence(code=bytecode_of(copy, token, seen.delegates))
        _gather(evidence, bench, holder)
    finally:
        copy.revert(snapshot)
    code = evidence.code
    found = {
        "no-code": (False, f"{len(code.parts[0])} bytes of code"),
        "no-return-value": _no_return_value(evidence),
        "returns-false": _returns_false(evidence),
        "fee-on-transfer": _fee_on_transfer(evidence),
        "rebasing": _rebasing(evidence),
        "blocking": _named(code, functions.BLOCKING),
        "pausable": _named(code, functions.PAUSABLE),
        "upgradeable": _upgradeable(code),
        "approval-race": _approval_race(evidence),
        "hooks": _hooks(evidence),
        "mintable": _mintable(code),
        "not-probed": (not evidence.is_probed, evidence.origin or evidence.obstacle),
    }
    return [Trait(code=each, holds=found[each][0], detail=found[each][1]) for each in CODES]


_Finding = tuple[bool | None, str]


@dataclass(kw_only=True)
class _Evidence:
    """What was seen of a token."""

    code: Bytecode
    approvals: Sequence[Outcome] = ()
    """Of one amount and then, by the same account, of another."""
    excess: list[Move] = field(default_factory=list)
    """Of more than there is, which must be refused."""
    moves: list[Move] = field(default_factory=list)
    growth: str | None = None
    """How a balance that nobody touched changed."""
    origin: str = ""
    """Who transfers were tried from; empty where none was."""
    obstacle: str = "no account with a balance was found: name a holder"

    @property
    def is_probed(self) -> bool:
        return bool(self.origin)

    @property
    def done(self) -> list[Move]:
        return [each for each in self.moves if each.is_done]


# ---------------------------------------------------------------------------------------- trying


def _gather(evidence: _Evidence, bench: Bench, holder: str | None) -> None:
    with bench.trial():
        evidence.approvals = [bench.approve(bench.plain, each) for each in (_FIRST, _SECOND)]
    try:
        bench.balance(bench.plain)
    except NoBalanceError as error:
        evidence.obstacle = str(error)
        return
    with bench.trial():
        evidence.excess.append(bench.move("transfer", bench.spender, bench.plain, 1))
    for holding in holdings(bench.copy, bench.token, holder):
        if _is_usable(evidence, bench, holding):
            evidence.origin = f"tried with {holding.amount} of {holding.origin}"
            _use(evidence, bench, _payer(evidence, bench, holding))
            return


def _is_usable(evidence: _Evidence, bench: Bench, holding: Holding) -> bool:
    for amount in sorted({holding.amount // 2, holding.amount // 1_000, 1} - {0}, reverse=True):
        with bench.trial():
            move = bench.move("transfer", holding.account, bench.plain, amount)
        if move.is_done:
            return True
        why = move.outcome.refusal or "it moves nothing"
        evidence.obstacle = f"{move} from {holding.origin}: {why}"
        if move.outcome.is_false:
            evidence.moves.append(move)
    return False


def _payer(evidence: _Evidence, bench: Bench, holding: Holding) -> str:
    # A known holder may be exempt from what others pay: half goes to an account like any other.
    payer = fresh_account(bench.copy, "payer")
    half = (holding.amount + 1) // 2
    evidence.moves.append(bench.move("transfer", holding.account, payer, half, traced=True))
    if bench.balance(payer):
        with bench.trial():
            if bench.move("transfer", payer, bench.plain, bench.balance(payer) // 2 or 1).is_done:
                return payer
    return holding.account


def _use(evidence: _Evidence, bench: Bench, payer: str) -> None:
    balance = bench.balance(payer)
    bench.approve(payer, balance)  # where that is refused, so is each transferFrom
    amounts = sorted({1, _ODD, balance // 1_000 | 1, balance // 2 or 1})
    for amount in (each for each in amounts if each <= balance):
        for to in (bench.plain, bench.contract):
            for how in ("transfer", "transferFrom"):
                with bench.trial():
                    evidence.moves.append(
                        bench.move(how, payer, to, amount, traced=amount == amounts[-1])
                    )
    with bench.trial():
        excess = min(balance + 1, 2**256 - 1)
        evidence.excess.append(bench.move("transfer", payer, bench.plain, excess))
    evidence.growth = _growth(bench, payer, balance)


def _growth(bench: Bench, payer: str, balance: int) -> str | None:
    for name, seconds in _WAITS.items():
        with bench.trial():
            bench.copy.mine_at(bench.copy.now() + seconds)
            after = bench.balance(payer)
        if after != balance:
            return f"a balance of {balance} is {after} after {name}"
    with bench.trial():
        bench.move("transfer", payer, bench.spender, balance // 2 or 1)
        before = bench.balance(payer)
        bench.move("transfer", bench.spender, bench.plain, bench.balance(bench.spender) // 2 or 1)
        after = bench.balance(payer)
    if after != before:
        return f"a balance of {before} is {after} after a transfer of others"
    return None


# ---------------------------------------------------------------------------------------- judging


def _no_return_value(evidence: _Evidence) -> _Finding:
    silent = ["approve"] if any(each.is_silent for each in evidence.approvals) else []
    for how in ("transfer", "transferFrom"):
        if any(each.outcome.is_silent for each in evidence.done if each.how == how):
            silent.append(how)
    if silent:
        return True, f"{_listed(silent)} returned nothing"
    if not evidence.done:
        return None, evidence.obstacle
    return False, "transfer, transferFrom and approve return a value"


def _returns_false(evidence: _Evidence) -> _Finding:
    for move in evidence.moves:
        if move.outcome.is_false:
            return True, f"{move} returned false, {move.taken} taken, {move.received} received"
    for move in evidence.excess:
        if move.outcome.refusal is None:
            answer = "returned false" if move.outcome.is_false else "was not refused"
            return True, f"{move}, more than there is, {answer}, {move.received} received"
    if not evidence.is_probed:
        return None, evidence.obstacle
    return False, f"{evidence.excess[-1]}, one more than there is, was refused"


def _fee_on_transfer(evidence: _Evidence) -> _Finding:
    if not evidence.done:
        return None, evidence.obstacle
    for move in evidence.done:
        if not move.is_exact:
            return True, f"{move}: {move.taken} taken, {move.received} received"
    refused = [each for each in evidence.moves if not each.is_done]
    amounts = sorted({each.amount for each in evidence.done})
    detail = f"{_listed(amounts)} sent and received"
    if refused:
        why = refused[0].outcome.refusal or "it moved nothing"
        detail += f"; {len(refused)} of {len(evidence.moves)} not tried, {refused[0]}: {why}"
    return False, detail


def _rebasing(evidence: _Evidence) -> _Finding:
    if evidence.growth is not None:
        return True, evidence.growth
    names = evidence.code.found(functions.REBASING)
    if names:
        return True, f"the code has {_listed(names)}"
    if not evidence.is_probed:
        return None, evidence.obstacle
    return False, f"a balance stayed the same for {_listed(list(_WAITS))} and a transfer of others"


def _upgradeable(code: Bytecode) -> _Finding:
    if code.proxy is not None:
        return True, f"a proxy, which finds its implementation {code.proxy}"
    return _named(code, functions.UPGRADEABLE)


def _approval_race(evidence: _Evidence) -> _Finding:
    first, second = evidence.approvals
    for amount, each in ((_FIRST, first), (_SECOND, second)):
        why = each.refusal or ("it returned false" if each.is_false else None)
        if why is not None:
            if each is first:
                return None, f"approve of {amount}: {why}"
            return True, f"an approval of {_FIRST} cannot become one of {amount}: {why}"
    return False, f"an approval of {_FIRST} became one of {_SECOND}"


def _hooks(evidence: _Evidence) -> _Finding:
    for move in evidence.done:
        if move.calls:
            return True, f"{move} called {_listed(move.calls)}"
    if evidence.code.mentions(_ERC1820_REGISTRY):
        return True, f"the code looks up receivers in the ERC-1820 registry {_ERC1820_REGISTRY}"
    names = evidence.code.found(functions.HOOKS)
    if names:
        return True, f"the code has {_listed(names)}"
    if not evidence.is_probed:
        return None, evidence.obstacle
    return False, "no transfer called anybody"


def _mintable(code: Bytecode) -> _Finding:
    holds, detail = _named(code, functions.MINTABLE)
    if holds is False and code.has("owner()"):
        detail += "; it has an owner, and no name shows what that may do"
    return holds, detail


def _named(code: Bytecode, known: Sequence[str]) -> _Finding:
    found = code.found(known)
    if found:
        return True, f"the code has {_listed(found)}"
    if not code.is_complete:
        return None, "it runs code of another contract, which was not found"
    return False, f"the code has none of {len(known)} functions known for it"


def _without_code(code: str, token: str) -> Trait:
    where = f"there is no code at {token}"
    return Trait(code=code, holds=True if code in ("no-code", "not-probed") else None, detail=where)


def _checked(name: str, address: str) -> str:
    with located(name):
        return checksummed(parse_account(address))


def _listed(items: Sequence[object]) -> str:
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last
