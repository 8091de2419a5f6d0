"""A sale on a chain: what has to be deployed, and each thing that people do with it.

Knows the contracts' functions and their order. Refuses to know what a sale owes to whom: the contract
computes that, and `jumpstart.ledger` computes it again.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, Self

from jumpstart.chain.addresses import clone_address, parse_clone
from jumpstart.chain.client import Chain, Contract, Receipt, Sender, Transaction, address_of
from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.passes import SignedPass
from jumpstart.terms import ListingTerms, SaleTerms

NATIVE: Final = bytes(20)
"""In place of a payment token: the chain's own coin."""

FUNDED: Final = 0
"""`Status.Funded`: it can still be settled, unless the deadline has passed."""

UNLIMITED: Final = 2**256 - 1


def present_pass_transaction(
    registry: Contract, signed: SignedPass, *, sender: Sender
) -> Transaction:
    """By which the account of the pass presents it, for `Chain.send_many`."""
    return registry.transaction("present", *_present_args(signed), sender=sender)


def _present_args(signed: SignedPass) -> tuple[Any, ...]:
    attestation = signed.attestation
    struct = (
        attestation.account,
        attestation.identity,
        attestation.jurisdiction,
        attestation.level,
        attestation.issued_at,
        attestation.expires_at,
    )
    return struct, signed.attester, signed.signature


class Sale:
    """A listed sale with its terms. `contract` is for everything that has no method here."""

    def __init__(self, contract: Contract, listing: ListingTerms, application: int) -> None:
        self.contract = contract
        self.listing = listing
        self.application = application

    @classmethod
    def predicted(
        cls, launchpad: Contract, implementation: str, application: int, listing: ListingTerms
    ) -> Self:
        """The sale that the launchpad makes of an application, whether it has or not."""
        packed = listing.packed(application)
        address = clone_address(launchpad.address, implementation, packed)
        contract = launchpad.chain.contract("SubscriptionSale", address)
        return cls(contract, listing, application)

    @classmethod
    def at(cls, chain: Chain, address: str) -> Self:
        """The sale at an address, with the terms that its launchpad published.

        Raises `InputError` when there is no sale, or one that its launchpad does not list,
        `CheckError` when the published terms are not the ones that the sale is bound to.
        """
        code = chain.code(address)
        if not code:
            raise InputError(f"there is no contract at {address} on chain {chain.chain_id}")
        contract = chain.contract("SubscriptionSale", address)
        try:
            implementation, packed = parse_clone(code) or (contract.address, b"")
            if not packed or not contract.artifact.matches(chain.code(implementation)):
                raise ChainError("no clone, or a clone of something else")
            application: int = contract.call("applicationId")
            launchpad = chain.contract("Launchpad", contract.call("parts")[0])
            if launchpad.call("saleOf", application) != contract.address:
                raise ChainError("not listed")
            block: int = launchpad.call("listingBlockOf", application)
            logs = chain.logs(launchpad.address, from_block=block, to_block=block)
            events = launchpad.events(logs, "Listed")
            (event,) = (each for each in events if each.args["sale"] == contract.address)
        except ChainError:
            raise InputError(f"the contract at {address} is no sale of this project") from None
        listing = ListingTerms.decoded(event.args["terms"])
        if listing.packed(application) != packed:
            raise CheckError(
                f"terms of {address}: the launchpad published 0x{listing.terms_hash.hex()}, "
                f"the sale is bound to 0x{packed[:32].hex()}"
            )
        return cls(contract, listing, application)

    @property
    def terms(self) -> SaleTerms:
        """The part of the terms that binds the sale itself."""
        return self.listing.sale

    @cached_property
    def escrow(self) -> Contract:
        """Where the proceeds go."""
        return self.chain.contract("ProceedsEscrow", self.contract.call("escrow"))

    @property
    def address(self) -> str:
        return self.contract.address

    @property
    def chain(self) -> Chain:
        return self.contract.chain

    @property
    def sale_token(self) -> Contract:
        return self.chain.contract("ProjectToken", "0x" + self.terms.deal.sale_token.hex())

    @property
    def is_native(self) -> bool:
        return self.terms.deal.payment_token == NATIVE

    @property
    def payment_token(self) -> Contract:
        """Raises `InputError` for a sale in the native coin."""
        if self.is_native:
            raise InputError("this sale is paid in the native coin, which has no contract")
        return self.chain.contract("ProjectToken", "0x" + self.terms.deal.payment_token.hex())

    # ------------------------------------------------------------------------------------ opening

    def publish_holdings(self, root: bytes, *, sender: Sender) -> Receipt:
        return self.contract.send("publishHoldings", root, sender=sender)

    # ------------------------------------------------------------------------------------ taking part

    def cost_of(self, account: str, amount: int) -> tuple[int, int]:
        """Payment due for so many more tokens now, and the surplus that comes back instead."""
        due, surplus = self.contract.call("costOf", account, amount)
        return due, surplus

    def approve(self, value: int, *, sender: Sender) -> Receipt:
        """Lets the sale take so much of the payment token."""
        return self.payment_token.send("approve", self.address, value, sender=sender)

    def subscribe(
        self,
        amount: int,
        *,
        sender: Sender,
        holding: int = 0,
        proof: Sequence[bytes] = (),
        value: int | None = None,
    ) -> Receipt:
        """Subscribes; in the native coin with the value due, unless another is given. Approve before, for a token."""
        return self.chain.send(
            self.subscription(amount, sender=sender, holding=holding, proof=proof, value=value)
        )

    def subscription(
        self,
        amount: int,
        *,
        sender: Sender,
        holding: int = 0,
        proof: Sequence[bytes] = (),
        value: int | None = None,
    ) -> Transaction:
        """The transaction of `subscribe`, for `Chain.send_many`."""
        if value is None:
            value = self.cost_of(address_of(sender), amount)[0] if self.is_native else 0
        return self.contract.transaction(
            "subscribe", amount, holding, list(proof), sender=sender, value=value
        )

    def claim(self, *, sender: Sender) -> Receipt:
        return self.contract.send("claim", sender=sender)

    def refund(self, *, sender: Sender) -> Receipt:
        return self.contract.send("refund", sender=sender)

    # ------------------------------------------------------------------------------------ for everyone

    def settle(self, *, sender: Sender) -> Receipt:
        """Settles the next session that is over."""
        return self.contract.send("settle", sender=sender)

    def settle_all(self, *, sender: Sender) -> list[Receipt]:
        """Settles every session that is over, as long as the deadline allows."""
        receipts = []
        while self.contract.call("status") == FUNDED and self._is_over():
            receipts.append(self.settle(sender=sender))
        return receipts

    def _is_over(self) -> bool:
        index: int = self.contract.call("sessionsSettled")
        session = self.terms.sessions[index]
        if session.limit == 0 or self.chain.now() >= session.end:
            return self.chain.now() >= session.end
        rows = range(len(self.terms.tiers))
        demands = self.chain.call_many([(self.contract, "demandOf", (index, row)) for row in rows])
        return bool(sum(demand.subscribed for demand in demands) == session.limit)

    def collect(self, *, sender: Sender) -> dict[str, int]:
        """Sends everything that is nobody's claim where the terms say; what each took, in base units."""
        functions = {
            "collectProceeds": "ProceedsCollected",
            "collectFee": "FeeCollected",
            "collectUnsold": "UnsoldCollected",
        }
        return {
            function: self.contract.event(self.contract.send(function, sender=sender), event).args[
                "amount"
            ]
            for function, event in functions.items()
        }

    def sweep(self, accounts: Sequence[str], *, sender: Sender, batch: int = 500) -> list[Receipt]:
        """Shows the contract that every claim is over, in ascending order, so that it lets go of the remainders."""
        ordered = sorted(accounts, key=lambda account: int(account, 16))
        parts = [ordered[start : start + batch] for start in range(0, len(ordered), batch)] or [[]]
        return [self.contract.send("sweep", part, sender=sender) for part in parts]
