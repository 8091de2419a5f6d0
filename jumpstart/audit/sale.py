"""The events of the sale itself, in the order of its life."""

from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.audit.calldata import Subscription, selector_to, subscriptions_in
from jumpstart.audit.consent import check_consent
from jumpstart.audit.flows import NATIVE
from jumpstart.audit.replay import Replay
from jumpstart.audit.storage import packed
from jumpstart.chain.abi import Event, selector_of
from jumpstart.chain.absent import NodeAbsent
from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import Stage, Status
from jumpstart.tree import HOLDING_TYPES, root_of

_CLAIM_REFUND: Final = selector_of("claimRefund(address)")


class SaleEvents:
    """What the models make of the events of a sale."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.models = replay.models
        self.subject = replay.subject
        self.terms = replay.subject.terms
        self._attesters = [checksummed(each) for each in self.terms.attesters]
        self._step = ""
        self._carried: list[Subscription] = []
        replay.on(
            "sale",
            {
                "HoldingsPublished": self.published,
                "HoldingsChallenged": replay.follow,
                "ChallengeSettled": replay.follow,
                "SubscriptionsPaused": self.paused,
                "SaleVoided": self.voided,
                "Subscribed": self.subscribed,
                "SessionSettled": self.settled,
                "SaleSucceeded": replay.follow,
                "SaleFailed": replay.follow,
                "Claimed": self.claimed,
                "Refunded": self.refunded,
                "Redirected": replay.follow,
                "Exited": self.exited,
                "ProceedsCollected": self.proceeds_collected,
                "FeeCollected": self.fee_collected,
                "UnsoldCollected": self.unsold_collected,
                "ReturnedCollected": self.returned_collected,
                "RemaindersSwept": self.swept,
            },
        )

    @property
    def _time(self) -> int:
        return self.replay.time

    # ---------------------------------------------------------------------------------- opening

    def published(self, event: Event) -> None:
        root = event.args["root"]
        self.replay.require_sender(event, checksummed(self.terms.parties.holdings_publisher))
        self.replay.attempt(event, lambda: self.models.opening.publish(root, self._time))
        self.replay.compare(event, root=root)

    def paused(self, event: Event) -> None:
        self.replay.require_sender(event, self.models.committee.guardian)
        until = self.replay.attempt(event, lambda: self.models.opening.pause(self._time))
        if until is not None:
            self.replay.compare(event, until=until)

    def voided(self, event: Event) -> None:
        """By a delisting, or because there were no holdings that stand."""
        if not self.replay.awaited(event):
            self.replay.attempt(event, lambda: self.models.opening.abandon(self._time))

    # ------------------------------------------------------------------------------ subscribing

    def subscribed(self, event: Event) -> None:
        replay, models = self.replay, self.models
        account, accepted = event.args["account"], event.args["accepted"]
        replay.require_sender(event, account)
        root = replay.attempt(event, lambda: models.opening.admit(self._time))
        is_first = models.ledger.position_of(account).stage is Stage.NONE
        carried = self._taken(event, root or models.opening.root, is_first=is_first)
        if is_first:
            models.shown_root = root or models.opening.root
            self._admitted(event, carried, models.shown_root)
        asked = accepted if carried is None else carried.amount
        receipt = replay.attempt(event, lambda: models.ledger.subscribe(account, asked, self._time))
        if receipt is None:
            return
        tier = models.ledger.position_of(account).tier
        replay.compare(
            event,
            account=account,
            coefficient=self.terms.tiers[tier].coefficient,
            accepted=receipt.accepted,
        )
        self._pay(account, self.subject.sale.address, receipt.due)
        self._pay(self.subject.sale.address, account, receipt.surplus)

    def _taken(self, event: Event, root: bytes, *, is_first: bool) -> Subscription | None:
        """What the transaction carried for this event; None where it does not show that."""
        step = self.replay.step
        if self._step != step.transaction:
            self._step, self._carried = step.transaction, subscriptions_in(step)
        account = event.args["account"]
        for place, each in enumerate(self._carried):
            if is_first and _root(account, each) != root:
                continue
            return self._carried.pop(place)
        # One with a wrong proof is better than none: it says what differs.
        return self._carried.pop(0) if self._carried else None

    def _admitted(self, event: Event, carried: Subscription | None, root: bytes) -> None:
        """The holding by its proof, and the pass."""
        replay, account = self.replay, event.args["account"]
        what = f"root that the proof of {account} leads to"
        if carried is None:
            replay.findings.miss(
                f"holding of {account}",
                f"transaction {replay.step.transaction} does not show its proof",
            )
            rows = [
                each for each in self.terms.tiers if each.coefficient == event.args["coefficient"]
            ]
            self.models.holdings[account] = rows[0].threshold if rows else 0
        else:
            self.models.holdings[account] = carried.holding
            replay.findings.compare(
                "holding", what, root, _root(account, carried), replay.step.transaction
            )
        admission = self.terms.admission
        is_admitted = self.models.registry.is_admitted(
            account,
            attesters=self._attesters,
            level=admission.level,
            jurisdictions=admission.jurisdictions,
            time=self._time,
        )
        replay.require(event, "a pass that counts", True, is_admitted)

    # --------------------------------------------------------------------------------- settling

    def settled(self, event: Event) -> None:
        ledger = self.models.ledger
        session, before = len(ledger.outcomes), ledger.sold_up
        outcome = self.replay.attempt(event, lambda: ledger.settle(self._time))
        if outcome is None:
            return
        self.replay.compare(
            event,
            session=session,
            sold=ledger.sold_up - before,
            remaining=outcome.remaining,
            weight=outcome.weight,
            fullFrom=outcome.full_from,
        )
        if session + 1 < len(self.terms.sessions):
            return
        if ledger.status(self._time) is Status.SUCCEEDED:
            said = {"proceeds": ledger.proceeds, "unsold": ledger.unsold(self._time)}
            self.replay.wait("sale", "SaleSucceeded", said, "the soft cap was reached")
        else:
            missed = {"raised": ledger.raised, "softCap": self.terms.deal.soft_cap}
            self.replay.wait("sale", "SaleFailed", missed, "the soft cap was missed")

    # --------------------------------------------------------------------------------- claiming

    def claimed(self, event: Event) -> None:
        ledger, account = self.models.ledger, event.args["account"]
        to = self._receiver(event)
        if self._is_refund_alone(event):
            refund = self.replay.attempt(event, lambda: ledger.claim_refund(account, self._time))
            tokens = 0
        else:
            payout = self.replay.attempt(event, lambda: ledger.claim(account, self._time))
            refund = None if payout is None else payout.refund
            tokens = 0 if payout is None else payout.tokens
        if refund is None:
            return
        self.replay.compare(event, account=account, tokens=tokens, refund=refund)
        self._pay(self.subject.sale.address, to, refund)
        self.replay.flows.move(self.subject.sale_token, self.subject.sale.address, to, tokens)

    def _is_refund_alone(self, event: Event) -> bool:
        """The event does not say which of the two it was; the transaction may."""
        account, ledger = event.args["account"], self.models.ledger
        if event.args["tokens"] or ledger.position_of(account).stage is not Stage.SUBSCRIBED:
            return False
        called = selector_to(self.replay.step, self.subject.sale.address)
        return called is None or called == _CLAIM_REFUND

    def refunded(self, event: Event) -> None:
        account = event.args["account"]
        to = self._receiver(event)
        refund = self.replay.attempt(event, lambda: self.models.ledger.refund(account, self._time))
        if refund is not None:
            self.replay.compare(event, account=account, refund=refund)
            self._pay(self.subject.sale.address, to, refund)

    def _receiver(self, event: Event) -> str:
        """Who is paid: the account, or whom it has named. Before the models have paid."""
        account: str = event.args["account"]
        for each in self.replay.following(event):
            # Others may be paid in between: whoever is paid may call back.
            if each.name in ("Claimed", "Refunded", "Redirected") and (
                each.args["account"] == account
            ):
                if each.name != "Redirected":
                    break
                self.replay.wait("sale", "Redirected", each.args, "it follows a claim")
                position = self.models.ledger.position_of(account)
                check_consent(self.replay, each, packed(position, self.terms))
                to: str = each.args["to"]
                return to
        return account

    # ---------------------------------------------------------------------------------- exiting

    def exited(self, event: Event) -> None:
        """The escrow has let the account go, and says in the same transaction to whom it paid."""
        models, account, sale = self.models, event.args["account"], self.subject.sale.address
        before = models.ledger.claimable_of(account, self._time)
        allotted = models.ledger.allotment_of(account)
        payments = [each for each in self.replay.step.events if each.name == "ExitPaid"]
        to = next((e.args["to"] for e in payments if e.args["account"] == account), account)
        # What was kept tells whether it took its vested tokens along.
        position = models.ledger.position_of(account)
        had = position.amount if position.stage is Stage.CLAIMED else 0
        with_tokens = event.args["kept"] != had or before.tokens == 0
        paid = self.replay.attempt(
            event, lambda: models.escrow.exit(account, self._time, with_tokens=with_tokens)
        )
        if paid is None:
            return
        self.replay.require(event, "proceeds collected", True, models.till.has_proceeds_collected)
        kept = models.ledger.position_of(account).amount
        models.till.take_back(allotted - kept)
        self.replay.compare(
            event, account=account, kept=kept, returned=paid.returned, refund=before.refund
        )
        said = {"account": account, "to": to, "returned": paid.returned, "amount": paid.amount}
        self.replay.wait("escrow", "ExitPaid", said, "the account has exited")
        self._pay(sale, to, before.refund)
        tokens = before.tokens if with_tokens else 0
        self.replay.flows.move(self.subject.sale_token, sale, to, tokens)
        self._pay(self.subject.escrow.address, to, paid.amount)

    # ------------------------------------------------------------------------------- collecting

    def proceeds_collected(self, event: Event) -> None:
        to = self.subject.escrow.address
        self._collected(
            event, to, lambda: self.models.till.collect_proceeds(self._time), is_paid=True
        )

    def fee_collected(self, event: Event) -> None:
        to = checksummed(self.terms.parties.fee_to)
        self._collected(event, to, lambda: self.models.till.collect_fee(self._time), is_paid=True)

    def unsold_collected(self, event: Event) -> None:
        to = checksummed(self.terms.parties.unsold_to)
        self._collected(
            event, to, lambda: self.models.till.collect_unsold(self._time), is_paid=False
        )

    def returned_collected(self, event: Event) -> None:
        to = checksummed(self.terms.parties.unsold_to)
        self._collected(event, to, self.models.till.collect_returned, is_paid=False)

    def _collected(self, event: Event, to: str, collect: Any, *, is_paid: bool) -> None:
        amount = self.replay.attempt(event, collect)
        if amount is None:
            return
        self.replay.compare(event, to=to, amount=amount)
        token = self.subject.payment if is_paid else self.subject.sale_token
        self.replay.flows.move(token, self.subject.sale.address, to, amount)

    def swept(self, event: Event) -> None:
        replay, sale, till = self.replay, self.subject.sale.address, self.models.till
        held = replay.flows.held
        try:
            till.sweep(self._time)
        except LedgerRefusal as refusal:
            replay.require(event, "sweep", f"refused: {refusal}", "done")
            return
        tokens = held[self.subject.sale_token, sale]
        payment = held[self.subject.payment, sale] - till.reserved
        if self.subject.payment == NATIVE and event.args["payment"] > payment:
            payment += self._forced(event.args["payment"] - payment)
        replay.compare(event, tokens=tokens, payment=payment)
        replay.flows.forget_gifts(sale)
        parties = self.terms.parties
        replay.flows.move(self.subject.sale_token, sale, checksummed(parties.unsold_to), tokens)
        self._pay(sale, checksummed(parties.proceeds_to), payment)

    def _forced(self, said: int) -> int:
        """Coins that the sale had before this block beyond what was paid to it; now they go too."""
        sale = self.subject.sale.address
        try:
            had = self.subject.chain.balance(sale, self.replay.step.block - 1)
            forced = max(0, had - self.replay.flows.held[NATIVE, sale])
        except NodeAbsent:
            forced = said
            self.replay.findings.miss(
                f"{said} coins swept in transaction {self.replay.step.transaction}",
                "that they came without a call only a node knows",
            )
        self.replay.flows.force(sale, forced)
        return forced

    def _pay(self, source: str, target: str, amount: int) -> None:
        self.replay.flows.move(self.subject.payment, source, target, amount)


def _root(account: str, carried: Subscription) -> bytes:
    return root_of(HOLDING_TYPES, (account, str(carried.holding)), carried.proof)
