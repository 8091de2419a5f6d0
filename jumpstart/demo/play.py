"""The play: a sale on its stage with its people, its journal and its mirror.

Knows how something is sent and paid for, and how it is checked that something is refused: attempts
that must fail must fail for their reason, on chain as in the model, and anything else raises
`CheckError`. What is done stands in `jumpstart.demo.acts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from eth_account.signers.local import LocalAccount

from jumpstart.amounts import Token
from jumpstart.chain.client import Chain, Contract, Receipt, Transaction
from jumpstart.chain.sale import Sale
from jumpstart.demo.books import Books
from jumpstart.demo.cast import Buyer, key_of
from jumpstart.demo.checks import Check, reconcile
from jumpstart.demo.holders import Holder
from jumpstart.demo.journal import Journal, Refusal
from jumpstart.demo.mirror import Mirror
from jumpstart.demo.reading import read_books
from jumpstart.demo.reasons import words_of
from jumpstart.demo.stage import Stage
from jumpstart.errors import CheckError, ContractRevert, LedgerRefusal
from jumpstart.holdings import tree_of
from jumpstart.ledger import Stage as Step
from jumpstart.snapshot.draw import Draw
from jumpstart.tree import Tree


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

_CROWD: Final = 100  # accounts that hold and do not buy


@dataclass(kw_only=True)
class Pace:
    """How claims went: how many buyers claimed every month, and what all had by when."""

    monthly: int = 0
    claimed: list[tuple[int, int]] = field(default_factory=list)


class Play:
    """A sale on its stage."""

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
        # A part of the distribution takes no part: a list has more accounts than a sale has buyers.
        self.crowd = holders[:: -(-len(holders) // _CROWD)]
        self.holdings: dict[str, int] = {}
        self._counted: tuple[Tree, Draw] | None = None
        self._place: dict[str, int] = {}
        self.mirror = Mirror(
            stage.listing,
            self.holdings,
            stage.rules,
            vault=stage.platform.vesting_vault.address,
            launchpad=stage.platform.launchpad.address,
        )
        self.pace = Pace()
        self._times: dict[int, int] = {}

    # --------------------------------------------------------------------------------- who and what

    @property
    def chain(self) -> Chain:
        """The chain it is played on."""
        return self.stage.chain

    @property
    def sale(self) -> Sale:
        """The sale."""
        return self.stage.sale

    @property
    def review(self) -> Contract:
        """The review of projects."""
        return self.stage.platform.review

    @property
    def sold(self) -> Token:
        """The unit of the token on sale."""
        return self.stage.draft.tokens.sale.unit

    @property
    def paid(self) -> Token:
        """The unit of the payment."""
        return self.stage.draft.tokens.payment.unit

    @property
    def held(self) -> Token:
        """The unit of the platform's token, of holdings and bonds."""
        return self.stage.draft.tokens.holding.unit

    def role(self, name: str) -> LocalAccount:
        """The account that plays a role."""
        return self.stage.roles[name]

    @property
    def stranger(self) -> LocalAccount:
        """Anybody."""
        return self.stage.roles["stranger"]

    @property
    def tree(self) -> Tree:
        """The tree of the holdings, once they are counted."""
        return self._count[0]

    @property
    def drawn(self) -> Draw:
        """The moments that they were counted at."""
        return self._count[1]

    @property
    def _count(self) -> tuple[Tree, Draw]:
        if self._counted is None:
            raise CheckError("holdings: not counted yet")
        return self._counted

    def count(self, holdings: Mapping[str, int], drawn: Draw) -> None:
        """From now on these are the holdings, and their root is what is to be published."""
        self.holdings.update(holdings)
        self._counted = tree_of(holdings), drawn
        self._place = {account: place for place, account in enumerate(holdings)}

    def proof_of(self, person: Person) -> tuple[bytes, ...]:
        """The proof of the person's published holding."""
        return self.tree.proof(self._place[person.account])

    def is_known(self, buyer: Buyer) -> bool:
        """Whether the buyer has a position."""
        return self.mirror.ledger.position_of(buyer.account).stage is not Step.NONE

    @property
    def subscribers(self) -> list[Buyer]:
        """The buyers that have a position."""
        return [buyer for buyer in self.buyers if self.is_known(buyer)]

    # -------------------------------------------------------------------------------------- time

    def wait_until(self, time: int) -> None:
        """Nothing happens before `time`."""
        if time > self.chain.now():
            self.stage.move_to(time)

    def note(self, text: str) -> None:
        """A line of the time line, at the present time of the chain."""
        self.journal.note(self.chain.now(), text)

    def time_of(self, receipt: Receipt) -> int:
        """When a transaction was mined."""
        return self.time_at(receipt.block_number)

    def time_at(self, number: int) -> int:
        """When a block was mined."""
        if number not in self._times:
            self._times[number] = self.chain.header(number).timestamp
        return self._times[number]

    def rewind(self, snapshot: str) -> None:
        """Returns the chain to a snapshot: the same numbers are other blocks from then on."""
        self.chain.revert(snapshot)
        self._times.clear()

    # ------------------------------------------------------------------------------------ sending

    def send(self, action: str, sent: Transaction) -> Receipt:
        """Sends one transaction; its gas goes under the name of the action."""
        (receipt,) = self.send_many(action, [sent])
        return receipt

    def send_many(self, action: str, sent: Sequence[Transaction]) -> list[Receipt]:
        """The same for many."""
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
        does the same before the mirror, which must refuse with the same figures.

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
                    phase=self.journal.phase,
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

    # ------------------------------------------------------------------------------------ the end

    def reconcile(self) -> tuple[Books, list[Check]]:
        """The books of the chain, held against the mirror's."""
        books = read_books(self.stage.platform, self.sale)
        return books, reconcile(books, self.mirror.books(self.chain.now()))


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
