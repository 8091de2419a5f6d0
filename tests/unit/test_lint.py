"""Lint: every code fires on the smallest edit of a good file, at the line of that edit, with its figures.

The good file is the EM sale with a soft cap and an address for every name, before its review.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.accounts import checksummed
from jumpstart.amounts import Token
from jumpstart.cli import main
from jumpstart.errors import InputError
from jumpstart.lint import on_chain, registry, tokens
from jumpstart.lint.case import Known
from jumpstart.lint.findings import Finding, Severity
from jumpstart.lint.linter import lint
from jumpstart.lint.rules import FIELDS
from jumpstart.lint.tokens import PAYMENT_TOKEN, SALE_TOKEN, behaviour
from jumpstart.lint.traits import Trait
from jumpstart.times import parse_time
from tests.unit.conftest import PROJECT
from tests.unit.test_drafts import ACCOUNTS as OTHERS
from tests.unit.test_drafts import DRAFT, MISTAKES

NOW = parse_time("2019-06-01T00:00:00Z")
NAMES = (
    "sale-token", "payment-token", "pass-registry", "attester", "holdings-publisher", "proceeds",
    "treasury", "platform", "project", "holding-token",
)  # fmt: skip
ADDRESS = {name: checksummed((0xA0000000 + row).to_bytes(20)) for row, name in enumerate(NAMES)}
ACCOUNTS = "\n[accounts]\n" + "".join(f'{name} = "{ADDRESS[name]}"\n' for name in NAMES)

# The token is there already: only then is there something to compare it with.
GOOD = (
    re.sub(
        r"\[tokens\.sale\.creation\][^\[]*", "", (PROJECT / "sales" / "em-2019-07.toml").read_text()
    ).replace('soft_cap = "none"', 'soft_cap = "252000 USDT"')
    + ACCOUNTS
)

EM, USDT, OKB = (
    Token(symbol="EM", decimals=18),
    Token(symbol="USDT", decimals=6),
    Token(symbol="OKB", decimals=18),
)
VAULT = bytes.fromhex(ADDRESS["treasury"][2:])


@dataclass(frozen=True)
class Sample:
    """The code that fires when pieces of the good file are replaced, in the line where the first
    replacement begins, or where `line` does.
    """

    code: str
    edits: Mapping[str, str]
    field: str
    says: str
    line: str = ""
    now: str = "2019-06-01T00:00:00Z"
    known: Known | None = None

    @property
    def text(self) -> str:
        text = GOOD
        for old, new in self.edits.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        return text

    @property
    def expected_line(self) -> int:
        anchor = self.line or next(iter(self.edits.values()))
        assert anchor in self.text
        return self.text[: self.text.index(anchor)].count("\n") + 1


SESSION_1 = GOOD[GOOD.index("[[sessions]]") : GOOD.index("supply =")]
SECOND = GOOD[GOOD.index("[[sessions]]\nstart = 2019-07-31T05") : GOOD.index("# The least mean")]
MILESTONES = GOOD[GOOD.index("# Ours, deadlines") : GOOD.index("[[allocations]]")]
VESTING = GOOD[GOOD.index("[vesting]") : GOOD.index("[[sessions]]")]
ALLOCATION = GOOD[GOOD.index("[[allocations]]") : GOOD.index("\n[accounts]")]
EXCLUDED = 'excluded = ["US", "CN", "HK", "IR", "KP"]'
DRAW = GOOD[GOOD.index("draw =") : GOOD.index("\n[escrow]")]
TIER_5 = 'holding = "2500 OKB"\ncoefficient = 5'


def tiers(*coefficients: int) -> dict[str, str]:
    """Other coefficients in the table."""
    return {
        f'holding = "{500 * row} OKB"\ncoefficient = {row}\n': f'holding = "{500 * row} OKB"\ncoefficient = {new}\n'
        for row, new in enumerate(coefficients, 1)
    }


def better_of(*rows: tuple[str, int]) -> dict[str, str]:
    """A second table."""
    table = "".join(
        f'[[holdings.minimum_tiers]]\nholding = "{holding}"\ncoefficient = {coefficient}\n'
        for holding, coefficient in rows
    )
    return {'"mean"\ndays = 30\n': '"better-of"\ndays = 30\n', DRAW: f"{DRAW}\n{table}"}


SAMPLES = [
    # ---------------------------------------------------------------------------------- the form
    Sample("form.missing", {"level = 1\n": ""}, "admission.level", "is missing",
           line="[admission]"),
    Sample("form.missing", {"days = 30\n": "", "title = ": "# title = "}, "title", "is missing",
           line="# Eminer"),
    Sample("form.unknown", {"soft_cap =": "softcap ="}, "deal.softcap",
           "is no field of terms; soft_cap is one"),
    Sample("form.unknown", {"cliff = \"180": "clif = \"180"}, "allocations[0].clif",
           "is no field of terms; cliff is one"),
    Sample("form.value", {'"1 EM"': '"1 USDT"'}, "deal.minimum",
           "'1 USDT' has the unit 'USDT', expected 'EM'"),
    Sample("form.value", {"level = 1": "level = 300"}, "admission.level",
           "300: input should be less than or equal to 255"),
    Sample("form.value", {"2019-10-01T00:00:00Z": "2019-10-01T00:00:00"}, "milestones[0].deadline",
           "has no zone"),
    # ---------------------------------------------------------------------------------- contracts
    Sample("rule.times", {"2019-08-07T05:10:00Z": "2019-07-31T05:10:00Z"}, "settle_deadline",
           "2019-07-31T05:10:00Z is below the least, 2019-07-31T05:10:01Z"),
    Sample("rule.times", {'cliff = "180 days"': 'cliff = "721 days"'}, "allocations[0].cliff",
           "721 days is above the most, 720 days"),
    Sample("rule.amounts", {'"84000000 EM"': '"16000000 EM"'}, "sessions[0].limit",
           "16000000 EM is below the least, 16800000 EM"),
    Sample("rule.amounts", {'"252000 USDT"': '"504000.000001 USDT"'}, "deal.soft_cap",
           "504000.000001 USDT is above the most, 504000 USDT"),
    Sample("rule.shares", {'fee = "0 %"': 'fee = "100.01 %"'}, "parties.fee",
           "100.01 % is above the most, 100 %"),
    Sample("rule.sum", {'initial = "20 %"': 'initial = "19.5 %"'}, "escrow.initial",
           "the shares are 99.5 % together, not 100 %"),
    Sample("rule.table", {'"1500 OKB"': '"999.5 OKB"'}, "tiers[2].holding",
           "999.5 OKB is not above 1000 OKB"),
    Sample("rule.table", tiers(1, 2, 2), "tiers[2].coefficient",
           "2 is below the least, 3", line='coefficient = 2\n\n[[tiers]]\nholding = "2000'),
    Sample("rule.lists", {'attesters = ["attester"]': "attesters = []"}, "admission.attesters",
           "0 is below the least, 1"),
    Sample("rule.accounts", {ADDRESS["payment-token"]: ADDRESS["sale-token"]},
           "tokens.payment.address", "must differ from 'sale-token'",
           line='address = "payment-token"'),
    Sample("rule.bounds", {"chain_id = 1337": f"chain_id = {2**64}"}, "chain_id",
           "18,446,744,073,709,551,616 is above the most, 18,446,744,073,709,551,615"),
    # ---------------------------------------------------------------------------------- times
    Sample("time.past", {}, "sessions[0].start", "2019-07-31T04:00:00Z was 1 minute ago",
           line="start = 2019-07-31T04", now="2019-07-31T04:01:00Z"),
    Sample("time.listing", {}, "holdings.draw",
           "the draw was 0 seconds ago, and a listing must be before it",
           line="draw = 2019-07-28T01", now="2019-07-28T01:00:00Z"),
    Sample("time.review", {}, "holdings.draw",
           "the draw is in 13 days 23 hours, and a review may take 14 days",
           line="draw = 2019-07-28T01", now="2019-07-14T01:00:01Z"),
    Sample("time.review", {}, "holdings.draw",
           "in 57 days 1 hour, and this platform's review may take 60 days",
           line="draw = 2019-07-28T01", known=Known(review_seconds=60 * 86_400)),
    Sample("time.zone", {"2019-10-01T00:00:00Z": "2019-10-01T00:00:00+02:00"},
           "milestones[0].deadline", "2019-10-01T00:00:00+02:00 is 2019-09-30T22:00:00Z in UTC"),
    Sample("time.zone", {"2019-10-01T00:00:00Z": '"2019-10-01T00:00:00-01:00"'},
           "milestones[0].deadline", "is 2019-10-01T01:00:00Z in UTC"),
    Sample("session.short", {SESSION_1: SESSION_1.replace("10 minutes", "59 seconds")},
           "sessions[0].duration", "59 seconds, less than 1 minute",
           line='duration = "59 seconds"'),
    Sample("session.long", {SECOND: SECOND.replace("10 minutes", "31 days"),
                            "2019-08-07T05:10": "2019-09-07T05:10",
                            "2019-08-01T": "2019-09-01T"},
           "sessions[1].duration", "31 days, more than 30 days", line='duration = "31 days"'),
    Sample("session.pause", {"2019-07-31T05:00:00Z": "2019-07-31T04:14:59Z"}, "sessions[1].start",
           "4 minutes 59 seconds after session 1 ends"),
    Sample("settle.soon", {"2019-08-07T05:10:00Z": "2019-07-31T06:09:59Z"}, "settle_deadline",
           "59 minutes 59 seconds after the last session ends, 2019-07-31T05:10:00Z"),
    Sample("settle.tight", {"2019-08-07T05:10:00Z": "2019-08-01T05:09:00Z"}, "settle_deadline",
           "23 hours 59 minutes after"),
    Sample("settle.late", {"2019-08-07T05:10:00Z": "2019-10-30T05:10:00Z",
                           MILESTONES: "", 'initial = "20 %"': 'initial = "100 %"'},
           "settle_deadline", "91 days after"),
    Sample("holdings.challenge-short", {'challenge_window = "1 day"': 'challenge_window = "5 hours"'},
           "holdings.challenge_window", "5 hours, less than 6 hours"),
    Sample("holdings.one-day", {"days = 30\n": "days = 1\n"}, "holdings.days", "1 day is counted"),
    Sample("rule.table", better_of(("5 OKB", 1), ("5 OKB", 2)),
           "holdings.minimum_tiers[1].holding", "5 OKB is not above 5 OKB",
           line='holding = "5 OKB"\ncoefficient = 2'),
    Sample("rule.table", better_of(("5 OKB", 2), ("6 OKB", 1)),
           "holdings.minimum_tiers[1].coefficient", "1 is below the least, 3",
           line="coefficient = 1\n\n[escrow]"),
    Sample("rule.table", better_of(("5 OKB", 6)),
           "holdings.minimum_tiers[0].coefficient", "6 is above the most, 5",
           line="coefficient = 6"),
    Sample("rule.times", {"2019-07-28T01:00:00Z": "2019-07-28T04:00:01Z"}, "sessions[0].start",
           "2019-07-31T04:00:00Z is below the least, 2019-07-31T04:00:01Z",
           line="start = 2019-07-31T04"),
    # ---------------------------------------------------------------------------------- amounts
    Sample("supply.short", {}, "tokens.sale",
           "33600000 EM are on sale, 210000000 EM are locked, but there are 243599999 EM",
           line="[tokens.sale]", known=Known(supplies={EM: 243_599_999 * 10**18})),
    Sample("supply.short", {'address = "sale-token"':
                            'address = "sale-token"\ncreation = { name = "Eminer", supply = "1 EM" }'},
           "tokens.sale", "but there are 1 EM", line="[tokens.sale]"),
    Sample("supply.lopsided", {SECOND: SECOND.replace("16800000 EM", "839999 EM")},
           "sessions[1].supply", "839999 EM, another session has 16800000 EM",
           line='supply = "839999'),
    Sample("limit.near", {'"84000000 EM"': '"18479999 EM"'}, "sessions[0].limit",
           "18479999 EM, the supply is 16800000 EM"),
    Sample("limit.far", {'"84000000 EM"': '"16800000001 EM"'}, "sessions[0].limit",
           "the supply is 16800000 EM: 1,000 times less"),
    Sample("cap.loose", {'account_cap = "none"': 'account_cap = "33600000 EM"'}, "deal.account_cap",
           "33600000 EM, of 33600000 EM on sale"),
    Sample("cap.tight", {'account_cap = "none"': 'account_cap = "335.99 EM"'}, "deal.account_cap",
           "selling 33600000 EM takes 100,003 accounts, more than 100,000"),
    Sample("cap.minimum", {'account_cap = "none"': 'account_cap = "1.9 EM"'}, "deal.account_cap",
           "1.9 EM, minimum 1 EM"),
    Sample("minimum.out-of-reach", {'"1 EM"': '"84000000.1 EM"'}, "deal.minimum",
           "84000000.1 EM, the limit of session 1 is 84000000 EM"),
    Sample("minimum.large", {'"1 EM"': '"168001 EM"'}, "deal.minimum",
           "168001 EM, 1 % of the supply of session 1"),
    Sample("soft-cap.none", {'"252000 USDT"': '"none"'}, "deal.soft_cap",
           "the sale succeeds with 1 EM of 33600000 EM"),
    Sample("soft-cap.whole", {'"252000 USDT"': '"478801 USDT"'}, "deal.soft_cap",
           "478801 USDT, of 504000 USDT for everything"),
    Sample("soft-cap.out-of-reach", {'"252000 USDT"': '"252000 USDT"',
                                     'account_cap = "none"': 'account_cap = "167 EM"'},
           "deal.soft_cap", "takes 100,599 accounts that each pay the most, 2.505 USDT",
           line="soft_cap ="),
    Sample("tier.out-of-reach", {}, "tiers[4].holding", "2500 OKB, there are 2499 OKB",
           line='holding = "2500 OKB"', known=Known(supplies={OKB: 2_499 * 10**18})),
    Sample("tier.out-of-reach", {'"mean"\ndays = 30': '"sum"\ndays = 7'}, "tiers[4].holding",
           "2500 OKB, there are 2499 OKB over 7 days",
           line='holding = "2500 OKB"', known=Known(supplies={OKB: 357 * 10**18})),
    Sample("tier.close", tiers(1, 2, 3, 400, 404), "tiers[4].coefficient",
           "404 is 1 % above 400", line="coefficient = 404"),
    Sample("tier.factor", tiers(2, 4, 6, 8, 10), "tiers",
           "all are multiples of 2; the same as 1, 2, 3, 4, 5", line="[[tiers]]"),
    Sample("amount.near-bound", {'amount = "210000000 EM"': f'amount = "{2**95 // 10**18 + 1} EM"'},
           "allocations[0].amount", "is 50 % of the most, 79228162514264337593543950335 base units"),
    # ---------------------------------------------------------------------------------- the price
    Sample("price.dust", {'"1 EM"': '"0.00006 EM"'}, "deal.minimum",
           "0.00006 EM costs 0.9 base units of USDT, and 1 is paid, 11.1 % more"),
    Sample("price.rounding", {'"1 EM"': '"0.05 EM"'}, "deal.minimum",
           "0.05 EM costs 750 base units of USDT: rounding up adds up to 0.133 %"),
    Sample("price.pieces", {'symbol = "EM"\ndecimals = 18': 'symbol = "EM"\ndecimals = 2'},
           "deal.minimum", "1 EM is 100 base units: rounding down takes up to 1 %",
           line='minimum = "1 EM"'),
    Sample("price.coarse", {"504000 USDT per 33600000 EM": "33566.4 USDT per 33600000 EM",
                            '"252000 USDT"': '"25200 USDT"'},
           "deal.price", "1 EM costs 999 base units of USDT, less than 1,000"),
    Sample("price.huge", {'symbol = "EM"\ndecimals = 18': 'symbol = "EM"\ndecimals = 0',
                          '"16800000 EM"': '"400 EM"', 'supply = "16800000 EM"\nlimit = "none"':
                          'supply = "400 EM"\nlimit = "none"', '"84000000 EM"': '"2000 EM"',
                          '"252000 USDT"': '"6 USDT"'},
           "deal.price", "one base unit of EM is 0.125 % of all that is on sale, and costs 0.015 USDT",
           line="price ="),
    Sample("price.inexact", {"504000 USDT per 33600000 EM": "504000 USDT per 33600001 EM",
                             '"252000 USDT"': '"25200 USDT"'},
           "deal.price", "1 EM costs 14,999 and a fraction base units of USDT"),
    Sample("price.left-over", {"504000 USDT per 33600000 EM": "504000 USDT per 33600001 EM",
                               '"252000 USDT"': '"25200 USDT"'},
           "deal.price", "all that is on sale costs 503,999,985,000 and a fraction base units"),
    # ---------------------------------------------------------------------------------- vesting
    Sample("vesting.early", {VESTING: VESTING.replace("2019-08-01T00:00:00Z", "2019-07-31T05:09:59Z")},
           "vesting.start", "2019-07-31T05:09:59Z, but the last session ends at 2019-07-31T05:10:00Z",
           line="start = 2019-07-31T05:09:59Z"),
    Sample("vesting.late", {ALLOCATION: ALLOCATION.replace("2019-08-01T00", "2020-07-31T00")},
           "allocations[0].start", "365 days 18 hours after the last session ends",
           line="start = 2020-07-31"),
    Sample("vesting.endless", {'duration = "720 days"': 'duration = "720 weeks"'},
           "allocations[0].duration", "it ends 5040 days 18 hours after the sale, more than 3650 days"),
    Sample("vesting.whole", {'unlock = "25 %"': 'unlock = "100 %"', MILESTONES: "",
                             'initial = "20 %"': 'initial = "100 %"'},
           "vesting.unlock", "100 % are free at the start of 360 days"),
    Sample("vesting.uneven", {'duration = "720 days"\nstep = "30 days"':
                              'duration = "720 days"\nstep = "50 days"'},
           "allocations[0].step", "720 days are 14 steps of 50 days and 20 days more",
           line='step = "50'),
    Sample("vesting.step-long", {'cliff = "180 days"\nduration = "720 days"\nstep = "30 days"':
                                 'cliff = "540 days"\nduration = "720 days"\nstep = "360 days"'},
           "allocations[0].step", "360 days, but the cliff leaves 180 days of 720 days",
           line='step = "360'),
    Sample("vesting.cliff-split", {'cliff = "180 days"': 'cliff = "200 days"'},
           "allocations[0].cliff",
           "200 days, but what is free then is that of 180 days, in steps of 30 days"),
    Sample("vesting.cliff-whole", {'cliff = "180 days"': 'cliff = "720 days"'},
           "allocations[0].cliff", "720 days, as long as the vesting"),
    Sample("allocation.unlocked", {'unlock = "0 %"\ncliff = "180 days"\nduration = "720 days"\nstep = "30 days"':
                                   'unlock = "100 %"\ncliff = "0 days"\nduration = "0 days"\nstep = "0 days"'},
           "allocations[0].duration", "210000000 EM are free at 2019-08-01T00:00:00Z",
           line='duration = "0 days"'),
    Sample("allocation.faster", {'duration = "720 days"': 'duration = "330 days"'},
           "allocations[0].duration",
           "210000000 EM have vested at 2020-06-26T00:00:00Z, what is sold at 2020-07-26T00:00:00Z"),
    # ---------------------------------------------------------------------------------- delivery
    Sample("delivery.none", {'initial = "20 %"': 'initial = "100 %"', MILESTONES: ""},
           "escrow.initial", "the initial share is 100 %, and there are no milestones"),
    Sample("delivery.initial", {'initial = "20 %"': 'initial = "50.01 %"',
                                '"20 %"\ndeadline = 2019-10': '"4.99 %"\ndeadline = 2019-10',
                                '"20 %"\ndeadline = 2019-12': '"5 %"\ndeadline = 2019-12'},
           "escrow.initial", "50.01 %, more than 50 %"),
    Sample("delivery.last", {'initial = "20 %"': 'initial = "1 %"',
                             '"20 %"\ndeadline = 2019-10': '"4 %"\ndeadline = 2019-10',
                             '"20 %"\ndeadline = 2020-04': '"55 %"\ndeadline = 2020-04'},
           "milestones[3].share", "55 % of the proceeds, more than 50 %", line='share = "55 %"'),
    Sample("delivery.soon", {"2019-10-01T00:00:00Z": "2019-08-14T05:09:59Z"},
           "milestones[0].deadline", "6 days 23 hours after the deadline to settle"),
    Sample("delivery.overtaken", {"2019-12-01T00:00:00Z": "2019-10-08T00:00:00Z"},
           "milestones[1].deadline", "7 days after milestone 1 is due"),
    Sample("delivery.same-words", {'"641af097e55864988630458a4a9930a130b3a0ffe5caaf492a99247bb05a380b"':
                                   '"700598dd23aa2de7ab2451f19ae374e07a472331c072d0f6e62d2b4c76071ab0" # again'},
           "milestones[1].description_sha256", "the same hash as that of milestone 1",
           line="# again"),
    Sample("exit.none", {"2020-04-01T00:00:00Z": "2020-07-12T00:00:00Z"}, "milestones[3].deadline",
           "it is missed at 2020-07-26T00:00:00Z, but all has vested at 2020-07-26T00:00:00Z"),
    Sample("exit.veto", {"2020-04-01T00:00:00Z": "2020-07-05T00:00:00Z"}, "milestones[3].deadline",
           "it can be vetoed until 2020-07-26T00:00:00Z, but all has vested at 2020-07-26T00:00:00Z"),
    Sample("exit.thin", {"2020-04-01T00:00:00Z": "2020-07-01T00:00:00Z"}, "milestones[3].deadline",
           "it is missed at 2020-07-15T00:00:00Z, when 6.25 % has not vested"),
    Sample("exit.short", {'exit_window = "30 days"': 'exit_window = "6 days"'}, "escrow.exit_window",
           "6 days, less than 7 days"),
    Sample("exit.remainder", {'remainder_to = "treasury"': 'remainder_to = "proceeds"'},
           "escrow.remainder_to", "'proceeds' receives the proceeds too"),
    Sample("objection.short", {'objection_window = "7 days"': 'objection_window = "47 hours"'},
           "escrow.objection_window", "1 day 23 hours, less than 2 days"),
    Sample("objection.high", {'objection_share = "20 %"': 'objection_share = "33.34 %"'},
           "escrow.objection_share", "33.34 % of all tokens sold, more than 33.33 %"),
    Sample("objection.low", {'objection_share = "20 %"': 'objection_share = "0.99 %"'},
           "escrow.objection_share", "0.99 % of all tokens sold, less than 1 %"),
    Sample("objection.single", {'account_cap = "none"': 'account_cap = "6720000 EM"'},
           "escrow.objection_share",
           "20 % of all tokens sold; the account cap of 6720000 EM is 20 % of what is on sale",
           line="objection_share"),
    # ---------------------------------------------------------------------------------- accounts
    Sample("names.open", {'proceeds_to = "proceeds"': 'proceeds_to = "somebody"'},
           "parties.proceeds_to", "'somebody' has no address yet"),
    Sample("names.unused", {'proceeds_to = "proceeds"': 'proceeds_to = "platform"'},
           "accounts.proceeds", "no field names 'proceeds'", line=f'proceeds = "{ADDRESS["proceeds"]}'),
    Sample("people.contract", {'proceeds_to = "proceeds"': 'proceeds_to = "payment-token"'},
           "parties.proceeds_to", "'payment-token' is the payment token"),
    Sample("people.contract", {'beneficiary = "treasury"': f'beneficiary = "{ADDRESS["pass-registry"]}"'},
           "allocations[0].beneficiary", "'pass-registry' is the pass registry"),
    Sample("people.same-contract", {'pass_registry = "pass-registry"': 'pass_registry = "sale-token"'},
           "admission.pass_registry", "it is the token on sale"),
    Sample("people.nobody", {'unsold_to = "treasury"': f'unsold_to = "0x{"0" * 36}dead"'},
           "parties.unsold_to", "0x000000000000000000000000000000000000dEaD is no account of anybody"),
    Sample("people.nobody", {'unsold_to = "treasury"': f'unsold_to = "0x{"0" * 38}09"'},
           "parties.unsold_to", "is no account of anybody"),
    Sample("fee.high", {'fee = "0 %"': 'fee = "10.01 %"'}, "parties.fee", "10.01 %, more than 10 %"),
    Sample("fee.highest", {'fee = "0 %"': 'fee = "50.01 %"'}, "parties.fee", "50.01 %, more than 50 %"),
    Sample("fee.own", {'fee = "0 %"': 'fee = "1 %"', 'fee_to = "platform"': 'fee_to = "proceeds"'},
           "parties.fee_to", "'proceeds' receives 1 % and the proceeds", line='fee_to = "proceeds"'),
    Sample("people.attester-twice", {'attesters = ["attester"]': 'attesters = ["attester", "attester"]'},
           "admission.attesters[1]", "'attester' is attester 1"),
    Sample("people.attester-receives", {'attesters = ["attester"]': 'attesters = [\n  "attester",\n  "platform",\n]'},
           "admission.attesters[1]", "'platform' receives the fee", line='"platform",\n]'),
    Sample("people.publisher-attests", {'publisher = "holdings-publisher"': 'publisher = "attester"'},
           "parties.holdings_publisher", "'attester' is an attester"),
    Sample("people.publisher-receives", {'publisher = "holdings-publisher"': 'publisher = "proceeds"'},
           "parties.holdings_publisher", "'proceeds' receives the proceeds"),
    Sample("people.unsold", {'unsold_to = "treasury"': 'unsold_to = "proceeds"'}, "parties.unsold_to",
           "'proceeds' receives the proceeds too"),
    Sample("allocation.self-revoking", {'amount = "210000000 EM"': 'amount = "210000000 EM"\nrevoker = "treasury"'},
           "allocations[0].revoker", "'treasury' is beneficiary and revoker", line='revoker = '),
    Sample("allocation.vault", {}, "allocations[0].beneficiary", "'treasury' is the platform's vault",
           line="beneficiary =", known=Known(vault=VAULT)),
    # ---------------------------------------------------------------------------------- jurisdictions
    Sample("jurisdictions.unknown", {EXCLUDED: 'excluded = [\n  "US",\n  "EU",\n]'},
           "admission.excluded[1]", "'EU' is no ISO 3166-1 alpha-2 code", line='"EU"'),
    Sample("jurisdictions.unknown", {EXCLUDED: 'excluded = ["us"]'}, "admission.excluded[0]",
           "'us' is no ISO 3166-1 alpha-2 code; US is one"),
    Sample("jurisdictions.both", {EXCLUDED: f'{EXCLUDED}\nadmitted = ["FR", "DE", "CH", "AT"]'},
           "admission.excluded", "there is a list `admitted` too"),
    Sample("jurisdictions.neither", {EXCLUDED: ""}, "admission",
           "neither `admitted` nor `excluded` is given", line="[admission]"),
    Sample("jurisdictions.twice", {EXCLUDED: 'excluded = ["US", "CN", "US"]'},
           "admission.excluded[2]", "'US' is entry 1 too"),
    Sample("jurisdictions.everybody", {EXCLUDED: "excluded = []"}, "admission.excluded",
           "all 250 jurisdictions are admitted"),
    Sample("jurisdictions.few", {EXCLUDED: 'admitted = ["US", "CN", "HK"]'}, "admission.admitted",
           "3 are admitted"),
]  # fmt: skip


def identity(sample: Sample) -> str:
    return f"{sample.code}-{sample.field}"


@pytest.mark.parametrize("sample", SAMPLES, ids=identity)
def test_finding_has_the_field_the_line_and_the_figures(sample: Sample) -> None:
    """Whatever else the edit breaks."""
    report = lint(sample.text, now=parse_time(sample.now), known=sample.known)
    found = [
        each for each in report.findings if (each.code, each.field) == (sample.code, sample.field)
    ]
    assert len(found) == 1, report.findings
    assert sample.says in found[0].message
    assert found[0].line == sample.expected_line
    assert found[0].severity is registry.CODES[sample.code].severity
    assert found[0].fix


def test_good_terms_have_no_finding() -> None:
    """Every rule that has a sample is silent on what the samples were edited from."""
    assert lint(GOOD, now=NOW).findings == ()
    assert lint(GOOD, now=parse_time("2019-07-14T01:00:00Z")).findings == ()  # the last moment


AT_THE_BOUND: list[tuple[str, dict[str, str]]] = [
    ("session.short", {SESSION_1: SESSION_1.replace("10 minutes", "1 minute")}),
    ("session.long", {SECOND: SECOND.replace("10 minutes", "30 days"),
                      "2019-08-07T05:10": "2019-09-07T05:10"}),
    ("session.pause", {"2019-07-31T05:00:00Z": "2019-07-31T04:15:00Z"}),
    ("settle.soon", {"2019-08-07T05:10:00Z": "2019-07-31T06:10:00Z"}),
    ("settle.tight", {"2019-08-07T05:10:00Z": "2019-08-01T05:10:00Z"}),
    ("settle.late", {"2019-08-07T05:10:00Z": "2019-10-29T05:10:00Z"}),
    ("holdings.challenge-short", {'challenge_window = "1 day"': 'challenge_window = "6 hours"'}),
    ("supply.lopsided", {SECOND: SECOND.replace("16800000 EM", "840000 EM")}),
    ("limit.near", {'"84000000 EM"': '"18480000 EM"'}),
    ("limit.far", {'"84000000 EM"': '"16800000000 EM"'}),
    ("cap.loose", {'account_cap = "none"': 'account_cap = "33599999 EM"'}),
    ("cap.tight", {'account_cap = "none"': 'account_cap = "336 EM"'}),
    ("cap.minimum", {'account_cap = "none"': 'account_cap = "2 EM"'}),
    ("minimum.out-of-reach", {'"1 EM"': '"84000000 EM"'}),
    ("minimum.large", {'"1 EM"': '"168000 EM"'}),
    ("soft-cap.whole", {'"252000 USDT"': '"478800 USDT"'}),
    ("soft-cap.out-of-reach", {'account_cap = "none"': 'account_cap = "168 EM"'}),
    ("tier.close", tiers(1, 2, 3, 396, 400)),
    ("price.dust", {'"1 EM"': '"0.00007 EM"'}),
    ("price.rounding", {'"1 EM"': '"0.066666666666666667 EM"'}),
    ("price.pieces", {'symbol = "EM"\ndecimals = 18': 'symbol = "EM"\ndecimals = 3'}),
    ("price.coarse", {"504000 USDT per 33600000 EM": "0.001 USDT per EM", '"252000': '"25200'}),
    ("vesting.early", {VESTING: VESTING.replace("2019-08-01T00:00:00Z", "2019-07-31T05:10:00Z")}),
    ("vesting.late", {ALLOCATION: ALLOCATION.replace("2019-08-01T00:00", "2020-07-30T05:10")}),
    ("vesting.endless", {'duration = "720 days"': 'duration = "3649 days"'}),
    ("vesting.step-long", {'step = "30 days"\n\n[accounts]': 'step = "540 days"\n\n[accounts]'}),
    ("allocation.faster", {'duration = "720 days"': 'duration = "360 days"'}),
    ("delivery.initial", {'initial = "20 %"': 'initial = "50 %"',
                          '"20 %"\ndeadline = 2019-10': '"5 %"\ndeadline = 2019-10',
                          '"20 %"\ndeadline = 2019-12': '"5 %"\ndeadline = 2019-12'}),
    ("delivery.last", {'initial = "20 %"': 'initial = "5 %"',
                       '"20 %"\ndeadline = 2019-10': '"5 %"\ndeadline = 2019-10',
                       '"20 %"\ndeadline = 2020-04': '"50 %"\ndeadline = 2020-04'}),
    ("delivery.soon", {"2019-10-01T00:00:00Z": "2019-08-14T05:10:00Z"}),
    ("delivery.overtaken", {"2019-12-01T00:00:00Z": "2019-10-08T00:00:01Z"}),
    ("exit.none", {"2020-04-01T00:00:00Z": "2020-07-11T23:59:59Z"}),
    ("exit.veto", {"2020-04-01T00:00:00Z": "2020-07-04T23:59:59Z"}),
    ("exit.thin", {"2020-04-01T00:00:00Z": "2020-06-11T23:59:59Z"}),
    ("exit.short", {'exit_window = "30 days"': 'exit_window = "7 days"'}),
    ("objection.short", {'objection_window = "7 days"': 'objection_window = "2 days"'}),
    ("objection.high", {'objection_share = "20 %"': 'objection_share = "33.33 %"'}),
    ("objection.low", {'objection_share = "20 %"': 'objection_share = "1 %"'}),
    ("objection.single", {'account_cap = "none"': 'account_cap = "6719999 EM"'}),
    ("fee.high", {'fee = "0 %"': 'fee = "10 %"'}),
    ("fee.highest", {'fee = "0 %"': 'fee = "50 %"'}),
    ("fee.own", {'fee_to = "platform"': 'fee_to = "proceeds"'}),
    ("jurisdictions.few", {EXCLUDED: 'admitted = ["US", "CN", "HK", "IR"]'}),
]  # fmt: skip
"""The last figures for which a code does not fire."""


@pytest.mark.parametrize(("code", "edits"), AT_THE_BOUND, ids=[code for code, _ in AT_THE_BOUND])
def test_figure_at_the_bound_is_no_finding(code: str, edits: dict[str, str]) -> None:
    """One step further, and the sample of the code has it."""
    text = Sample(code, edits, "", "").text
    report = lint(text, now=NOW)
    assert report.is_read
    assert code not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    "known",
    [
        Known(supplies={EM: 243_600_000 * 10**18}),
        Known(supplies={OKB: 2_500 * 10**18}),
        Known(supplies={Token(symbol="OKB", decimals=8): 1}),
        Known(vault=VAULT[::-1]),
        Known(review_seconds=57 * 86_400 + 3_600),
    ],
    ids=["supply", "holding", "other unit", "other vault", "review"],
)
def test_what_is_known_and_is_enough_is_no_finding(known: Known) -> None:
    """Exactly enough tokens and time."""
    assert lint(GOOD, now=NOW, known=known).findings == ()


def test_sum_over_days_counts_each_day() -> None:
    """Holding 358 for seven days makes 2,506."""
    text = Sample("", {'"mean"\ndays = 30': '"sum"\ndays = 7'}, "", "").text
    assert lint(text, now=NOW, known=Known(supplies={OKB: 358 * 10**18})).findings == ()


def test_session_that_begins_now_has_begun() -> None:
    """Windows are half-open."""
    codes = [each.code for each in lint(GOOD, now=parse_time("2019-07-31T04:00:00Z")).findings]
    assert codes == ["time.past"]


def test_milestone_due_with_the_settlement_is_too_soon() -> None:
    """It breaks no rule of the contracts."""
    text = GOOD.replace("2019-10-01T00:00:00Z", "2019-08-07T05:10:00Z")
    assert [each.code for each in lint(text, now=NOW).findings] == ["delivery.soon"]


def test_every_code_has_a_sample() -> None:
    """Those that need a chain have theirs in tests/chain/test_lint.py, those of tokens below."""
    sampled = {sample.code for sample in SAMPLES}
    elsewhere = set(registry.codes_of(on_chain)) | set(registry.codes_of(tokens))
    assert sampled | elsewhere == set(registry.CODES)
    assert not sampled & elsewhere


def test_codes_are_words_by_subject_and_never_the_same() -> None:
    """As they are cited: `subject.what`."""
    names = [name for module in registry.SUBJECTS.values() for name in registry.codes_of(module)]
    assert len(names) == len(set(names)) == len(registry.CODES)
    assert all(re.fullmatch(r"[a-z-]+\.[a-z-]+", name) for name in names)


def test_page_of_all_codes_is_up_to_date() -> None:
    """docs/lint.md is what `catalogue` makes."""
    assert (PROJECT / "docs" / "lint.md").read_text() == registry.catalogue()


# --------------------------------------------------------------------------------------- several


def codes(text: str, **kwargs: object) -> list[tuple[str, str]]:
    return [(each.code, each.field) for each in lint(text, now=NOW, **kwargs).findings]  # type: ignore[arg-type]


def test_all_mistakes_of_form_are_told_at_once_in_the_order_of_their_lines() -> None:
    """Also beside a token without decimals, by which no amount can be read."""
    text = GOOD.replace('symbol = "EM"\ndecimals = 18', 'symbol = "EM"')
    text = text.replace("level = 1\n", "level = 0\n").replace('fee_to = "platform"\n', "")
    text = text.replace('minimum = "1 EM"', "minimum = 1")
    report = lint(text, now=NOW)
    assert [(each.code, each.field) for each in report.findings] == [
        ("form.missing", "tokens.sale.decimals"),
        ("form.value", "deal.minimum"),
        ("form.value", "admission.level"),
        ("form.missing", "parties.fee_to"),
    ]
    assert not report.is_read


def test_all_broken_rules_are_told_at_once() -> None:
    """And the rules beyond them are applied all the same."""
    text = GOOD.replace('initial = "20 %"', 'initial = "30 %"').replace('"84000000 EM"', '"1 EM"')
    text = text.replace('"1500 OKB"', '"1 OKB"').replace(
        'exit_window = "30 days"', 'exit_window = "1 day"'
    )
    assert codes(text) == [
        ("rule.amounts", "sessions[0].limit"),
        ("rule.table", "tiers[2].holding"),
        ("rule.sum", "escrow.initial"),
        ("exit.short", "escrow.exit_window"),
    ]


def test_unknown_jurisdictions_hide_nothing_else() -> None:
    """Each is a finding of its own, and the rest is checked."""
    text = GOOD.replace(EXCLUDED, 'excluded = ["XX", "US", "YY"]').replace(
        'fee = "0 %"', 'fee = "11 %"'
    )
    assert codes(text) == [
        ("jurisdictions.unknown", "admission.excluded[0]"),
        ("jurisdictions.unknown", "admission.excluded[2]"),
        ("fee.high", "parties.fee"),
    ]


def test_open_names_are_accounts_of_their_own() -> None:
    """Two fields of one name are the same account, two names are two; an address makes it known."""
    text = GOOD.replace('unsold_to = "treasury"', 'unsold_to = "safe"').replace(
        'proceeds_to = "proceeds"', 'proceeds_to = "safe"'
    ).replace(f'proceeds = "{ADDRESS["proceeds"]}"\n', "")  # fmt: skip
    expected = [("names.open", "parties.proceeds_to"), ("people.unsold", "parties.unsold_to")]
    assert codes(text) == expected
    assert codes(text, accounts={"safe": ADDRESS["platform"]}) == expected[1:]
    with pytest.raises(InputError, match="account treasury: given as"):
        lint(text, now=NOW, accounts={"treasury": ADDRESS["platform"]})


def test_sessions_that_are_not_there_break_no_rule_but_theirs() -> None:
    """Nor do empty tables."""
    start, end = GOOD.index("[[sessions]]"), GOOD.index("[holdings]")
    text = "sessions = []\ntiers = []\n" + GOOD[:start] + GOOD[end:]
    assert [code for code, _ in codes(text)].count("rule.lists") == 2


@pytest.mark.parametrize("name", ["bloc-2019-04", "em-2019-07", "demo"])
def test_sales_have_no_error_before_their_review(sales: Path, name: str) -> None:
    """BLOC keeps a warning: it was paid at once, and its file says so."""
    report = lint((sales / f"{name}.toml").read_text(), now=parse_time("2019-01-01T00:00:00Z"))
    graver = [each.code for each in report.findings if each.severity is not Severity.NOTE]
    assert graver == (["delivery.none"] if name == "bloc-2019-04" else [])


def test_every_field_of_the_contract_has_a_place() -> None:
    """What `TermsRules` names in its error, but for what only a chain can know."""
    source = (PROJECT / "contracts" / "TermsRules.sol").read_text()
    names = set(re.findall(r'_(?:least|most|equal|differ|notZero|fail)\("([\w.]+)"', source))
    names -= {"applicationId", *(name for name in names if name.endswith(".code"))}
    schedules = {
        f"{section}.{name}"
        for section in ("vesting", "allocation")
        for name in ("start", "unlockBps", "cliffSeconds", "durationSeconds", "stepSeconds")
    }
    tables = {
        f"{row}.{name}" for row in ("tier", "minimumTier") for name in ("threshold", "coefficient")
    }
    assert names | schedules | tables == set(FIELDS)


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES)
def test_whatever_keeps_a_draft_from_its_terms_is_an_error(
    old: str, new: str, message: str
) -> None:
    """But for names without an address, which a deployment may still give, and what is no TOML."""
    if "not TOML" in message:
        with pytest.raises(InputError, match=message):
            lint(DRAFT.replace(old, new), now=NOW)
        return
    report = lint(DRAFT.replace(old, new), now=parse_time("2029-01-01T00:00:00Z"), accounts=OTHERS)
    if "no address for" in message:
        assert "names.open" in {finding.code for finding in report.findings}
    else:
        assert report.fails()


def test_draft_of_the_tests_has_no_error() -> None:
    """So that the one before tells something."""
    assert not lint(DRAFT, now=parse_time("2029-01-01T00:00:00Z"), accounts=OTHERS).fails()


NUMBER = re.compile(r'(?<=[" ])[0-9]+(?=[ "\n])')
WILD = st.sampled_from(
    ["0", "1", "7", "99", "10000", str(2**96), str(2**112 - 1), str(2**112), "9" * 40]
)


@given(st.lists(st.tuples(st.integers(0, 10**6), WILD), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_drawn_figures_are_findings_and_never_a_failure(changes: list[tuple[int, str]]) -> None:
    """Whatever numbers stand in a file: none divides by zero or leaves the calendar."""
    text = GOOD
    for position, figure in changes:
        spans = [match.span() for match in NUMBER.finditer(text)]
        start, end = spans[position % len(spans)]
        text = text[:start] + figure + text[end:]
    for finding in lint(text, now=NOW, known=Known(supplies={EM: 1, USDT: 1})).findings:
        assert finding.code in registry.CODES
        assert 1 <= finding.line <= text.count("\n") + 1


# ---------------------------------------------------------------------------------------- tokens


def said(which: str, *traits: Trait) -> list[tuple[str, str]]:
    """What becomes of these traits, where all others do not hold."""
    known = {trait.code: trait for trait in traits}
    plain = [known.get(code, Trait(code=code, holds=False, detail="fine")) for code in SALE_TOKEN]
    table = SALE_TOKEN if which == "sale" else PAYMENT_TOKEN
    return [(each.code.name, each.message) for each in behaviour(table, which, plain)]


@pytest.mark.parametrize("which", ["sale", "payment"])
@pytest.mark.parametrize("trait", list(SALE_TOKEN))
def test_trait_that_holds_is_a_finding(which: str, trait: str) -> None:
    """One, with what was seen; without any trait there is none."""
    assert said(which) == []
    found = said(which, Trait(code=trait, holds=True, detail="1000 sent, 990 received"))
    assert found == [(f"{which}-token.{trait}", "1000 sent, 990 received")]


def test_trait_that_could_not_be_found_out_is_an_error() -> None:
    """A check that cannot run has failed; also one that was not even tried."""
    unknown = Trait(code="hooks", holds=None, detail="nothing was sent")
    assert said("sale", unknown) == [("sale-token.not-probed", "hooks: nothing was sent")]
    assert len(list(behaviour(SALE_TOKEN, "sale", []))) == len(SALE_TOKEN)
    assert SALE_TOKEN["not-probed"].severity is Severity.ERROR


def test_token_that_was_not_probed_is_told_once() -> None:
    """Not once for each trait that nobody could try; what its code shows is told too."""
    obstacle = Trait(code="not-probed", holds=True, detail="no holder")
    unknown = [Trait(code=code, holds=None, detail="no holder") for code in ("hooks", "rebasing")]
    seen = Trait(code="pausable", holds=True, detail="the code has pause()")
    assert said("payment", obstacle, *unknown, seen) == [
        ("payment-token.not-probed", "no holder"),
        ("payment-token.pausable", "the code has pause()"),
    ]
    nothing = Trait(code="no-code", holds=True, detail="there is no code")
    assert said("sale", nothing, obstacle, *unknown) == [("sale-token.no-code", "there is no code")]


def test_gravity_differs_by_what_the_token_is_for() -> None:
    """A fee is fatal to both; more of it concerns those who buy it; a silent transfer is handled."""
    assert SALE_TOKEN["fee-on-transfer"].severity is Severity.ERROR
    assert PAYMENT_TOKEN["fee-on-transfer"].severity is Severity.ERROR
    assert SALE_TOKEN["mintable"].severity is Severity.WARNING
    assert PAYMENT_TOKEN["mintable"].severity is Severity.NOTE
    assert PAYMENT_TOKEN["no-return-value"].severity is Severity.NOTE


# ---------------------------------------------------------------------------------------- command

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs lint on a text in an empty folder, before the review; gives status, output and error."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, *words: str, now: str = "2019-06-01T00:00:00Z") -> tuple[int, str, str]:
        Path("sale.toml").write_text(text)
        status = main(["lint", "sale.toml", "--now", now, *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_lint_of_good_terms_says_so(run: Run) -> None:
    """And nothing else."""
    assert run(GOOD) == (0, "0 errors, 0 warnings, 0 notes\n", "")
    assert run(GOOD, "--strict")[0] == 0


def test_lint_prints_a_table_by_line_and_counts(run: Run) -> None:
    """The same one every time."""
    text = GOOD.replace('fee = "0 %"', 'fee = "60 %"').replace('"252000 USDT"', '"none"')
    status, out, err = run(text)
    assert (status, err) == (1, "")
    first, second = (out.index(code) for code in ("soft-cap.none", "fee.highest"))
    assert first < second
    assert "parties.fee: 60 %, more than 50 %" in out
    assert out.endswith("1 error, 0 warnings, 1 note\n")
    assert run(text) == (status, out, err)


def test_strict_lint_fails_for_a_warning(run: Run) -> None:
    """Which alone does not fail; a note never does."""
    warned = GOOD.replace('fee = "0 %"', 'fee = "11 %"')
    assert (run(warned)[0], run(warned, "--strict")[0]) == (0, 1)
    assert run(GOOD.replace('"252000 USDT"', '"none"'), "--strict")[0] == 0


def test_lint_json_has_every_finding(run: Run) -> None:
    """For programs: the counts, and each finding with its place."""
    status, out, _ = run(GOOD.replace('fee = "0 %"', 'fee = "60 %"'), "--json")
    content = json.loads(out)
    assert (status, content["counts"]) == (1, {"errors": 1, "warnings": 0, "notes": 0})
    (found,) = content["findings"]
    line = GOOD[: GOOD.index('fee = "0 %"')].count("\n") + 1
    assert Finding(**found | {"severity": Severity(found["severity"])}) == Finding(
        code="fee.highest",
        severity=Severity.ERROR,
        field="parties.fee",
        line=line,
        message="60 %, more than 50 %",
        fix="Lower the fee.",
    )
    assert (content["file"], content["now"], content["read"]) == (
        "sale.toml",
        "2019-06-01T00:00:00Z",
        True,
    )


def test_lint_says_when_the_form_kept_it_from_going_on(run: Run) -> None:
    """So that nobody takes the list for complete."""
    status, out, _ = run(GOOD.replace("level = 1\n", ""))
    assert status == 1
    assert "The rest was not checked" in out
    assert json.loads(run(GOOD.replace("level = 1\n", ""), "--json")[1])["read"] is False


def test_lint_looks_at_the_clock_unless_told_the_time(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sale of 2019 is over."""
    run(GOOD)
    assert main(["lint", "sale.toml", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {each["code"] for each in found} == {"time.past"}


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("title = ", (), "sale.toml: not TOML: "),
        (GOOD, ("--account", "treasury"), "--account: 'treasury' is not NAME=0x.."),
        (GOOD, ("--account", f"treasury={ADDRESS['platform']}"), "account treasury: given as"),
        (GOOD, ("--applicant", ADDRESS["platform"]), "give --rpc"),
        (GOOD, ("--now", "soon"), "--now: 'soon' is not a time"),
        (GOOD, ("--rpc", "somewhere"), "--rpc: expected an address such as"),
    ],
    ids=["no TOML", "no name", "other account", "no chain", "no time", "no address of a chain"],
)
def test_lint_refuses_bad_input_in_one_line(
    run: Run, text: str, words: tuple[str, ...], message: str
) -> None:
    """Exit status 2, and nothing on standard output."""
    status, out, err = run(text, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_lint_of_a_file_that_is_not_there_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the file."""
    assert main(["lint", str(tmp_path / "none.toml")]) == 2
    assert "none.toml: cannot be read" in capsys.readouterr().err
