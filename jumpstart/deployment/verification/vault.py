"""Grants in the vault as its events make them."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from eth_utils.address import to_canonical_address

from jumpstart.chain.client import Contract
from jumpstart.deployment.verification.history import History
from jumpstart.deployment.verification.questions import Asker
from jumpstart.grants import Grant, Plan
from jumpstart.schedule import Vesting


@dataclass(kw_only=True)
class GrantState:
    """A grant and what became of it; `grant_id` as the vault has called it."""

    grant: Grant
    grant_id: bytes
    beneficiary: str
    released: int = 0
    revoked_at: int = 0

    @property
    def owed(self) -> int:
        """Tokens that the vault must still have for it."""
        return self.grant.vested_down(2**63, self.revoked_at) - self.released


def grants_of(history: History, vault: Contract) -> dict[bytes, GrantState]:
    """All grants that the events make, by id."""
    states: dict[bytes, GrantState] = {}
    plan: Plan | None = None
    for event in history.of(vault):
        args = event.args
        if event.name == "PlanUsed":
            plan = plan_of(args["plan"])
            continue
        if event.name == "GrantCreated" and plan is not None:
            states[args["id"]] = GrantState(
                grant=Grant(plan=plan, amount=args["amount"], number=args["number"]),
                grant_id=args["id"],
                beneficiary=args["beneficiary"],
            )
        state = states.get(args.get("id", b""))
        if state is None:
            continue
        match event.name:
            case "Released":
                state.released += args["amount"]
            case "Revoked":
                state.revoked_at = history.time_of(event)
            case "BeneficiaryChanged":
                state.beneficiary = args["to"]
    return states


def plan_of(struct: Any) -> Plan:
    """A plan as an event has it."""
    token, revoker, schedule = struct
    return Plan(
        token=to_canonical_address(token),
        revoker=to_canonical_address(revoker),
        schedule=Vesting(**dict(zip(Vesting.__dataclass_fields__, schedule, strict=True))),
    )


def ask_grants(asker: Asker, states: Mapping[bytes, GrantState], now: int) -> None:
    """Asks for all that the vault knows of these grants."""
    for state in states.values():
        grant, name = state.grant, f"grant {state.grant.number}"
        struct = astuple(grant)
        vested = grant.vested_down(now, state.revoked_at)
        asker.expect("idOf", grant.grant_id, struct, shown=name)
        asker.expect("beneficiaryOf", state.beneficiary, state.grant_id, shown=name, kind="role")
        asker.expect("releasedOf", state.released, state.grant_id, shown=name)
        asker.expect("revokedAtOf", state.revoked_at, state.grant_id, shown=name)
        asker.expect("vestedOf", vested, struct, shown=name)
        asker.expect("releasableOf", vested - state.released, struct, shown=name)
    asker.cover("idOf", "beneficiaryOf", "releasedOf", "revokedAtOf", "vestedOf", "releasableOf")
