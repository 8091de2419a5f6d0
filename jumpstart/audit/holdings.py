"""The published holdings: whether the root is what the balances of the draw's blocks make.

One function, `recomputed_root`, is where a recomputation from Transfer events comes in.
"""

from typing import Final

from jumpstart.audit.findings import Findings
from jumpstart.audit.replay import Models
from jumpstart.audit.subject import Subject
from jumpstart.opening import NO_ROOT

WHY_NOT: Final = (
    "the terms do not say from which balances they are drawn: recompute the root before you pay"
)


def recomputed_root(subject: Subject) -> bytes | None:
    """The root that follows from the chain alone; None where the terms do not say how."""
    return None


def check_holdings(subject: Subject, models: Models, findings: Findings) -> str:
    """Compares the root with a recomputed one. Says what became of it: `checked`, `not checked`,
    `none` published.
    """
    if models.opening.root == NO_ROOT and not models.holdings:
        return "none"
    expected = recomputed_root(subject)
    if expected is None:
        findings.leave("the root of the holdings", WHY_NOT)
        return "not checked"
    findings.compare("holding", "root of the holdings", expected, models.opening.root)
    return "checked"
