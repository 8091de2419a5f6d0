"""The till: an exact model of what a sale lets go of that is not a participant's.

It is written from the rules of `interfaces/ISubscriptionSale.sol`, not from the contract's code. A
refusal bears the name and the arguments of the contract's custom error.

Knows the `Ledger` of the sale and what was collected, in base units. What the sale has been given
beside, and where anything goes, are beyond it.
"""

from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import Ledger, Stage, Status


class Till:
    """What has been collected of one sale; `returned` are tokens of exits that wait."""

    def __init__(self, sale: Ledger) -> None:
        self.sale = sale
        self.has_proceeds_collected = False
        self.has_fee_collected = False
        self.has_unsold_collected = False
        self.returned = 0
        self.is_swept = False

    def take_back(self, tokens: int) -> None:
        """An exit leaves so many tokens here."""
        self.returned += tokens

    def collect_proceeds(self, time: int) -> int:
        """Payment to the escrow. Raises `LedgerRefusal`: WrongStatus, NothingToCollect."""
        self._require_succeeded(time)
        self._require(not self.has_proceeds_collected)
        self.has_proceeds_collected = True
        return self.sale.proceeds - self.sale.fee

    def collect_fee(self, time: int) -> int:
        """Payment. Raises `LedgerRefusal`: WrongStatus, NothingToCollect."""
        self._require_succeeded(time)
        self._require(not self.has_fee_collected)
        self.has_fee_collected = True
        return self.sale.fee

    def collect_unsold(self, time: int) -> int:
        """Tokens. Raises `LedgerRefusal`: WrongStatus, NothingToCollect."""
        self._require_over(time)
        self._require(not self.has_unsold_collected)
        self.has_unsold_collected = True
        return self.sale.unsold(time)

    def collect_returned(self) -> int:
        """Tokens. Raises `LedgerRefusal`: NothingToCollect."""
        self._require(self.returned > 0)
        amount, self.returned = self.returned, 0
        return amount

    def sweep(self, time: int) -> None:
        """All that is left goes, but for what `reserved` says.

        Raises `LedgerRefusal`: WrongStatus; ClaimOpen for the first account whose claim is.
        """
        self._require_over(time)
        for account in sorted(self.sale.accounts, key=lambda account: int(account, 16)):
            if not self._is_over(account):
                raise _refusal("ClaimOpen", account)
        self.has_unsold_collected = True
        self.returned = 0
        self.is_swept = True

    @property
    def reserved(self) -> int:
        """Payment that is the escrow's and the fee's, and was not collected."""
        proceeds = self.sale.proceeds - self.sale.fee
        return proceeds * (not self.has_proceeds_collected) + self.sale.fee * (
            not self.has_fee_collected
        )

    def tokens(self, time: int) -> int:
        """What the sale has to have of its token: all that is not taken, claimed or collected."""
        if self.is_swept:
            return 0
        status = self.sale.status(time)
        if status is not Status.SUCCEEDED:
            return 0 if self.has_unsold_collected else self.sale.terms.supply
        positions = map(self.sale.position_of, self.sale.accounts)
        taken = sum(
            position.amount
            for position in positions
            if position.stage in (Stage.CLAIMED, Stage.EXITED)
        )
        # Of what who exited did not keep, a part waits, and a part was collected.
        given_up = sum(
            position.allotted - position.amount
            for position in map(self.sale.position_of, self.sale.accounts)
            if position.stage is Stage.EXITED
        )
        unsold = 0 if self.has_unsold_collected else self.sale.unsold(time)
        return self.sale.sold_up - taken - given_up + self.returned + unsold

    @property
    def payment(self) -> int:
        """What the sale has to have of what it is paid in: deposits, less what was collected."""
        if self.is_swept:
            return self.reserved
        deposits = sum(map(self.sale.deposit_of, self.sale.accounts))
        return deposits - (self.sale.proceeds - self.reserved)

    def _is_over(self, account: str) -> bool:
        position = self.sale.position_of(account)
        if position.stage is Stage.CLAIMED:
            return position.amount == position.allotted
        return position.stage in (Stage.REFUNDED, Stage.EXITED)

    def _require_over(self, time: int) -> None:
        if self.sale.status(time) is not Status.FAILED:
            self._require_succeeded(time)

    def _require_succeeded(self, time: int) -> None:
        status = self.sale.status(time)
        if status is not Status.SUCCEEDED:
            raise _refusal("WrongStatus", status, Status.SUCCEEDED)

    def _require(self, has_something: bool) -> None:
        if not has_something:
            raise _refusal("NothingToCollect")


def _refusal(reason: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"SubscriptionSale_{reason}", *args)
