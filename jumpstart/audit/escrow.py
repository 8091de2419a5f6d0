"""The events of the escrow: attestations, objections, payments, a delisted project's bond."""

from jumpstart.accounts import checksummed
from jumpstart.audit.replay import Replay
from jumpstart.chain.abi import Event
from jumpstart.escrow import EscrowStatus


class EscrowEvents:
    """What the models make of the events of an escrow. What reviewers decide comes from the review."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.models = replay.models
        self.subject = replay.subject
        replay.on(
            "escrow",
            {
                "MilestoneAttested": replay.follow,
                "Objected": self.objected,
                "MilestoneVetoed": replay.follow,
                "Delisted": replay.follow,
                "Released": self.released,
                "ExitPaid": self.exit_paid,
                "BondShared": self.bond_shared,
                "RemainderCollected": self.remainder_collected,
            },
        )

    def objected(self, event: Event) -> None:
        escrow, account, time = self.models.escrow, event.args["account"], self.replay.time
        self.replay.require_sender(event, account)
        before = escrow.delivery(time)
        has_vetoed = self.replay.attempt(event, lambda: escrow.object(account, time))
        if has_vetoed is None:
            return
        weight = self.models.ledger.weight_of(account)
        objected = before.objected + weight
        self.replay.compare(
            event, milestone=before.current, account=account, weight=weight, objected=objected
        )
        if has_vetoed:
            said = {"milestone": before.current, "objected": objected}
            self.replay.wait("escrow", "MilestoneVetoed", said, "enough have objected")

    def released(self, event: Event) -> None:
        escrow, time = self.models.escrow, self.replay.time
        self._require_proceeds(event)
        amount = self.replay.attempt(event, lambda: escrow.release(time))
        if amount is not None:
            to = checksummed(self.subject.terms.parties.proceeds_to)
            self._paid(event, to, amount)

    def remainder_collected(self, event: Event) -> None:
        escrow, time = self.models.escrow, self.replay.time
        self._require_proceeds(event)
        amount = self.replay.attempt(event, lambda: escrow.collect_remainder(time))
        if amount is not None:
            self._paid(event, checksummed(self.subject.listing.escrow.remainder_to), amount)

    def exit_paid(self, event: Event) -> None:
        self.replay.require_sender(event, event.args["account"])
        self.replay.follow(event)

    def bond_shared(self, event: Event) -> None:
        account = event.args["account"]
        amount = self.replay.attempt(event, lambda: self.models.escrow.share_bond(account))
        if amount is not None:
            self.replay.compare(event, account=account, amount=amount)
            source = self.subject.escrow.address
            self.replay.flows.move(self.subject.bond_token, source, account, amount)

    def _paid(self, event: Event, to: str, amount: int) -> None:
        self.replay.compare(event, to=to, amount=amount)
        self.replay.flows.move(self.subject.payment, self.subject.escrow.address, to, amount)

    def _require_proceeds(self, event: Event) -> None:
        is_collected = self.models.till.has_proceeds_collected
        self.replay.require(event, "proceeds collected", True, is_collected)

    def attest(self, event: Event, evidence: bytes) -> None:
        """A quorum has attested the current milestone; `event` is the vote that carried it."""
        escrow, time = self.models.escrow, self.replay.time
        delivery = escrow.delivery(time)
        milestone = delivery.current
        self.replay.require(event, "delivery", EscrowStatus.DELIVERING, delivery.status)
        self.replay.attempt(event, lambda: escrow.attest(milestone, time))
        until = time + self.subject.listing.escrow.objection_seconds
        said = {"milestone": milestone, "evidenceHash": evidence, "objectionsUntil": until}
        self.replay.wait("escrow", "MilestoneAttested", said, "a quorum has attested it")
