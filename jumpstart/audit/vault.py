"""The events of the vault and of the launchpad: the listing, and what becomes of locked tokens.

The vault is shared by all sales. Every grant is followed, whatever its token: each has the number
after the one before.
"""

from jumpstart.accounts import checksummed
from jumpstart.audit.replay import Replay
from jumpstart.chain.abi import Event
from jumpstart.deployment.verification.vault import plan_of
from jumpstart.errors import LedgerRefusal
from jumpstart.grants import Award, Grant, Plan


class VaultEvents:
    """What the models make of a listing and of grants."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.models = replay.models
        self.subject = replay.subject
        self._plan: Plan | None = None
        self._funder = ""
        self._is_listing = False
        self._due: dict[tuple[bytes, str], int] = {}  # of grants that were made by hand
        replay.on("launchpad", {"Listed": self.listed})
        replay.on(
            "vault",
            {
                "PlanUsed": self.plan_used,
                "GrantCreated": self.created,
                "AwardSkipped": lambda event: None,  # it moves nothing, and nothing is stored
                "Released": self.released,
                "Revoked": self.revoked,
                "BeneficiaryChanged": self.beneficiary_changed,
            },
        )
        replay.at_end(self._fund)

    # ----------------------------------------------------------------------------------- listing

    def listed(self, event: Event) -> None:
        """Approved terms have become a sale: the tokens come, and the allocations are locked."""
        subject, application = self.subject, self.models.application
        self.replay.follow(event)
        self.replay.compare(
            event,
            applicationId=subject.application,
            sale=subject.sale.address,
            escrow=subject.escrow.address,
            termsHash=subject.listing.terms_hash,
            terms=subject.listing.abi_encoding,
        )
        self.replay.require(event, "block", subject.listed_in, event.block_number)
        if application is None:
            return
        self.models.is_listed = self._is_listing = True
        applicant, move = application.applicant, self.replay.flows.move
        move(subject.sale_token, applicant, subject.sale.address, subject.terms.supply)
        allocations = subject.listing.allocations
        locked = sum(allocation.amount for allocation in allocations)
        move(subject.sale_token, applicant, subject.vault.address, locked)
        made = self.models.vault.grant_count
        for number, allocation in enumerate(allocations, made + 1):
            grant = Grant(
                plan=Plan(
                    token=subject.terms.deal.sale_token,
                    revoker=allocation.revoker,
                    schedule=allocation.schedule,
                ),
                amount=allocation.amount,
                number=number,
            )
            said = {
                "id": grant.grant_id,
                "beneficiary": checksummed(allocation.beneficiary),
                "number": number,
                "amount": allocation.amount,
            }
            self.models.own_grants.add(grant.grant_id)
            self.replay.wait("vault", "GrantCreated", said, "the terms allocate it")

    # ------------------------------------------------------------------------------------ grants

    def plan_used(self, event: Event) -> None:
        self._plan, self._funder = plan_of(event.args["plan"]), event.args["funder"]
        self.replay.compare(
            event,
            token=checksummed(self._plan.token),
            funder=self._funder,
            firstNumber=self.models.vault.grant_count + 1,
            plan=event.args["plan"],
        )

    def created(self, event: Event) -> None:
        is_ours = self._is_listing and self.replay.awaited(event)
        plan, args, vault = self._plan, event.args, self.models.vault
        if plan is None:
            self.replay.unexplained(event)
            return
        award = Award(beneficiary=bytes.fromhex(args["beneficiary"][2:]), amount=args["amount"])
        grant = self.replay.attempt(
            event, lambda: vault.create_funded(plan, award, caller=vault.launchpad)
        )
        if grant is None:
            return
        self.models.grants[grant.grant_id] = grant
        self.replay.compare(
            event,
            id=grant.grant_id,
            beneficiary=args["beneficiary"],
            number=grant.number,
            amount=grant.amount,
        )
        if not is_ours:
            key = plan.token, self._funder
            self._due[key] = self._due.get(key, 0) + grant.amount

    def _fund(self) -> None:
        """Whoever made grants by hand has paid for them, in one transfer for each batch."""
        for (token, funder), amount in self._due.items():
            self._moved(token, funder, self.subject.vault.address, amount)
        self._due.clear()
        self._plan, self._is_listing = None, False

    def released(self, event: Event) -> None:
        grant = self._grant(event)
        if grant is None:
            return
        vault, time = self.models.vault, self.replay.time
        amount = self.replay.attempt(event, lambda: vault.release(grant, time=time))
        if amount is not None:
            to = checksummed(vault.state_of(grant).beneficiary)
            self.replay.compare(event, id=grant.grant_id, beneficiary=to, amount=amount)
            self._moved(grant.plan.token, self.subject.vault.address, to, amount)

    def revoked(self, event: Event) -> None:
        grant = self._grant(event)
        if grant is None:
            return
        vault, time, revoker = self.models.vault, self.replay.time, grant.plan.revoker
        self.replay.require_sender(event, checksummed(revoker))
        returned = self.replay.attempt(
            event, lambda: vault.revoke(grant, caller=revoker, time=time)
        )
        if returned is not None:
            vested = grant.amount - returned
            self.replay.compare(event, id=grant.grant_id, vested=vested, returned=returned)
            to = checksummed(revoker)
            self._moved(grant.plan.token, self.subject.vault.address, to, returned)

    def beneficiary_changed(self, event: Event) -> None:
        grant = self._grant(event)
        if grant is None:
            return
        vault, to = self.models.vault, event.args["to"]
        before = vault.state_of(grant).beneficiary
        self.replay.require_sender(event, checksummed(before))
        try:
            vault.transfer(grant, bytes.fromhex(to[2:]), caller=before)
        except LedgerRefusal as refusal:
            self.replay.require(event, "transfer", f"refused: {refusal}", "done")
        self.replay.compare(event, **{"id": grant.grant_id, "from": checksummed(before), "to": to})

    def _grant(self, event: Event) -> Grant | None:
        grant = self.models.grants.get(event.args["id"])
        if grant is None:
            self.replay.unexplained(event)
        return grant

    def _moved(self, token: bytes, source: str, target: str, amount: int) -> None:
        self.replay.flows.move(checksummed(token), source, target, amount)
