"""The figures of the sale that the tests sell, in base units, seconds and basis points.

Small on purpose: a price of two payment units for three tokens rounds visibly, in both directions.
The supply and the limit are those of the platform's example, 300 and 1,500, in thousands.
"""

from typing import Final

from jumpstart.terms import Tier

MINUTE: Final = 60
DAY: Final = 86_400

SUPPLY: Final = 300_000
LIMIT: Final = 1_500_000
SECOND_SUPPLY: Final = 200_000
PRICE: Final = 2
PRICE_UNIT: Final = 3
MINIMUM: Final = 10
ACCOUNT_CAP: Final = 250_000
SOFT_CAP: Final = 100_000  # payment: half of the supply
FEE_BPS: Final = 250

LEAD: Final = 2000  # from now to the first session
CHALLENGE: Final = 300  # how long holdings can be challenged
DRAW: Final = 600  # from now to the draw of the days that count
DURATION: Final = 10 * MINUTE  # of a session
PAUSE: Final = 10 * MINUTE  # between sessions
SETTLING: Final = 7 * DAY  # from the last session's end to the deadline

VESTING_DELAY: Final = 8 * DAY  # from the last session's end
UNLOCK_BPS: Final = 2_500

MILESTONE_EVERY: Final = 30 * DAY  # from the settlement's deadline
GRACE: Final = 5 * DAY
OBJECTION: Final = 3 * DAY
OBJECTION_BPS: Final = 2_000
EXIT: Final = 20 * DAY

BOND: Final = 250_000 * 10**18
CHALLENGE_BOND: Final = 1_000 * 10**18

CLIFF: Final = 60 * DAY
VESTING_DURATION: Final = 360 * DAY
STEP: Final = 30 * DAY

TIERS: Final = tuple(
    Tier(threshold=500 * coefficient, coefficient=coefficient) for coefficient in range(1, 6)
)
ADMITTED: Final = ("CH", "FR", "JP")
SWITZERLAND: Final = 756
UNITED_STATES: Final = 840  # not admitted
LEVEL: Final = 2

BUYERS: Final = 8
COEFFICIENTS: Final = (1, 2, 3, 4, 5, 1, 3, 5)  # of the buyers
SUBSCRIPTIONS: Final = (200_000, 150_001, 100_000, 70_000, 50_003)  # of the first five
"""Almost twice the supply, below the limit.

Coefficient 5 is served in full, as 5 * 300,000 is at least the weight of all, 1,330,017; the others share 249,997
tokens by a weight of 1,080,002.
"""

COINS: Final = 2**128  # of everything, to everybody
