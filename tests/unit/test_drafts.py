"""Drafts: human terms become base units, exactly or not at all."""

from pathlib import Path

import pytest

from jumpstart import drafts
from jumpstart.accounts import checksummed
from jumpstart.errors import InputError
from jumpstart.jurisdictions import bitmap_of, bitmap_without
from jumpstart.schedule import Vesting
from jumpstart.terms import ZERO_ADDRESS, Allocation, EscrowTerms, Milestone, Statistic, Tier

DRAFT = """
title = "A sale"
chain_id = 1
settle_deadline = 2030-01-02T00:00:00Z

[accounts]
treasury = "0x00000000000000000000000000000000000000AA"

[tokens.sale]
symbol = "NEW"
decimals = 18
address = "0x0000000000000000000000000000000000000001"

[tokens.payment]
symbol = "USD"
decimals = 6
address = "native"

[tokens.holding]
symbol = "OLD"
decimals = 8
address = "old"

[deal]
price = "0.5 USD per NEW"
soft_cap = "100 USD"
account_cap = "none"
minimum = "0.1 NEW"

[admission]
pass_registry = "registry"
attesters = ["attester", "0x0000000000000000000000000000000000000009"]
level = 2
admitted = ["FR", "DE"]

[parties]
holdings_publisher = "publisher"
proceeds_to = "treasury"
unsold_to = "treasury"
fee = "2.5 %"
fee_to = "platform"

[vesting]
start = 2030-02-01T00:00:00+01:00
unlock = "10 %"
cliff = "4 weeks"
duration = "52 weeks"
step = "1 day"

[[sessions]]
start = "2030-01-01T12:00:00Z"
duration = "90 minutes"
supply = "1000 NEW"
limit = "5000 NEW"

[[tiers]]
holding = "10 OLD"
coefficient = 1

[[tiers]]
holding = "20.5 OLD"
coefficient = 3

[holdings]
challenge_window = "1 hour"
statistic = "mean"
days = 30
draw = 2030-01-01T09:00:00Z
excluded = ["registry", "old"]

[escrow]
initial = "25 %"
grace = "2 weeks"
objection_window = "3 days"
objection_share = "12.5 %"
exit_window = "40 days"
remainder_to = "heir"

[[milestones]]
share = "50 %"
deadline = 2030-03-01T00:00:00Z
description_sha256 = "00000000000000000000000000000000000000000000000000000000000000af"

[[milestones]]
share = "25 %"
deadline = 2030-04-01T00:00:00Z
description_sha256 = "ff00000000000000000000000000000000000000000000000000000000000000"

[[allocations]]
beneficiary = "team"
amount = "7.5 NEW"
revoker = "board"
start = 2030-02-02T00:00:00Z
unlock = "1 %"
cliff = "10 days"
duration = "100 days"
step = "5 days"

[[allocations]]
beneficiary = "treasury"
amount = "2 NEW"
start = 2030-02-02T00:00:00Z
unlock = "100 %"
cliff = "0 days"
duration = "0 days"
step = "0 days"
"""

ACCOUNTS = {
    name: checksummed(number.to_bytes(20))
    for number, name in enumerate(
        ("registry", "attester", "publisher", "platform", "heir", "team", "board", "old"), 20
    )
}


def draft_of(folder: Path, *changes: tuple[str, str]) -> drafts.Draft:
    """The draft above with pieces of its text replaced."""
    text = DRAFT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "sale.toml"
    file.write_text(text)
    return drafts.read(file)


def test_draft_resolves_to_base_units(tmp_path: Path) -> None:
    """Every unit is applied: tokens, prices, shares, durations, zones."""
    terms = draft_of(tmp_path).resolve(ACCOUNTS).sale
    assert (terms.chain_id, terms.settle_deadline) == (1, 1_893_542_400)
    assert (terms.deal.price, terms.deal.price_unit) == (1, 2 * 10**12)
    assert (terms.deal.soft_cap, terms.deal.account_cap) == (100 * 10**6, 0)
    assert terms.deal.minimum == 10**17
    assert terms.deal.payment_token == ZERO_ADDRESS
    assert terms.admission.pass_registry == (20).to_bytes(20)
    assert terms.admission.jurisdictions == bitmap_of(["FR", "DE"])
    assert terms.attesters == ((21).to_bytes(20), (9).to_bytes(20))
    assert terms.parties.proceeds_to == terms.parties.unsold_to == (0xAA).to_bytes(20)
    assert terms.parties.fee_bps == 250
    assert terms.parties.challenge_seconds == 3_600
    assert terms.vesting.start == 1_896_130_800
    assert (terms.vesting.unlock_bps, terms.vesting.step_seconds) == (1_000, 86_400)
    assert terms.vesting.cliff_seconds * 13 == terms.vesting.duration_seconds == 31_449_600
    (session,) = terms.sessions
    assert (session.start, session.end) == (1_893_499_200, 1_893_504_600)
    assert (session.supply, session.limit) == (1000 * 10**18, 5000 * 10**18)
    assert terms.tiers == (
        Tier(threshold=10 * 10**8, coefficient=1),
        Tier(threshold=205 * 10**7, coefficient=3),
    )


def test_escrow_and_its_milestones_resolve_to_base_units(tmp_path: Path) -> None:
    """In the order of the file."""
    assert draft_of(tmp_path).resolve(ACCOUNTS).escrow == EscrowTerms(
        initial_bps=2_500,
        grace_seconds=14 * 86_400,
        objection_seconds=3 * 86_400,
        objection_bps=1_250,
        exit_seconds=40 * 86_400,
        remainder_to=(24).to_bytes(20),
        milestones=(
            Milestone(
                share_bps=5_000, deadline=1_898_553_600, description_hash=(0xAF).to_bytes(32)
            ),
            Milestone(
                share_bps=2_500, deadline=1_901_232_000, description_hash=b"\xff" + bytes(31)
            ),
        ),
    )


def test_allocations_resolve_to_base_units(tmp_path: Path) -> None:
    """Who names no revoker has none."""
    revocable, plain = draft_of(tmp_path).resolve(ACCOUNTS).allocations
    assert revocable == Allocation(
        beneficiary=(25).to_bytes(20),
        amount=75 * 10**17,
        revoker=(26).to_bytes(20),
        schedule=Vesting(
            start=1_896_220_800,
            unlock_bps=100,
            cliff_seconds=864_000,
            duration_seconds=8_640_000,
            step_seconds=432_000,
        ),
    )
    assert (plain.beneficiary, plain.revoker) == ((0xAA).to_bytes(20), ZERO_ADDRESS)


def test_milestones_and_allocations_may_be_left_out(tmp_path: Path) -> None:
    """A project that is paid at once, and has nothing to lock; but an escrow it must describe."""
    lists = DRAFT[DRAFT.index("[[milestones]]") :]
    draft = draft_of(tmp_path, (lists, ""), ('initial = "25 %"', 'initial = "100 %"'))
    assert draft.open_names == ("old", "registry", "attester", "publisher", "platform", "heir")
    terms = draft.resolve(ACCOUNTS)
    assert (terms.escrow.milestones, terms.allocations) == ((), ())
    with pytest.raises(InputError, match="escrow: Field required"):
        draft_of(tmp_path, (DRAFT[DRAFT.index("[escrow]") :], ""))


def test_excluded_jurisdictions_admit_all_others(tmp_path: Path) -> None:
    """The two lists are two ways of saying one bitmap."""
    draft = draft_of(tmp_path, ('admitted = ["FR", "DE"]', 'excluded = ["US"]'))
    assert draft.resolve(ACCOUNTS).sale.admission.jurisdictions == bitmap_without(["US"])


def test_open_names_are_those_without_an_address(tmp_path: Path) -> None:
    """Names of the file's own table are not open, and each open one is told once."""
    draft = draft_of(tmp_path, ('"publisher"', '"registry"'))
    assert draft.open_names == ("old", "registry", "attester", "platform", "heir", "team", "board")


def test_unresolved_names_are_refused_together(tmp_path: Path) -> None:
    """One line says all that is missing."""
    given = {name: ACCOUNTS[name] for name in ("registry", "publisher", "team", "board")}
    with pytest.raises(InputError, match=r"the accounts named old, attester, platform, heir$"):
        draft_of(tmp_path).resolve(given)


def test_account_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    """A deployment cannot redirect what the file fixes, but may repeat it."""
    draft = draft_of(tmp_path)
    draft.resolve(ACCOUNTS | {"treasury": checksummed((0xAA).to_bytes(20))})
    with pytest.raises(InputError, match=r"account treasury: given as .*01, the file says .*AA"):
        draft.resolve(ACCOUNTS | {"treasury": checksummed((1).to_bytes(20))})


def test_malformed_account_of_a_deployment_is_refused(tmp_path: Path) -> None:
    """The message has the name that the address was given for."""
    with pytest.raises(InputError, match="account registry: '0x1' is not an address"):
        draft_of(tmp_path).resolve(ACCOUNTS | {"registry": "0x1"})


def test_second_table_belongs_to_the_better_of_two(tmp_path: Path) -> None:
    """The minimum has its own table exactly when its coefficient counts."""
    table = '\n[[holdings.minimum_tiers]]\nholding = "5 OLD"\ncoefficient = 1\n'
    holdings = draft_of(
        tmp_path, ('"mean"', '"better-of"'), ('excluded = ["registry", "old"]\n', table)
    ).holdings
    assert holdings.statistic is Statistic.BETTER_OF
    assert [row.tier for row in holdings.minimum_tiers] == [
        Tier(threshold=5 * 10**8, coefficient=1)
    ]


def test_holdings_are_counted_as_the_file_says(tmp_path: Path) -> None:
    """On the sale's chain, and drawn there, unless others are named; who is excluded in order."""
    holdings = draft_of(tmp_path).resolve(ACCOUNTS).holdings
    assert (holdings.chain_id, holdings.seed_chain_id) == (1, 1)
    assert (holdings.day_count, holdings.statistic) == (30, Statistic.MEAN.number)
    assert holdings.days_end == holdings.draw_time - 3_600
    assert holdings.days_start == holdings.days_end - 30 * 86_400
    registry, old = (20).to_bytes(20), (27).to_bytes(20)
    assert (holdings.token, holdings.excluded) == (old, (registry, old))
    elsewhere = draft_of(tmp_path, ("days = 30\n", "days = 30\nchain_id = 10\n"))
    counted = elsewhere.resolve(ACCOUNTS).holdings
    assert (counted.chain_id, counted.seed_chain_id) == (10, 10)
    drawn = draft_of(tmp_path, ("days = 30\n", "days = 30\nchain_id = 10\nrandomness_of = 1\n"))
    counted = drawn.resolve(ACCOUNTS).holdings
    assert (counted.chain_id, counted.seed_chain_id) == (10, 1)


def test_holdings_can_be_counted_while_other_names_are_open(tmp_path: Path) -> None:
    """Whoever counts needs the token and who is excluded, and nobody else of the sale."""
    draft = draft_of(tmp_path)
    needed = {name: ACCOUNTS[name] for name in ("registry", "old")}
    assert draft.counted(needed) == draft.resolve(ACCOUNTS).holdings
    with pytest.raises(InputError, match="no address for the accounts named old"):
        draft.counted({"registry": ACCOUNTS["registry"]})


MISTAKES = [
    ("title = ", "titel = ", "title: Field required"),
    ("chain_id = 1\n", 'chain_id = "1"\n', "chain_id: "),
    ("chain_id = 1\n", "chain_id = 0\n", "chain_id: "),
    ("2030-01-02T00:00:00Z", "2030-01-02T00:00:00", "settle_deadline: .* no zone"),
    ("2030-01-02T00:00:00Z", "2030-01-02T00:00:00.5Z", "settle_deadline: .* whole second"),
    ("2030-01-02T00:00:00Z", "1969-12-31T23:59:59Z", "settle_deadline: .* whole second"),
    ("2030-01-02T00:00:00Z", "1893456000", "settle_deadline: 1893456000 must be a text"),
    ("2030-01-02T00:00:00Z", '"soon"', "settle_deadline: 'soon' is not a time"),
    ("treasury = ", "Treasury = ", "no address for the accounts named treasury"),
    ("00000000AA", "00000000Aa", "accounts.treasury: .* wrong checksum"),
    ('symbol = "NEW"', 'symbol = "N E W"', "tokens.sale.symbol: "),
    ("decimals = 18", "decimals = 18.0", "tokens.sale.decimals: "),
    ("decimals = 18", "decimals = 37", "tokens.sale.decimals: "),
    ('address = "native"', 'address = "Native"', "tokens.payment.address: 'Native' is neither"),
    ('address = "0x0000000000000000000000000000000000000001"', 'address = "native"',
     "tokens.sale.address: 'native' is for the payment token only"),
    ('"0.5 USD per NEW"', '"0.5 USD"', "deal.price: '0.5 USD' is not a price"),
    ('"0.5 USD per NEW"', "0.5", "deal.price: 0.5 must be a text"),
    ('"0.5 USD per NEW"', '"0.5 NEW per USD"', "deal.price: .* unit 'NEW', expected 'USD'"),
    ('"100 USD"', '"501 USD"', "softCap: 501000000 is above the most, 500000000"),
    ('"100 USD"', '"100 NEW"', "deal.soft_cap: .* unit 'NEW', expected 'USD'"),
    ('account_cap = "none"', "account_cap = 0", "deal.account_cap: 0 must be a text"),
    ('minimum = "0.1 NEW"', 'minimum = "none"', "deal.minimum: "),
    ('minimum = "0.1 NEW"\n', 'minimum = "0.1 NEW"\nmaximum = "1 NEW"\n', "deal.maximum: Extra"),
    ("level = 2", "level = 0", "admission.level: "),
    ("level = 2", "level = 256", "admission.level: "),
    ("level = 2", "level = true", "admission.level: "),
    ('["FR", "DE"]', '["FR", "EU"]', "admission.admitted: 'EU' is no ISO"),
    ('["FR", "DE"]', '"FR"', "admission.admitted: "),
    ('["FR", "DE"]\n', '["FR", "DE"]\nexcluded = ["US"]\n', "admission: give either"),
    ('admitted = ["FR", "DE"]\n', "", "admission: give either"),
    ('"0x0000000000000000000000000000000000000009"', '"0x0000000000000000000000000000000000000000"',
     "admission.attesters.1.: the zero address"),
    ('"2.5 %"', '"2.555 %"', "parties.fee: .* 3 digits behind the point, of 2"),
    ('"2.5 %"', "2.5", "parties.fee: 2.5 must be a text"),
    ('"2.5 %"', '"100.01 %"', "feeBps: 10001 is above the most, 10000"),
    ('fee_to = "platform"\n', "", "parties.fee_to: Field required"),
    ('"4 weeks"', '"1 month"', "vesting.cliff: '1 month' has the unit 'month'"),
    ('"4 weeks"', '"1.5 weeks"', "vesting.cliff: '1.5' is not a plain decimal integer"),
    ('"4 weeks"', '"53 weeks"', "vesting.cliffSeconds: 32054400 is above the most, 31449600"),
    ('"90 minutes"', '"13 hours"', "settleDeadline: 1893542400 is below the least, 1893546001"),
    ('"5000 NEW"', '"999 NEW"', "session.limit in row 1: .* is below the least"),
    ('"1000 NEW"', '"1000 USD"', r"sessions\[0\].supply: .* unit 'USD', expected 'NEW'"),
    ('"20.5 OLD"', '"10 OLD"', "tier.threshold in row 2: 1000000000 is not above 1000000000"),
    ("coefficient = 3", "coefficient = 1", "tier.coefficient in row 2: 1 is below the least, 2"),
    ("coefficient = 3", "coefficient = 3.0", r"tiers\[1\].coefficient: "),
    ('"1 hour"', '"0 hours"', "challengeSeconds: 0 is below the least, 1"),
    ('challenge_window = "1 hour"\n', "", "holdings.challenge_window: Field required"),
    ('"mean"', '"median"', "holdings.statistic: "),
    ('"25 %"\ngrace', '"26 %"\ngrace', "escrow.shares: 10100 is above the most, 10000"),
    ('"2 weeks"', "14", "escrow.grace: 14 must be a text"),
    ('"12.5 %"', '"0 %"', "escrow.objectionBps: 0 is below the least, 1"),
    ('"heir"', '"Heir"', "escrow.remainder_to: 'Heir' is neither"),
    ("2030-03-01T00:00:00Z", "2030-03-01T00:00:00", r"milestones\[0\].deadline: .* no zone"),
    ("2030-03-01T00:00:00Z", "2030-01-01T23:59:59Z",
     "milestone.deadline in row 1: 1893542399 is below the least, 1893542400"),
    ("2030-04-01T00:00:00Z", "2030-03-01T00:00:00Z",
     "milestone.deadline in row 2: 1898553600 is below the least, 1898553601"),
    ("0000af", "0000AF", r"milestones\[0\].description_sha256: .* is not 64 hexadecimal digits"),
    ("0000af", "000af", r"milestones\[0\].description_sha256: .* is not 64 hexadecimal digits"),
    ("0000af", "000000", "milestone.descriptionHash in row 1: 0 must differ from 0"),
    ('"7.5 NEW"', '"7.5 OLD"', r"allocations\[0\].amount: .* unit 'OLD', expected 'NEW'"),
    ('"7.5 NEW"', '"0 NEW"', "allocation.amount in row 1: 0 is below the least, 1"),
    ('"board"', '"none of us"', r"allocations\[0\].revoker: .* is neither"),
    ('"10 days"', '"101 days"', "allocation.cliffSeconds in row 1: 8726400 is above the most, 8640000"),
    ('"mean"', '"better-of"', "holdings: give `minimum_tiers`"),
    ("days = 30", "days = 0", "holdings.days: "),
    ("[tokens.sale]", "[tokens.sold]", "tokens.sale: Field required"),
    ("[deal]", "[deal", "not TOML: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES)
def test_mistake_is_named_by_its_field(tmp_path: Path, old: str, new: str, message: str) -> None:
    """One wrong value is one line that says where it is and what it had to be."""
    with pytest.raises(InputError, match=message) as refused:
        draft_of(tmp_path, (old, new)).resolve(ACCOUNTS)
    assert "\n" not in str(refused.value)


def test_settle_deadline_one_second_behind_the_window_is_enough(tmp_path: Path) -> None:
    """The bound of the message above is the first that passes."""
    window = ('"90 minutes"', '"43199 seconds"')
    assert draft_of(tmp_path, window).resolve(ACCOUNTS).sale.sessions[0].end == 1_893_542_399


def test_missing_file_is_named() -> None:
    """A path that leads nowhere is bad input like any other."""
    with pytest.raises(InputError, match=r"nowhere\.toml: cannot be read: No such file"):
        drafts.read(Path("nowhere.toml"))
