"""Rehearsals: everything that a deployment is going to send, sent on a private copy of the chain.

What comes out is the plan. The chain itself is only read, and nothing is kept of the copy.
"""

from collections.abc import Mapping
from typing import Any, Final

from jumpstart.chain.client import Chain, Receipt, Transaction
from jumpstart.chain.factory import FACTORY_MAKER
from jumpstart.chain.fork import copied
from jumpstart.deployment.meaning import meaning_of, parties_of, units_of
from jumpstart.deployment.outbox import GAS_ROOM
from jumpstart.deployment.plan import Plan, Row
from jumpstart.deployment.sale import APPLY_STEP, LIST_STEP
from jumpstart.deployment.state import Progress, State
from jumpstart.deployment.steps import Call, Deployment, Gate, Step, UnrehearsableError
from jumpstart.errors import ChainError, CheckError
from jumpstart.networks import Network

_PLENTY: Final = 10**24
"""Wei for the sender on the copy: whether the account can pay is told, and must not end the rehearsal."""


def rehearse(
    deployment: Deployment, chain: Chain, *, network: Network, state: State | None = None
) -> Plan:
    """The plan of what is missing now. With the `state` of a journal it knows what was sent.

    Raises `CheckError` naming the step that is refused, and what the contract said; `ChainError`
    when the chain gives no copy of itself.
    """
    head, tip = chain.header(), chain.tip()
    price = 2 * head.base_fee + tip
    with copied(chain.url, artifacts=chain.artifacts, chain_id=deployment.chain_id) as copy:
        copy.impersonate(deployment.sender)
        copy.set_balance(deployment.sender, _PLENTY)
        rows = _Rehearsal(deployment, copy, state or State(), price).rows()
        parties = parties_of(deployment, rows, has_code=lambda each: bool(chain.code(each)))
        meaning = meaning_of(deployment, copy, {each.address: each.name for each in parties})
    return Plan(
        title=deployment.title,
        kind=deployment.kind,
        chain_id=deployment.chain_id,
        network=network.name,
        coin=network.coin,
        block=head.number,
        time=head.timestamp,
        sender=deployment.sender,
        rows=rows,
        parties=parties,
        meaning=meaning,
        units=units_of(deployment),
        base_fee=head.base_fee,
        tip=tip,
        balance=chain.balance(deployment.sender, head.number),
    )


class _Rehearsal:
    """`rows` can be asked for once: the copy is used up."""

    def __init__(self, deployment: Deployment, copy: Chain, state: State, price: int) -> None:
        self._deployment = deployment
        self._steps = {step.key: step for step in deployment.steps}
        self._copy = copy
        self._state = state
        self._price = price
        self._results: dict[str, Mapping[str, Any]] = {}
        self._blocked: dict[str, str] = {}
        """By the keys of steps that could not be tried: why."""
        self._tried: set[str] = set()

    def rows(self) -> tuple[Row, ...]:
        rows = []
        for number, step in enumerate(self._steps.values(), 1):
            try:
                row = (
                    self._gate_row(number, step)
                    if isinstance(step, Gate)
                    else self._step_row(number, step)
                )
            except (ChainError, CheckError) as error:
                raise CheckError(f"step {number}, {step.key} ({step.title}): {error}") from error
            rows.append(row)
        return tuple(rows)

    # ------------------------------------------------------------------------------------ gates

    def _gate_row(self, number: int, gate: Gate) -> Row:
        reason = self._reason(gate)
        is_passed = not reason and self._look(gate) is not None
        note = ""
        if reason:
            self._blocked[gate.key] = reason
        elif is_passed:
            self._results[gate.key] = {}
        else:
            try:
                gate.rehearse(self._copy, self._results)
            except UnrehearsableError as error:
                note = f"Not tried: {error}."
                self._blocked[gate.key] = f"Not tried: it waits for step {number}."
            else:
                results = self._look(gate)
                if results is None:
                    raise CheckError("it was done on the copy, and what it is for is not true")
                self._results[gate.key] = results
                note = (
                    "On the copy they were made to approve, so that what follows could be tried. "
                    "What they decide is up to them."
                )
        return Row(
            number=number,
            key=gate.key,
            state="there already" if is_passed else "others",
            title=gate.title,
            who=gate.who,
            sender=None,
            target="",
            to=None,
            function="",
            arguments=(),
            creates=(),
            data=b"",
            value=0,
            gas=None,
            gas_limit=None,
            cost=None,
            transaction=None,
            note=reason or note,
        )

    # ------------------------------------------------------------------------------------ steps

    def _step_row(self, number: int, step: Step) -> Row:
        progress = self._state.progress.get(step.key, Progress())
        call = step.call(self._results)
        sent = progress.mined.hash if progress.mined else next(reversed(progress.hashes), None)
        gas, limit, cost, note = None, None, None, self._reason(step)
        found = None if note else self._look(step)
        served = step.serves if found is None and self._is_served(step) else None
        if found is not None or served is not None:
            known = progress.results if progress.is_done else found
            self._results[step.key] = known or found or {}
            note = "Not needed: what it prepares is done." if served else ""
        elif note:
            self._blocked[step.key] = note
        else:
            limit, receipt = self._send(step, call)
            self._tried.add(step.key)
            self._results[step.key] = self._checked(step, call, receipt)
            gas, cost = receipt.gas_used, receipt.gas_used * self._price
            if step.presigned is not None:
                limit, cost = 0, 0
                note = "The account that makes the factory pays for it."
            if step.key == LIST_STEP and APPLY_STEP in self._tried:
                number_of = self._results[APPLY_STEP]["application"]
                note = (
                    f"The addresses are those of application {number_of}: they change if somebody "
                    "else applies before."
                )
        is_done = found is not None or served is not None
        maker = step.presigned is not None
        return Row(
            number=number,
            key=step.key,
            state="there already" if is_done else "sent" if progress.is_sent else "to send",
            title=step.title,
            who="nobody: signed in advance" if maker else self._role,
            sender=FACTORY_MAKER if maker else self._deployment.sender,
            target=call.target,
            to=call.to,
            function=call.function,
            arguments=call.arguments,
            creates=call.creates,
            data=step.presigned if step.presigned is not None else call.data,
            value=call.value,
            gas=gas,
            gas_limit=limit,
            cost=cost,
            transaction=sent,
            note=note,
        )

    def _send(self, step: Step, call: Call) -> tuple[int, Receipt]:
        """Sends it on the copy: the gas that will be offered for it, and the receipt."""
        if step.presigned is not None:
            return 0, self._copy.broadcast(step.presigned)
        transaction = Transaction(
            sender=self._deployment.sender, to=call.to, data=call.data, value=call.value
        )
        message = {
            "from": transaction.sender,
            "to": call.to,
            "data": "0x" + call.data.hex(),
            "value": hex(call.value),
        }
        more, whole = GAS_ROOM
        limit = int(self._copy.request("eth_estimateGas", message), 16) * more // whole
        return limit, self._copy.send(transaction)

    def _checked(self, step: Step, call: Call, receipt: Receipt) -> Mapping[str, Any]:
        """The results of a step that was sent on the copy, once they are as predicted."""
        results = self._look(step, receipt)
        if results is None:
            raise CheckError("it was done on the copy, and what it is for is not true")
        for name, address in call.creates:
            if not self._copy.code(address):
                raise CheckError(f"it was done on the copy, and there is no {name} at {address}")
        return results

    # ------------------------------------------------------------------------------------ figures

    @property
    def _role(self) -> str:
        return self._deployment.people.get(self._deployment.sender, "the sender")

    def _look(self, step: Step | Gate, receipt: Receipt | None = None) -> Mapping[str, Any] | None:
        return step.look(self._copy, self._results, self._copy.block_number(), receipt)

    def _is_served(self, step: Step) -> bool:
        return step.serves is not None and self._look(self._steps[step.serves]) is not None

    def _reason(self, step: Step | Gate) -> str:
        """Why the step cannot be tried; nothing where it can."""
        return next((self._blocked[key] for key in step.after if key in self._blocked), "")
