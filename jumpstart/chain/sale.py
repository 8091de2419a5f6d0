"""A sale on a chain: what has to be deployed, and each thing that people do with it.

Knows the contracts' functions and their order. Refuses to know what a sale owes to whom: the contract
computes that, and `jumpstart.ledger` computes it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self, TypeVar

from eth_utils.address import to_canonical_address

from jumpstart.chain.client import Chain, Contract, Receipt, Sender, Transaction, address_of
from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.passes import SignedPass
from jumpstart.schedule import Vesting
from jumpstart.terms import Admission, Deal, Parties, SaleTerms, Session, Tier

NATIVE: Final = bytes(20)
"""In place of a payment token: the chain's own coin."""

FUNDED: Final = 1
"""`Status.Funded`: it can still be settled, unless the deadline has passed."""

UNLIMITED: Final = 2**256 - 1

# An EIP-1167 proxy: creation prefix with the code's length, then the code around the implementation's address.
_CREATION = "61{length:04x}3d81600a3d39f3"
_PROXY = ("363d3d373d3d3d363d73", "5af43d82803e903d91602b57fd5bf3")
_MAX_CODE_SIZE = 24_576  # EIP-170


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What all sales on a chain share: the registry of passes, the rules of terms, the locked implementation."""

    pass_registry: Contract
    terms_rules: Contract
    implementation: Contract

    @classmethod
    def deploy(cls, chain: Chain, *, sender: Sender) -> Self:
        """Three creating transactions."""
        rules = chain.deploy("TermsRules", sender=sender)
        return cls(
            pass_registry=chain.deploy("PassRegistry", sender=sender),
            terms_rules=rules,
            implementation=chain.deploy("SubscriptionSale", rules.address, sender=sender),
        )


def present_pass(registry: Contract, signed: SignedPass, *, sender: Sender) -> Receipt:
    """The account of the pass presents it."""
    return registry.send("present", *_present_args(signed), sender=sender)


def present_pass_transaction(
    registry: Contract, signed: SignedPass, *, sender: Sender
) -> Transaction:
    """The same for `Chain.send_many`."""
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


def sale_creation_code(implementation: str, terms: SaleTerms) -> bytes:
    """Creates a sale: a minimal clone of the implementation whose code ends with the terms.

    Raises `InputError` when the terms do not fit into a contract's code.
    """
    encoding = terms.abi_encoding
    head, tail = map(bytes.fromhex, _PROXY)
    code = head + to_canonical_address(implementation) + tail + encoding
    if len(code) > _MAX_CODE_SIZE:
        raise InputError(
            f"terms: the sale's code would have {len(code)} bytes, at most {_MAX_CODE_SIZE} are allowed"
        )
    return bytes.fromhex(_CREATION.format(length=len(code))) + code


class Sale:
    """A deployed sale with its terms. `contract` is for everything that has no method here."""

    def __init__(self, contract: Contract, terms: SaleTerms) -> None:
        self.contract = contract
        self.terms = terms

    @classmethod
    def create(cls, chain: Chain, implementation: str, terms: SaleTerms, *, sender: Sender) -> Self:
        """One creating transaction. Raises `CheckError` when the contract's own hash of its terms differs from ours."""
        receipt = chain.deploy_code(sale_creation_code(implementation, terms), sender=sender)
        assert receipt.contract_address is not None
        sale = cls(chain.contract("SubscriptionSale", receipt.contract_address), terms)
        found = sale.contract.call("termsHash")
        if found != terms.terms_hash:
            raise CheckError(
                f"termsHash of {sale.address}: found 0x{found.hex()}, expected 0x{terms.terms_hash.hex()}"
            )
        return sale

    @classmethod
    def at(cls, chain: Chain, address: str) -> Self:
        """The sale at an address, with the terms that its code carries.

        Raises `InputError` when there is no sale, or one whose implementation is not ours,
        `CheckError` when its own hash of its terms differs from ours.
        """
        code = chain.code(address)
        head, tail = map(bytes.fromhex, _PROXY)
        if not code:
            raise InputError(f"there is no contract at {address} on chain {chain.chain_id}")
        contract = chain.contract("SubscriptionSale", address)
        try:
            implementation = code[len(head) : len(head) + 20]
            if not code.startswith(head) or not code[len(head) + 20 :].startswith(tail):
                raise ChainError("not a clone")
            if not contract.artifact.matches(chain.code("0x" + implementation.hex())):
                raise ChainError("a clone of something else")
            terms, found = _terms_of(contract.call("terms")), contract.call("termsHash")
        except ChainError:
            raise InputError(f"the contract at {address} is no sale of this project") from None
        if found != terms.terms_hash:
            expected = terms.terms_hash.hex()
            raise CheckError(
                f"termsHash of {address}: found 0x{found.hex()}, expected 0x{expected}"
            )
        return cls(contract, terms)

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

    def fund(self, *, sender: Sender) -> Receipt:
        """Approves exactly the supply and funds the sale with it."""
        self.sale_token.send("approve", self.address, self.terms.supply, sender=sender)
        return self.contract.send("fund", sender=sender)

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


Section = TypeVar("Section", Deal, Admission, Parties, Vesting, Session, Tier)


def _terms_of(struct: Any) -> SaleTerms:
    """Terms as the chain gives them, with addresses as bytes."""
    return SaleTerms(
        chain_id=struct.chainId,
        settle_deadline=struct.settleDeadline,
        deal=_section(Deal, struct.deal),
        admission=_section(Admission, struct.admission),
        parties=_section(Parties, struct.parties),
        vesting=_section(Vesting, struct.vesting),
        sessions=tuple(_section(Session, session) for session in struct.sessions),
        tiers=tuple(_section(Tier, tier) for tier in struct.tiers),
        attesters=tuple(map(to_canonical_address, struct.attesters)),
    )


def _section(kind: type[Section], values: Sequence[Any]) -> Section:
    """A struct whose fields stand in the order of the data class."""
    raw = [to_canonical_address(value) if isinstance(value, str) else value for value in values]
    named: dict[str, Any] = dict(zip((field.name for field in fields(kind)), raw, strict=True))
    return kind(**named)
