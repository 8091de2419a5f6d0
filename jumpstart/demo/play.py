"""The play: what people do in a sale, on the chain and, word for word, before the mirror.

Each act sends real transactions, tells the mirror what was done and when, and compares what the
contract accepted with what the model accepts. Attempts that must fail must fail for their reason:
anything else raises `CheckError`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from eth_account.signers.local import LocalAccount

from jumpstart.accounts import parse_account
from jumpstart.amounts import Token
from jumpstart.authorisations import Purpose, authorisation_of
from jumpstart.chain.client import Chain, Receipt, Transaction
from jumpstart.chain.sale import Sale, present_pass_transaction
from jumpstart.demo.books import Books, Check, read_books, reconcile
from jumpstart.demo.cast import Buyer, key_of
from jumpstart.demo.holders import Holder
from jumpstart.demo.journal import Journal, Refusal
from jumpstart.demo.mirror import Mirror
from jumpstart.demo.numerals import grouped
from jumpstart.demo.reasons import words_of
from jumpstart.demo.stage import Stage, name_of
from jumpstart.errors import CheckError, ContractRevert, LedgerRefusal
from jumpstart.holdings import tree_of
from jumpstart.jurisdictions import numeric_of
from jumpstart.ledger import Stage as Step
from jumpstart.passes import Attestation, SignedPass, blind, sign
from jumpstart.signatures import TypedData, domain_of
from jumpstart.tree import Tree

_WEI: Final = 10**18  # of native coin for each account: enough for fees
_YEAR: Final = 365 * 86_400
_BLINDING_KEY: Final = b"jumpstart demo: the attester's secret".ljust(32, b".")
_COUNTRIES: Final = ("FR", "DE", "JP", "BR", "KE", "SG", "CH", "NG", "IN", "MX")  # of the passes


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who wants to subscribe and may not. `holding`: base units, in the published list."""

    name: str
    key: LocalAccount
    holding: int

    @property
    def account(self) -> str:
        """The address, with its checksum."""
        return self.key.address


def visitor(name: str, holding: int) -> Visitor:
    """A visitor with a key of its own."""
    return Visitor(name=name, key=key_of(name), holding=holding)


Person = Buyer | Visitor


class Play:
    """A sale on its stage with its buyers, its journal and its mirror."""

    def __init__(
        self,
        stage: Stage,
        journal: Journal,
        buyers: Sequence[Buyer],
        visitors: Sequence[Visitor],
        holders: Sequence[Holder],
    ) -> None:
        self.stage = stage
        self.journal = journal
        self.buyers = buyers
        self.visitors = visitors
        people: list[Person] = [*buyers, *visitors]
        self.holdings = {person.account: person.holding for person in people}
        # The rest of the distribution takes no part; it makes the list as long as a real one.
        self.holdings |= {holder.account: holder.amount for holder in holders}
        self.tree: Tree = tree_of(self.holdings)
        self._place = {account: place for place, account in enumerate(self.holdings)}
        self.mirror = Mirror(stage.terms, self.holdings)
        self.monthly = 0  # buyers that claim whenever something vests
        self.releases: list[tuple[int, int]] = []
        self._times: dict[int, int] = {}

    @property
    def chain(self) -> Chain:
        """The chain it is played on."""
        return self.stage.chain

    @property
    def sale(self) -> Sale:
        """The sale."""
        return self.stage.sale

    @property
    def sold(self) -> Token:
        """The unit of the token on sale."""
        return self.stage.draft.tokens.sale.unit

    @property
    def paid(self) -> Token:
        """The unit of the payment."""
        return self.stage.draft.tokens.payment.unit

    def note(self, text: str) -> None:
        """A line of the time line, at the present time of the chain."""
        self.journal.note(self.chain.now(), text)

    # ------------------------------------------------------------------------------ preparations

    def publish_holdings(self) -> None:
        """The publisher posts the root of all holdings."""
        publisher = self.stage.roles["holdings-publisher"]
        receipt = self.sale.publish_holdings(self.tree.root, sender=publisher)
        self.journal.spend("publish the holdings", receipt.gas_used)
        self.note(
            f"The holdings of {grouped(len(self.holdings))} accounts are published as one number, "
            f"the root 0x{self.tree.root.hex()[:8]} and so on. Anybody can check a holding against "
            "it, nobody can change one."
        )

    def attest(
        self,
        person: Person,
        document: str,
        country: str,
        *,
        key: LocalAccount | None = None,
        days: int = 365,
    ) -> SignedPass:
        """A pass for the person, signed by the attester, or by the `key` of somebody else in the
        attester's name. A lifetime of 0 `days` is over at once.
        """
        attester = self.stage.roles["attester"]
        issued = self.chain.now() - 1
        attestation = Attestation(
            account=parse_account(person.account),
            identity=blind(document, _BLINDING_KEY),
            jurisdiction=numeric_of(country),
            level=1,
            issued_at=issued,
            expires_at=issued + days * 86_400 + 1,
        )
        registry = parse_account(self.stage.platform.pass_registry.address)
        signed = sign(
            attestation,
            registry=registry,
            chain_id=self.chain.chain_id,
            key=bytes((key or attester).key),
        )
        return signed.model_copy(update={"attester": parse_account(attester.address)})

    def present(self, passes: Sequence[tuple[Person, SignedPass]]) -> None:
        """Everybody presents a pass."""
        self._send_many("present a pass", [self.presenting(*each) for each in passes])

    def presenting(self, person: Person, signed: SignedPass) -> Transaction:
        """The transaction by which a person presents a pass."""
        return present_pass_transaction(
            self.stage.platform.pass_registry, signed, sender=person.key
        )

    def give_passes(self) -> None:
        """Every buyer gets a pass and presents it."""
        passes = [
            (buyer, self.attest(buyer, document_of(buyer), _country_of(buyer)))
            for buyer in self.buyers
        ]
        self.present(passes)

    def hand_out(self) -> None:
        """Native coin for fees, payment tokens for orders, and the allowance for just these.

        One buyer in five signs a permit later, and gives no allowance now.
        """
        people: list[Person] = [*self.buyers, *self.visitors]
        self.chain.set_balances({person.account: _WEI for person in people})
        token, bank = self.stage.payment_token, self.stage.roles["bank"]
        budgets = [self.budget_of(buyer) for buyer in self.buyers]
        self.chain.send_many(
            [
                token.transaction("transfer", buyer.account, budget, sender=bank)
                for buyer, budget in zip(self.buyers, budgets, strict=True)
            ]
        )
        self.journal.step("the bank hands out payment tokens", len(self.buyers))
        self._send_many(
            "approve the payment",
            [
                token.transaction("approve", self.sale.address, budget, sender=buyer.key)
                for buyer, budget in zip(self.buyers, budgets, strict=True)
                if not self.signs_permit(buyer)
            ],
        )

    def budget_of(self, buyer: Buyer) -> int:
        """Payment that the buyer's orders can cost at most."""
        return sum(self.stage.terms.cost_up(order) for order in buyer.orders)

    def signs_permit(self, buyer: Buyer) -> bool:
        """Whether the buyer subscribes with a permit instead of an allowance."""
        return buyer.number % 5 == 2

    # -------------------------------------------------------------------------------- subscribing

    def proof_of(self, person: Person) -> tuple[bytes, ...]:
        """The proof of the person's published holding."""
        return self.tree.proof(self._place[person.account])

    def subscribing(
        self, person: Person, amount: int, *, holding: int | None = None
    ) -> Transaction:
        """The transaction by which a person subscribes; with another `holding` it lies."""
        return self.sale.subscription(
            amount,
            sender=person.key,
            holding=person.holding if holding is None else holding,
            proof=self.proof_of(person),
        )

    def subscribe(self, orders: Sequence[tuple[Buyer, int]], action: str) -> None:
        """Buyers subscribe for the first time in this session, or top up: see `action`."""
        plain = [order for order in orders if not self._is_first_by_permit(order[0])]
        signed = [order for order in orders if self._is_first_by_permit(order[0])]
        self._subscribe(plain, action, [self._next(buyer, amount) for buyer, amount in plain])
        permits = [self._with_permit(buyer, amount) for buyer, amount in signed]
        self._subscribe(signed, f"{action}, with a permit", permits)

    def _subscribe(
        self, orders: Sequence[tuple[Buyer, int]], action: str, sent: Sequence[Transaction]
    ) -> None:
        for (buyer, amount), receipt in zip(orders, self._send_many(action, sent), strict=True):
            accepted = self.sale.contract.event(receipt, "Subscribed").args["accepted"]
            expected = self.mirror.subscribe(buyer.account, amount, self._time_of(receipt))
            if accepted != expected.accepted:
                raise CheckError(
                    f"accepted of {buyer.name}: {accepted} on chain, expected {expected.accepted}"
                )

    def _next(self, buyer: Buyer, amount: int) -> Transaction:
        """Only the first subscription proves anything."""
        if self._is_known(buyer):
            return self.sale.subscription(amount, sender=buyer.key)
        return self.subscribing(buyer, amount)

    def _is_known(self, buyer: Buyer) -> bool:
        return self.mirror.ledger.position_of(buyer.account).stage is not Step.NONE

    def _is_first_by_permit(self, buyer: Buyer) -> bool:
        return self.signs_permit(buyer) and not self._is_known(buyer)

    def _with_permit(self, buyer: Buyer, amount: int) -> Transaction:
        value, deadline = self.budget_of(buyer), self.stage.terms.settle_deadline
        token = self.stage.payment_token
        permit = TypedData(
            domain=domain_of(
                name_of(self.stage.draft.tokens.payment),
                self.chain.chain_id,
                parse_account(token.address),
            ),
            primary_type="Permit",
            fields={
                "owner": "address",
                "spender": "address",
                "value": "uint256",
                "nonce": "uint256",
                "deadline": "uint256",
            },
            message={
                "owner": buyer.account,
                "spender": self.sale.address,
                "value": value,
                "nonce": 0,
                "deadline": deadline,
            },
        )
        signature = permit.sign(bytes(buyer.key.key))
        return self.sale.contract.transaction(
            "subscribeWithPermit",
            amount,
            buyer.holding,
            list(self.proof_of(buyer)),
            value,
            deadline,
            signature[64],
            signature[:32],
            signature[32:64],
            sender=buyer.key,
        )

    # ------------------------------------------------------------------------- settling, claiming

    def settle(self) -> None:
        """The stranger settles the next session."""
        receipt = self.sale.settle(sender=self.stage.roles["stranger"])
        self.journal.spend("settle a session", receipt.gas_used)
        self.mirror.settle(self._time_of(receipt))

    def claim(self, buyers: Iterable[Buyer], action: str) -> None:
        """Buyers claim; for one in four the stranger does it, to the buyer's own account."""
        stranger = self.stage.roles["stranger"]
        buyers = list(buyers)
        helped = [buyer for buyer in buyers if self._is_helped(buyer)]
        alone = [buyer for buyer in buyers if not self._is_helped(buyer)]
        contract = self.sale.contract
        receipts = self._send_many(
            action, [contract.transaction("claim", sender=buyer.key) for buyer in alone]
        )
        receipts += self._send_many(
            f"{action}, sent by a stranger",
            [contract.transaction("claimFor", buyer.account, sender=stranger) for buyer in helped],
        )
        for buyer, receipt in zip([*alone, *helped], receipts, strict=True):
            self.mirror.claim(buyer.account, self._time_of(receipt))

    def claim_to(self, buyer: Buyer, to: LocalAccount) -> None:
        """The stranger carries the buyer's signed word that the claim goes to another address."""
        receipt = self.chain.send(self.claiming_to(buyer, to.address, signer=buyer.key))
        self.journal.spend("claim to another address, by signature", receipt.gas_used)
        self.mirror.claim(buyer.account, self._time_of(receipt))

    def claiming_to(self, buyer: Buyer, to: str, *, signer: LocalAccount) -> Transaction:
        """`claimTo` for the buyer with the signature of `signer`, who may be somebody else."""
        return self._to(Purpose.CLAIM, "claimTo", buyer, to, signer)

    def refund(self, buyers: Iterable[Buyer]) -> None:
        """After a failure: buyers take their deposits, one in four by the hand of the stranger."""
        stranger = self.stage.roles["stranger"]
        for buyer in buyers:
            if self._is_helped(buyer):
                action, sent = (
                    "refund, sent by a stranger",
                    self.sale.contract.transaction("refundFor", buyer.account, sender=stranger),
                )
            else:
                action, sent = "refund", self.sale.contract.transaction("refund", sender=buyer.key)
            (receipt,) = self._send_many(action, [sent])
            self.mirror.refund(buyer.account, self._time_of(receipt))

    def refund_to(self, buyer: Buyer, to: LocalAccount) -> None:
        """The same as `claim_to` after a failure."""
        sent = self._to(Purpose.REFUND, "refundTo", buyer, to.address, buyer.key)
        (receipt,) = self._send_many("refund to another address, by signature", [sent])
        self.mirror.refund(buyer.account, self._time_of(receipt))

    def _to(
        self, purpose: Purpose, function: str, buyer: Buyer, to: str, signer: LocalAccount
    ) -> Transaction:
        deadline = self.chain.now() + _YEAR
        word = authorisation_of(
            purpose,
            account=parse_account(buyer.account),
            to=parse_account(to),
            nonce=self.sale.contract.call("nonceOf", buyer.account),
            deadline=deadline,
            sale=parse_account(self.sale.address),
            chain_id=self.chain.chain_id,
        )
        return self.sale.contract.transaction(
            function,
            buyer.account,
            to,
            deadline,
            word.sign(bytes(signer.key)),
            sender=self.stage.roles["stranger"],
        )

    def _is_helped(self, buyer: Buyer) -> bool:
        return buyer.number % 4 == 1

    @property
    def subscribers(self) -> list[Buyer]:
        """The buyers that have a position."""
        return [buyer for buyer in self.buyers if self._is_known(buyer)]

    # ------------------------------------------------------------------------------------ the end

    def collect(self, function: str, action: str) -> None:
        """The stranger sends something that is nobody's claim where the terms say."""
        receipt = self.sale.contract.send(function, sender=self.stage.roles["stranger"])
        self.journal.spend(action, receipt.gas_used)

    def sweep(self) -> None:
        """The stranger shows that every claim is over."""
        accounts = [buyer.account for buyer in self.subscribers]
        for receipt in self.sale.sweep(accounts, sender=self.stage.roles["stranger"]):
            self.journal.spend("sweep", receipt.gas_used)

    def reconcile(self) -> tuple[Books, list[Check]]:
        """The books of the chain, held against the mirror's."""
        books = read_books(self.sale, from_block=0)
        return books, reconcile(books, self.mirror.books(self.chain.now()))

    # ------------------------------------------------------------------------------- turning away

    def turn_away(
        self,
        who: str,
        attempt: str,
        sent: Transaction,
        error: str,
        then: str,
        model: Callable[[int], object] | None = None,
    ) -> None:
        """Sends what must be refused with the custom error of that name. `model`, given the time,
        does the same before the ledger, which must refuse with the same figures.

        Raises `CheckError` when it is not refused, or for another reason.
        """
        try:
            self.chain.send(sent)
        except ContractRevert as refusal:
            if refusal.name != error:
                message = f"{who}, {attempt}: refused by {refusal}, expected {error}"
                raise CheckError(message) from None
            time = self.chain.now()
            if model is not None:
                _require_refusal(model, time, refusal)
            self.journal.refuse(
                Refusal(
                    time=time,
                    who=who,
                    attempt=attempt,
                    error=error,
                    figures=tuple(map(_written, refusal.args)),
                    words=words_of(refusal, self.stage.draft.tokens),
                    then=then,
                )
            )
            return
        raise CheckError(f"{who}, {attempt}: not refused, expected {error}")

    # ------------------------------------------------------------------------------------ sending

    def _send_many(self, action: str, sent: Sequence[Transaction]) -> list[Receipt]:
        if not sent:
            return []
        if len(sent) == 1:
            receipts = [self.chain.send(sent[0])]
        else:
            receipts = self.chain.send_many(
                sent, report=lambda done, total: self.journal.tell(f"{action}: {done} of {total}")
            )
        self.journal.step(action, len(sent))
        for receipt in receipts:
            self.journal.spend(action, receipt.gas_used)
        return receipts

    def _time_of(self, receipt: Receipt) -> int:
        number = receipt.block_number
        if number not in self._times:
            self._times[number] = self.chain.header(number).timestamp
        return self._times[number]


def _country_of(buyer: Buyer) -> str:
    return _COUNTRIES[buyer.number % len(_COUNTRIES)]


def document_of(buyer: Buyer) -> str:
    """The made-up document behind a buyer's identity."""
    return f"demo passport {buyer.name.rpartition(' ')[2]}"


def _require_refusal(model: Callable[[int], object], time: int, refusal: ContractRevert) -> None:
    try:
        model(time)
    except LedgerRefusal as expected:
        if (expected.name, expected.args) != (refusal.name, refusal.args):
            raise CheckError(f"refusal: {refusal} on chain, expected {expected}") from None
        return
    raise CheckError(f"refusal: {refusal} on chain, none expected")


def _written(figure: object) -> str:
    return "0x" + figure.hex() if isinstance(figure, bytes) else str(figure)
