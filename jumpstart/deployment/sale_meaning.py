"""What the terms of a sale mean, in sentences, and who everybody in them is."""

from collections.abc import Mapping

from eth_utils.address import to_checksum_address

from jumpstart.accounts import checksummed
from jumpstart.amounts import BASIS_POINTS, format_amount
from jumpstart.deployment.phrases import listed, moment, price, residents, share, vesting
from jumpstart.deployment.plan import Section
from jumpstart.deployment.sale import SaleDeployment
from jumpstart.terms import ZERO_ADDRESS, Statistic, Tier
from jumpstart.times import format_duration

_STATISTICS = {
    Statistic.SUM: "the sum of",
    Statistic.MEAN: "the mean of",
    Statistic.MINIMUM: "the least of",
    Statistic.BETTER_OF: "the mean or the least, whichever gives the higher coefficient, of",
}


def sale_sections(deployment: SaleDeployment, names: Mapping[str, str]) -> tuple[Section, ...]:
    """The terms, and the application that they are reviewed with."""
    words = _Words(deployment, names)
    return (
        Section(heading="What is sold", lines=words.offer()),
        Section(heading="When", lines=words.times()),
        Section(heading="Who may buy, and how much", lines=words.admission()),
        Section(heading="When buyers have their tokens", lines=words.delivery()),
        Section(heading="How the project is paid", lines=words.proceeds()),
        Section(heading="What the project puts in", lines=words.contributions()),
        Section(heading="What fixes all this", lines=words.hashes()),
    )


class _Words:
    def __init__(self, deployment: SaleDeployment, names: Mapping[str, str]) -> None:
        self._deployment = deployment
        self._names = names
        self._listing = deployment.listing
        self._sale = deployment.listing.sale
        tokens = deployment.draft.tokens
        self._unit, self._payment = tokens.sale.unit, tokens.payment.unit
        self._holding = tokens.holding.unit

    def offer(self) -> tuple[str, ...]:
        sale, deal = self._sale, self._sale.deal
        sessions = len(sale.sessions)
        lines = [
            f"{self._sold(sale.supply)} in {sessions} session{'s' if sessions > 1 else ''}, at "
            f"{price(deal.price, deal.price_unit, self._payment, self._unit)}. If all are sold, "
            f"buyers pay {self._paid(sale.cost_down(sale.supply))}."
        ]
        section = self._deployment.draft.tokens.sale
        if section.creation is not None:
            part = share(sale.supply * BASIS_POINTS // section.created_supply)
            exactly = sale.supply * BASIS_POINTS % section.created_supply == 0
            lines.append(
                f"The token is created for it, by this deployment. It is called {section.creation.name} "
                f"({section.symbol}); there are {self._sold(section.created_supply)}, all of them "
                "the applicant's at first, and there can never be more. On sale are "
                f"{'' if exactly else 'about '}{part} of them."
            )
        else:
            lines.append(f"The token exists already, it is {self._name(deal.sale_token)}.")
        lines.append(
            f"It is paid in {'the coin of the chain, ' if self._is_native else ''}"
            f"{self._payment.symbol}."
        )
        lines.append(
            f"If what is sold costs less than {self._paid(deal.soft_cap)}, the sale has failed and "
            "everybody takes back all that was paid."
            if deal.soft_cap
            else "There is no least amount that must be raised."
        )
        fee = self._sale.parties.fee_bps
        lines.append(
            f"{share(fee)} of what is raised is a fee for {self._name(sale.parties.fee_to)}."
            if fee
            else "There is no fee."
        )
        lines.append(f"What is not sold goes to {self._name(sale.parties.unsold_to)}.")
        return tuple(lines)

    def times(self) -> tuple[str, ...]:
        sale = self._sale
        first, window = sale.sessions[0].start, sale.parties.challenge_seconds
        publisher = self._name(sale.parties.holdings_publisher)
        lines = [
            f"It must be listed before {moment(self._listing.holdings.draw_time)}, when the moments are "
            "drawn at which holdings count.",
            f"Then, and before {moment(first - 2 * window)}, {publisher} must publish the holdings, "
            "which decide who may buy; anyone may challenge them for "
            f"{format_duration(window)}. Without holdings nothing is sold.",
        ]
        for number, session in enumerate(sale.sessions, 1):
            limit = (
                f"It closes early when {self._sold(session.limit)} are subscribed."
                if session.limit
                else "It has no limit: what is subscribed in time takes part."
            )
            lines.append(
                f"Session {number}: {moment(session.start)} to {moment(session.end)}, "
                f"{self._sold(session.supply)}. {limit}"
            )
        order = " Only then does the next one open." if len(sale.sessions) > 1 else ""
        lines.append(
            f"Anyone may settle a session that is over.{order} If not all of them are settled before "
            f"{moment(sale.settle_deadline)}, the sale has failed and everybody takes back all that "
            "was paid."
        )
        return tuple(lines)

    def admission(self) -> tuple[str, ...]:
        sale, draft = self._sale, self._deployment.draft
        attesters = listed(map(self._name, sale.attesters))
        counted = self._listing.holdings
        daily = "balance" if counted.day_count == 1 else "daily balances"
        elsewhere = f" on chain {counted.chain_id}" if counted.chain_id != sale.chain_id else ""
        lines = [
            f"Buyers are {residents(sale.admission.jurisdictions)}, as a pass of level "
            f"{sale.admission.level} or more by {attesters} says.",
            f"What counts is {_STATISTICS[draft.holdings.statistic]} {counted.day_count} {daily} of "
            f"{self._holding.symbol}, {self._name(counted.token)}{elsewhere}. It gives a coefficient: "
            f"{self._table(sale.tiers)}. Who has less than "
            f"{format_amount(sale.tiers[0].threshold, self._holding)} may not buy.",
            f"The days are those from {moment(counted.days_start)} to {moment(counted.days_end)}, and of "
            "each a moment counts that nobody knows before the draw: it follows from the randomness of "
            f"the first block of chain {counted.seed_chain_id} from then on.",
        ]
        if counted.excluded:
            accounts = listed(map(self._name, counted.excluded))
            lines.append(f"Without a holding, whatever they hold: {accounts}.")
        if draft.holdings.minimum_tiers:
            tiers = tuple(section.tier for section in draft.holdings.minimum_tiers)
            lines.append(f"The least balance gives a coefficient of its own: {self._table(tiers)}.")
        lines.append(
            "If a session is subscribed beyond what it has, each gets a part of what it subscribed "
            "in proportion to its coefficient, at most all of it, and takes back the payment for the "
            "rest."
        )
        deal = sale.deal
        cap = (
            f"at most {self._sold(deal.account_cap)}" if deal.account_cap else "as much as it likes"
        )
        lines.append(f"One account subscribes at least {self._sold(deal.minimum)}, and {cap}.")
        return tuple(lines)

    def delivery(self) -> tuple[str, ...]:
        return (f"Of what a buyer gets, {vesting(self._sale.vesting)}.",)

    def proceeds(self) -> tuple[str, ...]:
        escrow, to = self._listing.escrow, self._name(self._sale.parties.proceeds_to)
        if not escrow.milestones:
            return (
                f"All of it goes to {to} as soon as the sale has succeeded. There are no milestones, "
                "so nothing is held back and no buyer can return tokens for money.",
            )
        milestones = [
            f"Milestone {number}: {share(each.share_bps)}, due {moment(each.deadline)}. What has to "
            f"be delivered is a text with the SHA-256 {each.description_hash.hex()}."
            for number, each in enumerate(escrow.milestones, 1)
        ]
        return (
            f"{share(escrow.initial_bps)} goes to {to} as soon as the sale has succeeded, and the "
            f"rest when milestones are reached, {len(milestones)} in all. Until then an escrow "
            "keeps it.",
            *milestones,
            "A milestone counts when the reviewers attest it, and buyers who hold "
            f"{share(escrow.objection_bps)} of what was sold do not object within "
            f"{format_duration(escrow.objection_seconds)}. It is missed "
            f"{format_duration(escrow.grace_seconds)} after it was due.",
            f"When one is missed, buyers may for {format_duration(escrow.exit_seconds)} return the "
            "tokens that are not free yet, for their part of the money that was not paid out. What "
            f"nobody takes back then goes to {self._name(escrow.remainder_to)}.",
        )

    def contributions(self) -> tuple[str, ...]:
        deployment, allocations = self._deployment, self._listing.allocations
        bond = deployment.bond
        lines = [f"A bond of {format_amount(bond, deployment.bond_unit)}."] if bond else []
        lines.append(f"The {self._sold(self._sale.supply)} that are on sale, when it is listed.")
        if not allocations:
            lines.append("It locks no tokens of its own.")
        for each in allocations:
            revoker = (
                "nobody can take them back"
                if each.revoker == ZERO_ADDRESS
                else f"{self._name(each.revoker)} can take back what is not free yet"
            )
            lines.append(
                f"{self._sold(each.amount)} locked for {self._name(each.beneficiary)}, and {revoker}: "
                f"{vesting(each.schedule)}."
            )
        return tuple(lines)

    def hashes(self) -> tuple[str, ...]:
        application = self._deployment.application
        return (
            "The reviewers approve one hash of all the terms, and only terms with this hash can be "
            f"listed; nobody can change them afterwards. It is 0x{self._listing.terms_hash.hex()}.",
            f"They read a dossier, {application.dossier_uri}, whose SHA-256 is "
            f"{application.dossier_sha256.hex()}.",
        )

    # ------------------------------------------------------------------------------------ figures

    @property
    def _is_native(self) -> bool:
        return self._sale.deal.payment_token == ZERO_ADDRESS

    def _name(self, account: bytes) -> str:
        address = checksummed(account)
        return f'"{self._names.get(address, address)}"'

    def _sold(self, amount: int) -> str:
        return format_amount(amount, self._unit)

    def _paid(self, amount: int) -> str:
        return format_amount(amount, self._payment)

    def _table(self, tiers: tuple[Tier, ...]) -> str:
        return listed(
            f"{each.coefficient} from {format_amount(each.threshold, self._holding)} on"
            for each in tiers
        )


def sale_parties(deployment: SaleDeployment) -> list[tuple[str, str, str]]:
    """Addresses, names for those that have none, and what each is or does."""
    listing, platform = deployment.listing, deployment.platform
    sale, escrow = listing.sale, listing.escrow
    tokens = deployment.draft.tokens
    parties = sale.parties
    fee = "receives the fee" if parties.fee_bps else "would receive a fee; there is none"
    found = [
        (
            to_checksum_address(deployment.sender),
            "applicant",
            "the project: brings the bond and the tokens",
        ),
        (checksummed(parties.proceeds_to), "proceeds", "receives what the project is paid"),
        (checksummed(parties.unsold_to), "unsold", "receives the tokens that are not sold"),
        (checksummed(escrow.remainder_to), "remainder", "receives what no buyer takes back"),
        (checksummed(parties.fee_to), "fee", fee),
        (
            checksummed(parties.holdings_publisher),
            "holdings publisher",
            "publishes who holds how much, which decides who may buy",
        ),
        *(
            (checksummed(each), "attester", "attests who somebody is, and of which country")
            for each in sale.attesters
        ),
    ]
    for each in listing.allocations:
        amount = format_amount(each.amount, tokens.sale.unit)
        found.append((checksummed(each.beneficiary), "beneficiary", f"is given {amount}, locked"))
        if each.revoker != ZERO_ADDRESS:
            found.append((checksummed(each.revoker), "revoker", "can take back locked tokens"))
    found.append(
        (
            checksummed(sale.deal.sale_token),
            "token on sale",
            f"the token on sale, {tokens.sale.symbol}",
        )
    )
    if sale.deal.payment_token != ZERO_ADDRESS:
        role = f"the token that buyers pay in, {tokens.payment.symbol}"
        found.append((checksummed(sale.deal.payment_token), "payment token", role))
    found.append(
        (
            checksummed(listing.holdings.token),
            "token that counts",
            f"the token whose holders may buy, {tokens.holding.symbol}",
        )
    )
    registry = "keeps who has proved who they are, without personal data"
    bonds = platform.bond_token.address
    return [
        *found,
        (
            bonds,
            "token of bonds",
            f"the token that bonds are paid in, {deployment.bond_unit.symbol}",
        ),
        (platform.review.address, "review", "takes applications, votes and bonds, and decides"),
        (platform.launchpad.address, "launchpad", "makes a funded sale of approved terms"),
        (checksummed(sale.admission.pass_registry), "pass registry", registry),
        (platform.vesting_vault.address, "vault", "keeps tokens that projects lock"),
    ]
