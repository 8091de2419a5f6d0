"""History: what was published of the sale that the demo is made after, and what is ours.

Sources: public pages of 2019 to 2022, in our words. A figure that was not found is never filled in
as if it had been.
"""

from typing import Final

Row = tuple[str, str, str]
"""What it is about, the figure, and where it is from: "published", "assumed" or "demo"."""

HISTORY: Final[tuple[Row, ...]] = (
    ("Tokens in all", "2,100,000,000 EM", "published"),
    ("Tokens on sale", "33,600,000 EM", "published"),
    ("Price", "$0.015 for each, $504,000 for all", "published"),
    ("Day", "31 July 2019", "published"),
    ("Sessions", "two of ten minutes, only the first with a limit", "published"),
    ("Holding that counts", "mean of thirty daily balances, at least 500 OKB", "published"),
    ("Paid in", "OKB, at a rate fixed on the sale day; here in USDT", "published"),
    ("Hours of the sessions", "04:00 and 05:00 UTC", "assumed"),
    ("Supply of each session", "one half", "assumed"),
    ("Limit of session 1", "five times its supply", "assumed"),
    ("Rows of the coefficient table above the first", "inferred from the first sale", "assumed"),
    ("How the supply is shared", "by coefficient times subscription", "assumed"),
    ("Excluded countries", "from the lists of later sales", "assumed"),
    ("Soft cap", "252,000 USDT, half of what is on sale", "demo"),
    ("Cap of one account", "12,000,000 EM; the original's was not found", "demo"),
    ("Fee of the platform", "2.5 % of the proceeds; the original's was not published", "demo"),
    ("Bond of a project", "200,000 to 300,000 OKB, back over twelve months", "published"),
    (
        "Criteria of the review",
        "seven; of their names, floors and weights most are ours",
        "assumed",
    ),
    ("Reviewers, their scores, and how they vote", "made up", "demo"),
    ("Milestones, escrow and exits", "there were none; the project was paid at once", "demo"),
    ("Tokens that the project locks", "what it locked was not found", "demo"),
    ("Vesting", "a quarter at once, the rest over twelve months; it was credited at once", "demo"),
    ("Buyers and their orders", "drawn from one seed", "demo"),
    ("Holdings", "amounts of a real distribution of another token, September 2020", "demo"),
)
