"""The figures of a receipt in sentences, each with the calculation that it rests on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jumpstart.amounts import Token
from jumpstart.pages.numerals import clock, exact, ordinal

Figures = Mapping[str, Any]
"""What `jumpstart.audit.receipt.figures` makes: integers are decimal text."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What is so, and, where it is arithmetic, how it comes about."""

    words: str
    calculation: str = ""


def sentences(figures: Figures, units: Mapping[str, Token]) -> list[Sentence]:
    """What an account got, and why, in `units` of the sale, payment, bond and holding. Amounts with
    every digit.
    """
    return list(_Teller(figures, units).tell())


class _Teller:
    def __init__(self, figures: Figures, units: Mapping[str, Token]) -> None:
        self.figures = figures
        self._units = units

    def tell(self) -> Iterator[Sentence]:
        figures = self.figures
        if figures["stage"] == "none":
            yield Sentence(
                words="The account took no part: the sale keeps nothing of it, neither tokens nor payment."
            )
            return
        yield from self._holding()
        for row, session in enumerate(figures["sessions"]):
            if session["asked"] != "0":
                yield from self._session(row, session)
        yield from {
            "funded": self._under_way,
            "succeeded": self._succeeded,
            "failed": self._failed,
        }[figures["status"]]()
        yield from self._others()

    def _holding(self) -> Iterator[Sentence]:
        figures, holding = self.figures, self.figures["holding"]
        coefficient = figures["coefficient"]
        if holding is None:
            yield Sentence(words=f"The account has the coefficient {coefficient}.")
            return
        listed = (
            "It stands in the published list of holdings with"
            if holding["isInForce"]
            else "In a list of holdings that is not in force any more it stood with"
        )
        yield Sentence(
            words=f"{listed} {exact(int(holding['amount']), self._units['holding'])}. That is the "
            f"coefficient {coefficient}."
        )

    def _session(self, row: int, session: Mapping[str, Any]) -> Iterator[Sentence]:
        asked, number = int(session["asked"]), ordinal(row + 1)
        whole = sum(int(each["subscribed"]) for each in session["demand"])
        said = (
            f"In the {number} session it asked for {self._tokens(asked)}. All together asked for "
            f"{self._tokens(whole)}; {self._tokens(int(session['supply']))} were on sale."
        )
        settlement = session["settlement"]
        if settlement is None:
            yield Sentence(words=f"{said} The session has no settlement: nothing is allotted.")
            return
        coefficient, allotted = int(self.figures["coefficient"]), int(session["allotted"])
        full_from, remaining = int(settlement["fullFrom"]), int(settlement["remaining"])
        if coefficient >= full_from:
            who = (
                "everybody"
                if full_from == 1
                else f"everybody with a coefficient from {full_from} on"
            )
            yield Sentence(
                words=f"{said} There was enough for {who}, so it was allotted all of "
                f"{self._tokens(allotted)}."
            )
            return
        yield Sentence(
            words=f"{said} {self._tokens(remaining)} of them were for those with a coefficient below "
            f"{full_from}, who share by coefficient × what they asked for: it was allotted "
            f"{self._tokens(allotted)}.",
            calculation=f"⌊{coefficient} × {asked} × {remaining} ÷ {settlement['weight']}⌋ = {allotted}",
        )

    def _under_way(self) -> Iterator[Sentence]:
        yield Sentence(
            words=f"The sale is not decided. The account has {self._paid('deposit')} in it, and gets back "
            "whatever its tokens do not cost, or all of it if the sale fails."
        )

    def _failed(self) -> Iterator[Sentence]:
        if self.figures["stage"] == "refunded":
            refund = self._last("Refunded")
            yield Sentence(
                words=f"The sale failed, and the account has taken back all that it had paid in: "
                f"{self._money(int(refund['args']['refund']))}, at {clock(int(refund['time']))} UTC."
            )
            return
        yield Sentence(
            words=f"The sale has failed. All that the account has paid in, {self._paid('deposit')}, waits "
            "for it; nobody has to agree."
        )

    def _succeeded(self) -> Iterator[Sentence]:
        figures = self.figures
        allotted, cost = int(figures["allotted"]), int(figures["cost"])
        back, waiting = int(figures["paidBack"]), int(figures["claimable"]["refund"])
        words = (
            f"That makes {self._tokens(allotted)}, which cost {self._money(cost)}, rounded up by less "
            "than one base unit."
        )
        if back:
            words += f" {self._money(back)} more that it had paid in were paid back."
        if waiting:
            words += f" {self._money(waiting)} more that it had paid in wait for it."
        yield Sentence(words=words)
        if figures["stage"] == "exited":
            yield from self._exit()
            return
        vested, taken = int(figures["vested"]), int(figures["taken"])
        free = int(figures["claimable"]["tokens"])
        words = f"At this block {self._tokens(vested)} of them are free"
        words += f"; it has taken {self._tokens(taken)}" if taken else "; it has taken none"
        words += f", and can take {self._tokens(free)}." if free else "."
        if vested < allotted:
            words += f" {self._tokens(allotted - vested)} follow with time; nobody can stop them."
        yield Sentence(words=words)

    def _exit(self) -> Iterator[Sentence]:
        exited, paid = self._last("Exited"), self._last("ExitPaid")
        kept, returned = (int(exited["args"][name]) for name in ("kept", "returned"))
        words = (
            f"At {clock(int(exited['time']))} UTC it exited, as the project had not delivered: it kept "
            f"{self._tokens(kept)} and returned {self._tokens(returned)}"
        )
        if paid:
            words += (
                f", for which it got {self._money(int(paid['args']['amount']))} of the proceeds"
            )
        yield Sentence(words=f"{words}.")

    def _others(self) -> Iterator[Sentence]:
        for each in self.figures["events"]:
            args, at = each["args"], f"At {clock(int(each['time']))} UTC"
            match each["event"]:
                case "Redirected":
                    yield Sentence(
                        words=f"{at} what was due went to {args['to']}, as it had signed."
                    )
                case "Objected":
                    number, weight = ordinal(int(args["milestone"]) + 1), int(args["weight"])
                    yield Sentence(
                        words=f"{at} it objected to the {number} milestone, with a weight of "
                        f"{self._tokens(weight)}."
                    )
                case "BondShared":
                    share = exact(int(args["amount"]), self._units["bond"])
                    yield Sentence(words=f"{at} it got {share} of the project's bond.")

    def _last(self, name: str) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = [
            each for each in self.figures["events"] if each["event"] == name
        ]
        return found[-1] if found else {}

    def _tokens(self, amount: int) -> str:
        return exact(amount, self._units["sale"])

    def _money(self, amount: int) -> str:
        return exact(amount, self._units["payment"])

    def _paid(self, name: str) -> str:
        return self._money(int(self.figures[name]))
